"""What is for one person's eyes in a channel: ephemeral there, by direct message where they are not in it."""

from sqlmodel import select

from bot import outbox
from bot.text import Channel
from bot.ui import Image, card
from storage.models import Member
from tests.slack.serving import says, shown

PNG = b"\x89PNG\r\n\x1a\n"


async def whispers(served) -> None:
    await says(served, "U2", "help")

    def act(ctx):
        ben = ctx.db.exec(select(Member).where(Member.name == "ben")).one()
        picture = Image("secret.png", "a drawing", PNG)
        outbox.whisper(ctx, Channel(ctx.place.id, "C1"), ben, card("Psst, {who}", picture, who=ben))

    served.writes(act)
    await served.settle()


async def test_only_they_see_it_where_they_are(served):
    await whispers(served)
    assert "Psst" in shown(served.slack.ephemerals("U2"))
    assert "Psst" not in shown(served.slack.messages("C1"))
    assert "Psst" not in shown(served.slack.ephemerals("U1"))
    (picture,) = served.slack.uploads.values()
    assert picture.content == PNG
    assert "secret.png" in str(served.slack.direct("U2"))
    assert "secret.png" not in str(served.slack.messages("C1"))


async def test_who_is_not_in_the_channel_is_written_to(served):
    served.slack.fail("chat.postEphemeral", "user_not_in_channel", channel="C1")
    await whispers(served)
    assert "Psst" in shown(served.slack.direct("U2"))
    assert "Psst" not in shown(served.slack.messages("C1"))
