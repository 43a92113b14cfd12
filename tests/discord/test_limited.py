"""Where Discord asks to slow down: discord.py waits or the courier comes back, and each time is counted."""

from jobs.metrics import Meter, Metered
from tests.discord.served import does, words

POSTS = "POST /channels/{channel_id}/messages"


def asked(meter):
    return {tuple(one.labels.values()): one.value for one in meter.limits.collect()[0].samples}


async def test_what_discord_py_waits_for_by_itself_is_counted_each_time(served):
    served.app.watch = meter = Meter()
    served.discord.fail(POSTS, times=2, retry_after=0.1)
    await does(served, "ana", "/kudos give", to="ben", reason="for the night with the cluster")
    await served.settle()
    assert "night with the cluster" in words(served.discord.messages("general"))
    assert asked(meter) == {("discord",): 2}
    assert served.discord.early == []


async def test_what_is_too_long_to_wait_for_comes_later_and_is_counted_once(served):
    served.app.watch = meter = Meter()
    served.courier.carriers = {"discord": Metered(served.bot.carrier, meter)}
    served.discord.fail(POSTS, channel_id=served.discord.where("general"), retry_after=3600)
    await does(served, "ana", "/kudos give", to="ben", reason="for the night with the cluster")
    await served.settle()
    told = {tuple(one.labels.values()): one.value for one in meter.deliveries.collect()[0].samples}
    assert told["discord", "later"] == 1
    assert asked(meter) == {("discord",): 1}
    assert "night with the cluster" not in words(served.discord.messages("general"))


async def test_a_limit_on_everything_holds_answers_and_posts_alike_and_nothing_is_lost(served):
    """What was on its way when the limit was told is refused as well, and counted as well."""
    served.app.watch = meter = Meter()
    served.discord.fail(POSTS, retry_after=0.3, everywhere=True)
    await does(served, "ana", "/kudos give", to="ben", reason="for the night with the cluster")
    met = await served.discord.types("ben", "/kudos mine")
    await served.settle()
    assert "night with the cluster" in met.content
    assert words(served.discord.messages("general")).count("night with the cluster") == 1
    assert asked(meter) == {("discord",): served.discord.slowed}
    assert served.discord.slowed >= 1


async def test_a_limit_on_everything_while_an_answer_is_due_delays_it_and_no_more(served):
    served.discord.fail(
        "POST /interactions/{interaction_id}/{interaction_token}/callback", retry_after=0.3, everywhere=True
    )
    met = await does(served, "ana", "/kudos give", to="ben", reason="for the night with the cluster")
    assert "has it" in met.content
    assert "night with the cluster" in words(served.discord.messages("general"))
    assert served.discord.early == []
