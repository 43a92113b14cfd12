"""Work that people in Discord tell of in messages: from a message's menu, and in the channel for it."""

from tests.discord.served import does, words

WORDS = "Looking for a Kubernetes person for <@{ben}> and friends, €700 a day: https://x.example/jobs/7"
READ = "Looking for a Kubernetes person for"


async def writes(served, who: str, where: str = "general"):
    """A message that tells of work; it names somebody, as messages do."""
    return await served.discord.says(who, WORDS.format(ben=served.discord.who("ben")), where)


async def test_ones_own_message_becomes_an_opportunity_in_two_taps(served):
    met = await served.discord.menu("ana", "Make it an opportunity", await writes(served, "ana"))
    assert met.ephemeral
    assert READ in met.content
    assert "€700 a day" in met.content
    await served.discord.presses("ana", None, "Post it")
    await served.settle()
    posted = words(served.discord.messages("general")[1:])
    assert READ in posted
    assert "https://x.example/jobs/7" in posted


async def test_the_author_of_a_message_is_asked_by_direct_message(served):
    met = await served.discord.menu("ana", "Make it an opportunity", await writes(served, "ben"))
    assert "I asked" in met.content
    await served.settle()
    assert "thinks that your message" in words(served.discord.letters("ben"))
    assert len(served.discord.messages("general")) == 1


async def test_a_report_reaches_the_poster_without_a_name(served):
    await does(served, "ana", "/opportunity post", title="Data pipeline", description="Ten sensors and one dashboard")
    await served.discord.presses("ben", None, "Report")
    await served.discord.presses("ben", None, "Closed already")
    await served.settle()
    told = words(served.discord.letters("ana"))
    assert "says that it is closed" in told
    assert served.discord.who("ben") not in told
