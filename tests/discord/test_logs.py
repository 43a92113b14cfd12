"""What Discord's side logs: the request's id on every line, no token, and no word of a member."""

import pytest
from sqlmodel import select

from bot.heard import reference_of
from storage.db import everywhere
from storage.machinery import Seen
from tests.discord.served import does

CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"
POSTS = "POST /channels/{channel_id}/messages"
SECRET = ("quokka", "marzipan", "Kubernetes")


def answered(served):
    """The ids of all requests that had their answer."""
    with everywhere(served.engine) as db:
        return set(db.exec(select(Seen.key)).all())


async def command(people):
    """Somebody says thanks by a slash command."""
    give = {"to": "ben", "reason": "for the quokka and the marzipan"}
    await people.types("ana", "/kudos give", give, wait=False)


async def letter(people):
    """Somebody says it by direct message."""
    await people.dms("ana", "skill find a quokka who knows marzipan", wait=False)


@pytest.mark.parametrize(("route", "way"), [(CALLBACK, command), (POSTS, letter)])
async def test_an_answer_that_fails_is_found_by_its_request_and_tells_no_words(served, log, route, way):
    served.discord.fail(route, 400, 50035)
    await way(served.discord)
    await served.settle()
    (line,) = [one for one in log.lines if one["event"] == "discord answer failed"]
    assert line["request"] in answered(served)
    assert line["reference"] == reference_of(line["request"])
    assert line["exception"].endswith("HTTPException: 50035")
    assert [word for word in SECRET if word in log.text] == []
    assert served.discord.token not in log.text


async def test_a_busy_life_on_discord_leaves_no_word_in_the_log(served, log):
    await does(served, "ana", "/skill claim", skill="Kubernetes", level="expert")
    await does(served, "ana", "/kudos give", to="ben", reason="for the quokka and the marzipan")
    served.discord.channels[served.discord.where("general")].lacks.add("send")
    await does(served, "ben", "/kudos give", to="ana", reason="for the marzipan of last night")
    await served.settle()
    assert "parked" in log.text
    assert [word for word in SECRET if word in log.text] == []
    assert served.discord.token not in log.text
