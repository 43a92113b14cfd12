"""Minutes without Discord: nothing is lost or doubled, tries become rarer, and all comes in its order afterwards."""

from datetime import UTC, datetime, timedelta

from discord.http import Route

from bot import outbox
from bot.ctx import Request, Who
from bot.text import Channel
from bot.ui import card
from jobs.metrics import Meter, Metered
from storage.db import transaction
from tests.discord.nouns import said

NOBODY = "http://127.0.0.1:1"
MINUTES = 8


def posts(served, *titles):
    """Cards for a channel, by a command."""
    now, (guild,) = datetime.now(UTC), served.discord.guilds
    place = served.app.place("discord", guild, "Collective", now)
    with transaction(served.engine, place.community_id) as db:
        ctx = served.app._ctx(db, place, Request("setup", place.id, Who("1", "olga"), "", now))
        for title in titles:
            outbox.post(ctx, Channel(place.id, served.discord.where("general")), card("{t}", t=title))
            db.flush()


def told(served, titles):
    """Which of these stand in the channel, in their order."""
    return [title for one in served.discord.messages("general") for title in titles if title in said(one)]


async def test_what_was_written_while_discord_was_out_of_reach_comes_in_order(served, monkeypatch):
    meter, titles = Meter(), [f"card number {number}." for number in range(12)]
    served.courier.carriers = {"discord": Metered(served.bot.carrier, meter)}
    here = Route.BASE
    monkeypatch.setattr(Route, "BASE", NOBODY)
    posts(served, *titles)
    now = datetime.now(UTC)
    for seconds in range(0, MINUTES * 60, 5):
        await served.courier.drain(now + timedelta(seconds=seconds))
    monkeypatch.setattr(Route, "BASE", here)
    tries = {tuple(one.labels.values()): one.value for one in meter.deliveries.collect()[0].samples}
    assert set(tries) == {("discord", "later")}
    assert 4 <= tries["discord", "later"] <= 10, "one card tries for all of its channel, ever more rarely"
    assert told(served, titles) == []
    await served.courier.drain(now + timedelta(minutes=MINUTES + 11))
    assert told(served, titles) == titles
