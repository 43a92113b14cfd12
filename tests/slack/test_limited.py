"""Where Slack asks to slow down: the bot waits, goes on, and counts it."""

from bot.carriage import Carried
from bot.heard import Unwatched
from jobs.metrics import Meter, Metered
from tests.slack.serving import Served, words


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
    assert served.app.watch.platforms == ["slack"]
    assert people.early == []


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
