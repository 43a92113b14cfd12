"""Where Slack asks to slow down: the bot waits, goes on, and counts it."""

from bot import outbox
from bot.carriage import Carried
from bot.heard import Unwatched
from bot.ui import card
from jobs.metrics import Meter, Metered
from tests.slack.serving import Served, says, words
from tests.slack.test_carrier import member_called


class Noted(Unwatched):
    """Who asked to slow down."""

    def __init__(self):
        self.platforms = []

    def limited(self, platform):
        self.platforms.append(platform)


async def test_being_asked_to_slow_down_is_waited_for_and_counted(people, tmp_path):
    served = Served(people, tmp_path / "slack.db")
    served.app.watch = Noted()
    people.fail("auth.test", "ratelimited", retry_after=1)
    client = await served.bot.client("T1")
    assert (await client.auth_test())["ok"]
    await served.bot.close()
    assert served.app.watch.platforms == ["slack"]
    assert people.early == []


async def test_everybody_waits_who_needs_what_slack_wants_to_be_asked_later_and_nobody_else(served):
    for key, name in (("U5", "eve"), ("U6", "finn"), ("U7", "gus")):
        served.slack.user(key, name)
        await says(served, key, "help")
    members = [member_called(served, name) for name in ("eve", "finn", "gus")]
    for key in ("U5", "U6", "U7"):
        served.bot.rooms.forget("T1", key)
    served.slack.fail("conversations.open", "ratelimited", retry_after=2)
    served.writes(lambda ctx: [outbox.dm(ctx, one, card("A tip")) for one in members])
    served.posts("C1", "for all")
    await served.drain()
    assert "for all" in words(served.slack.messages("C1"))
    asked = len(served.slack.called("conversations.open"))
    await served.drain(after=1)
    assert len(served.slack.called("conversations.open")) == asked
    await served.slack.until(lambda: not served.slack.waiting_for("conversations.open", ""), 10)
    await served.drain(after=3)
    assert all("A tip" in words(served.slack.direct(key)) for key in ("U5", "U6", "U7"))


async def test_who_asks_waits_with_the_others(served):
    served.app.watch = noted = Noted()
    await says(served, "U1", "skill mine")
    served.slack.fail("views.open", "ratelimited", retry_after=1)
    await served.slack.command("U1", "/skill", "claim")
    await served.slack.until(lambda: noted.platforms, 10)
    await served.slack.command("U2", "/skill", "claim")
    await served.settle()
    assert served.slack.early == []
    assert served.slack.modals("U1")
    assert served.slack.modals("U2")


async def test_each_time_that_slack_asks_a_courier_to_come_later_is_counted(people, tmp_path):
    served = Served(people, tmp_path / "slack.db")
    served.app.watch = meter = Meter()
    served.courier.carriers = {"slack": Metered(served.bot.carrier, meter)}
    await served.start("http")
    try:
        await people.command("U1", "/manyhands", people.typed("settings skills channel:#general"))
        await served.settle()
        people.fail("chat.postMessage", "ratelimited", times=2, channel="C1", retry_after=0)
        await people.command("U1", "/skill", "claim Kubernetes expert")
        await served.settle()
        for seconds in (5, 10):
            await served.drain(after=seconds)
    finally:
        await served.leave()
    counted = {tuple(one.labels.values()): one.value for one in meter.deliveries.collect()[0].samples}
    limits = {one.name: one.value for one in meter.limits.collect()[0].samples}
    assert "claims Kubernetes" in words(people.messages("C1"))
    assert counted["slack", "later"] == 2
    assert limits["manyhands_rate_limited_total"] == 2


async def test_a_metered_carrier_carries(people, tmp_path):
    class Van:
        platform = "slack"

        async def carry(self, parcel):
            return Carried(parcel, "m1")

    assert await Metered(Van(), Meter()).carry("C1") == Carried("C1", "m1")
