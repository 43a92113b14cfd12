"""What goes wrong between Discord and the core is told to the one who asked, with a reference, and never silence."""

import asyncio

import pytest

from bot.heard import reference_of
from storage.trouble import Busy
from tests.discord.served import does, words

pytestmark = pytest.mark.sampled(3)
CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"
POSTS = "POST /channels/{channel_id}/messages"


async def breaks(*_asked):
    raise RuntimeError("a fault of ours")


async def test_a_form_that_discord_does_not_open(served):
    served.discord.fail(CALLBACK, 400, 50035)
    met = await served.discord.types("ana", "/profile edit")
    assert met.ephemeral
    assert "could not show you the answer" in met.content
    assert reference_of(met.id) in met.content


async def test_a_card_that_discord_does_not_take(served):
    served.discord.fail(CALLBACK, 400, 50035)
    met = await served.discord.types("ana", "/skill mine")
    assert "could not show you the answer" in met.content


async def test_a_fault_before_the_core_is_asked(served, monkeypatch):
    monkeypatch.setattr(served.bot.desk.directory, "whos", breaks)
    met = await served.discord.types("ana", "/skill claim", skill="Kubernetes", level="expert")
    assert "nothing was changed" in met.content
    assert reference_of(met.id) in met.content


async def test_a_database_that_does_not_answer_before_the_core_is_asked(served, monkeypatch):
    async def busy(*_asked):
        raise Busy("no connection")

    monkeypatch.setattr(served.bot.desk.directory, "whos", busy)
    met = await served.discord.types("ana", "/skill claim", skill="Kubernetes", level="expert")
    assert "very busy" in met.content


async def test_a_slow_command_that_breaks_is_not_left_thinking(served, monkeypatch):
    await does(served, "ben", "/skill claim", skill="Kubernetes", level="expert")
    served.discord.fail("PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", 400, 50035)
    met = await served.discord.types("ana", "/skill find", need="somebody who knows Kubernetes")
    assert met.kind == 5
    assert "could not show you the answer" in met.content


async def test_a_form_that_cannot_be_judged_comes_back_with_what_was_typed(served, monkeypatch):
    await served.discord.types("ana", "/kudos give", to="ben")
    with monkeypatch.context() as broken:
        broken.setattr(served.bot.desk.directory, "whos", breaks)
        sent = await served.discord.submits("ana", reason="for the diagrams of last night")
    assert "nothing was changed" in sent.content
    again = await served.discord.presses("ana", None, "Open again")
    assert "diagrams of last night" in str(again.modal)


async def test_a_line_in_a_direct_message(served, monkeypatch):
    monkeypatch.setattr(served.bot.desk.directory, "whos", breaks)
    letter = await served.discord.dms("ana", "skill claim Kubernetes expert")
    assert "nothing was changed" in words([letter])


async def test_an_answer_in_a_direct_message_that_discord_does_not_take(served):
    served.discord.fail(POSTS, 400, 50035)
    letter = await served.discord.dms("ana", "skill mine")
    assert "could not show you the answer" in words([letter])


async def test_suggestions_that_take_too_long_are_none(served, monkeypatch):
    async def never(*_asked):
        await asyncio.Event().wait()

    monkeypatch.setattr("adapters.discord.answer.ANSWER_SECONDS", 0.05)
    monkeypatch.setattr(served.bot.desk, "_suggested", never)
    met = await served.discord.autocompletes("ana", "/skill claim", "skill", "Kube")
    assert met.choices == []


async def test_a_look_that_takes_too_long_before_the_core_is_asked_is_put_off(served, monkeypatch):
    of_person = served.bot.desk.homes.of_person

    async def slowly(said):
        await asyncio.sleep(0.2)
        return await of_person(said)

    monkeypatch.setattr("adapters.discord.answer.ANSWER_SECONDS", 0.05)
    monkeypatch.setattr(served.bot.desk.homes, "of_person", slowly)
    met = await served.discord.types("ana", "/skill mine")
    assert met.kind == 5
    assert "Your list is empty" in met.content


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("/skill mine", "Your list is empty"),
        ("/profile edit", "Tell others about yourself"),
        ("/skill gaps", "Nobody asked for a skill"),
    ],
)
async def test_what_discord_cannot_take_just_then_comes_by_direct_message(served, line, answer):
    served.discord.fail(CALLBACK, 503, times=2)
    await served.discord.types("ana", line, wait=False)
    await served.settle()
    assert answer in words(served.discord.letters("ana"))


async def test_after_it_the_next_is_answered_as_ever(served):
    served.discord.fail(CALLBACK, 400, 50035)
    await served.discord.types("ana", "/profile edit")
    met = await served.discord.types("ana", "/profile edit")
    assert met.modal["title"]
