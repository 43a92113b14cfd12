"""Couriers in threads of their own: woken at once, each with its own platform, carrying where that is connected."""

import asyncio
import threading
import time

import pytest

from bot.carriage import Carried, Parcel
from bot.text import plain
from jobs import courier, dispatch
from tests.courier.steps import Van, posts, row_of
from tests.courier.test_places import other_place

AT_MOST = 30


class Here(Van):
    """A carrier that keeps on which thread it was asked."""

    def __init__(self, platform: str = "local") -> None:
        super().__init__(platform)
        self.threads: set[int] = set()
        self.hold: dict[str, asyncio.Event] = {}

    async def carry(self, parcel: Parcel) -> Carried:
        self.threads.add(threading.get_ident())
        if held := self.hold.get(plain(parcel.card.title)):
            await held.wait()
        return await super().carry(parcel)


@pytest.fixture(autouse=True)
def nobody_looks_by_themselves(monkeypatch):
    """Who is not woken would sleep for an hour."""
    monkeypatch.setattr(courier, "POLL_SECONDS", 3600.0)


async def comes(until):
    assert await asyncio.to_thread(_comes, until), "it never came"


def _comes(until):
    end = time.monotonic() + AT_MOST
    while not (happened := until()) and time.monotonic() < end:
        time.sleep(0.01)
    return happened


def dispatched(house, *vans: Van) -> tuple[list[dispatch.Dispatch], asyncio.Event, list[asyncio.Task[None]]]:
    """Each van with a courier of its own, woken by whatever the house answers."""
    stop, made = asyncio.Event(), [dispatch.Dispatch(house.engine, one) for one in vans]
    house.app.wake = lambda: [one.wake() for one in made]
    return made, stop, [asyncio.create_task(one.run(stop)) for one in made]


async def ends(stop: asyncio.Event, running: list[asyncio.Task[None]]) -> None:
    stop.set()
    await asyncio.wait_for(asyncio.gather(*running), AT_MOST)


async def test_what_waits_already_goes_out_at_the_start(house):
    posts(house, "early")
    van = Here()
    _made, stop, running = dispatched(house, van)
    await comes(lambda: "early" in van.said)
    await ends(stop, running)


async def test_a_request_wakes_the_courier(house):
    van = Here()
    posts(house, "early")
    _made, stop, running = dispatched(house, van)
    await comes(lambda: van.said)
    await asyncio.to_thread(house.app.handle, house.request("ana", "kudos give @ben for the quick wake-up"))
    await comes(lambda: any("quick wake-up" in one for one in van.said))
    await ends(stop, running)


async def test_it_is_carried_where_the_platform_is_connected(house):
    van = Here()
    posts(house, "here")
    _made, stop, running = dispatched(house, van)
    await comes(lambda: van.said)
    await ends(stop, running)
    assert van.threads == {threading.get_ident()}


async def test_a_platform_that_hangs_keeps_no_other_waiting(house):
    slow, quick = Here(), Here("slack")
    slow.hold["stuck"] = asyncio.Event()
    posts(house, "stuck")
    posts(house, "over there", place=other_place(house, "slack"))
    _made, stop, running = dispatched(house, slow, quick)
    await comes(lambda: "over there" in quick.said)
    assert "stuck" not in slow.said
    assert all(parcel.place.platform == "slack" for parcel in quick.carried)
    slow.hold["stuck"].set()
    await comes(lambda: "stuck" in slow.said)
    await ends(stop, running)


async def test_what_is_on_its_way_when_it_stops_still_arrives_once(house):
    van = Here()
    van.hold["late"] = asyncio.Event()
    posts(house, "late")
    _made, stop, running = dispatched(house, van)
    await comes(lambda: van.threads)
    stop.set()
    await asyncio.sleep(0)
    van.hold["late"].set()
    await asyncio.wait_for(asyncio.gather(*running), AT_MOST)
    assert van.said.count("late") == 1


async def test_a_courier_that_fails_ends_so_that_whoever_runs_it_hears(house, monkeypatch):
    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(courier.Courier, "_claim", broken)
    with pytest.raises(ZeroDivisionError):
        await dispatch.Dispatch(house.engine, Here()).run(asyncio.Event())


async def test_waking_one_that_has_not_begun_or_has_ended_is_harmless(house):
    made, stop, running = dispatched(house, Here())
    made[0].wake()
    await ends(stop, running)
    made[0].wake()


def test_a_delivery_that_hangs_does_not_keep_the_process_from_ending(house):
    posts(house, "stuck")

    async def process() -> None:
        van = Here()
        van.hold["stuck"] = asyncio.Event()
        _made, stop, running = dispatched(house, van)
        await comes(lambda: van.threads)
        stop.set()
        await asyncio.wait(running, timeout=0.1)

    asyncio.run(process())
    assert _comes(lambda: not [one for one in threading.enumerate() if one.name.startswith("courier-")])
    assert row_of(house, "stuck").state == "sending", "its lease ends, and it is tried again"
