"""What takes long: the form closes in time, the answer comes by message, and nothing that was typed is lost."""

import threading
from copy import deepcopy
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from adapters.slack import limits
from adapters.slack.again import asking, late
from adapters.slack.answer import this_moment
from adapters.slack.incoming import Incoming
from adapters.slack.letters import Letters
from bot.references import lines_of
from bot.text import md, plain
from bot.ui import Field, Form, No
from storage.db import reading
from storage.models import Kudos
from tests.encoders import Words
from tests.slack.filling import fields_of
from tests.slack.serving import says, shown

NEED = "somebody who has run a first audit & survived <it>"


class Slow(Words):
    """An encoder that thinks until it is let go."""

    def __init__(self):
        self.go = threading.Event()
        self.go.set()

    def encode(self, texts, kind="document"):
        """As `Words`, when it may."""
        self.go.wait(60)
        return super().encode(texts, kind)


@pytest.fixture
def slow(served):
    encoder = served.app.encoder = Slow()
    yield encoder
    encoder.go.set()


async def submitted(served, slow, need):
    """A form is sent while the encoder thinks."""
    await says(served, "U1", "intro ask")
    slow.go.clear()
    ack = await served.slack.submit("U1", {"What do you need?": need})
    assert ack.status == 200
    assert not ack.body
    assert served.slack.modals("U1") is None
    slow.go.set()
    await served.settle()


async def three_requests(served):
    """As many as one may have open."""
    for key, name in (("U2", "ben"), ("U4", "dora"), ("U5", "emil")):
        served.slack.user(key, name)
        await says(served, "U1", f"intro ask who:@{name} somebody who knows Kubernetes")


@pytest.mark.sampled(2)
async def test_an_answer_that_takes_long_comes_by_message_after_its_form_has_closed(served, slow):
    await says(served, "U2", "skill claim Kubernetes expert")
    await submitted(served, slow, f"somebody who knows Kubernetes, by {served.slack.mode}")
    assert "One person fits" in shown(served.slack.ephemerals("U1"))


@pytest.mark.sampled(2)
async def test_a_late_refusal_brings_the_form_back_with_everything_typed(served, slow):
    await three_requests(served)
    need = f"{NEED} by {served.slack.mode}"  # what was thought of once is known at once
    await submitted(served, slow, need)
    assert "still open" in shown(served.slack.direct("U1"))
    await served.slack.press("U1", "Open again")
    await served.settle()
    view = served.slack.modals("U1")
    assert fields_of(view)[0]["element"]["initial_value"] == need
    ack = await served.slack.submit("U1", {})
    assert "still open" in next(iter(ack.errors.values()))


async def test_a_trigger_that_is_too_old_leaves_a_button_that_opens_the_form(served):
    served.slack.trigger_seconds = -1
    await says(served, "U1", "kudos give @ben")
    assert served.slack.modals("U1") is None
    await served.slack.press("U1", "Open the form")
    await served.settle()
    assert served.slack.modals("U1") is None
    served.slack.trigger_seconds = 3
    await served.slack.press("U1", "Open the form")
    await served.settle()
    assert fields_of(served.slack.modals("U1"))[0]["element"]["initial_users"] == ["U2"]


async def test_an_edit_behind_a_button_is_opened_and_not_made(served):
    await says(served, "U1", "profile edit about:Plumber")
    served.slack.trigger_seconds = -1
    await says(served, "U1", "profile edit")
    served.slack.trigger_seconds = 3
    await served.slack.press("U1", "Open the form")
    await served.settle()
    assert "Plumber" in str(served.slack.modals("U1"))


@pytest.mark.parametrize("length", [10, limits.VALUE - 40, limits.VALUE, 2900])
async def test_what_a_button_cannot_hold_is_kept_under_a_key_that_outlives_a_restart(served, length):
    place = served.app.place("slack", "T1", "Collective", datetime.now(UTC))
    fields = Field("to", "To", "member", "@ben"), Field("reason", "Why", "text", "x" * length)
    form = Form("Thank", "kudos give", fields)
    for said in (late(No(md("Not now."), again=form)), asking(form)):
        (line,) = lines_of(said)
        (carried,) = lines_of(await served.bot.desk.letters.fit(place, said))
        assert len(carried) <= limits.VALUE
        assert (carried == line) == (len(line) <= limits.VALUE)
        pressed = Incoming("1", "T1", "U1", carried, stored=carried != line)
        assert await Letters(served.app, this_moment).meant(place, pressed) == line


async def test_a_key_that_is_forgotten_is_told(served):
    answer = await served.bot.desk.answer(Incoming("1", "T1", "U1", "#0123456789abcdef01234567", stored=True))
    assert "too old" in plain(answer.reply.text)


async def test_a_button_whose_command_is_gone_says_so(served):
    answer = await served.bot.desk.answer(Incoming("1", "T1", "U1", "? tulips plant colour:red"))
    assert "don't know" in plain(answer.reply.text)


def thanks(served):
    place = served.app.place("slack", "T1", "Collective", datetime.now(UTC))
    with reading(served.app.engine, place.community_id) as db:
        return [one.reason for one in db.exec(select(Kudos).order_by(Kudos.id)).all()]


async def test_a_form_that_is_sent_again_counts_once_and_a_corrected_one_is_another(served):
    await says(served, "U1", "kudos give @ben")
    view = served.slack.modals("U1")
    for reason in ("the docs of today", "the docs of today", "the docs of tomorrow"):
        ack = await served.slack.submit("U1", {"What did they do?": reason}, deepcopy(view))
        await served.settle()
        assert ack.status == 200
    assert thanks(served) == ["the docs of today", "the docs of tomorrow"]


async def test_a_form_that_was_refused_is_judged_anew_when_it_is_sent_again(served):
    await says(served, "U1", "kudos give @ben")
    view = served.slack.modals("U1")
    short = await served.slack.submit("U1", {"What did they do?": "ok"}, deepcopy(view))
    assert "more" in next(iter(short.errors.values()))
    await says(served, "U1", "settings kudos least:2")
    ack = await served.slack.submit("U1", {"What did they do?": "ok"}, deepcopy(view))
    await served.settle()
    assert "errors" not in str(ack.body)
    assert thanks(served) == ["ok"]
