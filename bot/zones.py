"""Time zones as a kind of argument."""

from typing import NewType
from zoneinfo import available_timezones

from rapidfuzz import process

from bot.ctx import Ctx, Refusal
from bot.kinds import KINDS, Ask, Kind, Option

Zone = NewType("Zone", str)


def read_zone(_ctx: Ctx, text: str, _ask: Ask) -> Zone:
    """An IANA time zone, in any case."""
    word = text.strip().replace(" ", "_").casefold()
    if not (found := _zones().get(word)):
        near = process.extractOne(word, list(_zones()), score_cutoff=70)
        hint = _zones()[near[0]] if near else "Europe/Berlin"
        raise Refusal("I do not know that time zone. One looks like {zone}.", zone=hint)
    return Zone(found)


_zone_names: dict[str, str] = {}


def _zones() -> dict[str, str]:
    if not _zone_names:
        _zone_names.update({zone.casefold(): zone for zone in sorted(available_timezones()) if zone != "localtime"})
    return _zone_names


def spoken(zone: str) -> str:
    """A zone as people call it: `Berlin time`, `UTC`."""
    return f"{zone.rpartition('/')[2].replace('_', ' ')} time" if "/" in zone else zone


def suggest_zones(_ctx: Ctx, text: str) -> list[Option]:
    """Time zones that contain what was typed."""
    typed = text.strip().replace(" ", "_").casefold()
    found = [zone for folded, zone in _zones().items() if typed in folded and ("/" in zone or zone == "UTC")]
    return [Option(zone, zone) for zone in found[:25]]


KINDS[Zone] = Kind("zone", read_zone, suggest=suggest_zones, looks=lambda word: word.casefold() in _zones())
