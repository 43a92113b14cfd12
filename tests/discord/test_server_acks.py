"""The loopback Discord on answers to interactions: in time, once, of the right kind, and while the token is good."""

import discord as library
import pytest

from tests.discord.bare import form, row, running
from tests.discord.state import APPLICATION

PLAIN = {"allowed_mentions": {"parse": []}}


def message(content, **more):
    """An answer that says something."""
    return {"type": 4, "data": {"content": content, **PLAIN, **more}}


async def error_of(call):
    """The status and code with which Discord answers."""
    with pytest.raises(library.HTTPException) as caught:
        await call
    return caught.value.status, caught.value.code


def hook(met, rest=""):
    """The address of an interaction's messages."""
    return f"/webhooks/{APPLICATION}/{met.token}{rest}"


async def test_an_answer_that_comes_too_late_is_refused(people):
    people.answer_seconds = 0.2
    async with running(people) as client:
        client.late = 0.5
        met = await people.types("ana", "/hello")
        await people.until(lambda: client.errors)
        assert (met.kind, client.errors[0].code, client.errors[0].status) == (0, 10062, 404)
    people.forgive("hello was not answered within 0.2 s")


async def test_three_seconds_are_counted_on_discords_own_clock(people):
    async with running(people) as client:
        client.late = 0.3
        met = await people.types("ana", "/hello", wait=False)
        people.later(3)
        await people.until(lambda: client.errors)
        assert (met.kind, client.errors[0].code) == (0, 10062)


async def test_an_interaction_is_answered_once(people):
    async with running(people) as client:
        met = await people.types("ana", "/hello")
        again = client.call("POST", f"/interactions/{met.id}/{met.token}/callback", json=message("twice"))
        assert await error_of(again) == (400, 40060)
        assert met.content == "ok"
        forged = client.call("POST", f"/interactions/{met.id}/forged/callback", json=message("x"))
        assert await error_of(forged) == (404, 10062)
    people.forgive("answered twice")


async def test_a_token_is_good_for_fifteen_minutes(people):
    async with running(people) as client:
        met = await people.types("ana", "/hello")
        people.later(899)
        await client.call("POST", hook(met), json={"content": "more", **PLAIN})
        people.later(2)
        assert await error_of(client.call("POST", hook(met), json={"content": "late", **PLAIN})) == (401, 50027)
        late = client.call("PATCH", hook(met, "/messages/@original"), json={"content": "late"})
        assert await error_of(late) == (401, 50027)


async def test_what_was_put_off_is_said_by_an_edit_or_by_the_first_message_after_it(people):
    for verb, rest in (("PATCH", "/messages/@original"), ("POST", "")):
        async with running(people) as client:
            client.answer = {"type": 5, "data": {"flags": 64}}
            met = await people.types("ana", "/hello", wait=False)
            await people.until(met.answered.is_set)
            assert met.original.body["flags"] == 64 | 128
            await client.call(verb, hook(met, rest), json={"content": "done", **PLAIN})
            assert (met.content, met.ephemeral, met.message["flags"]) == ("done", True, 64)
            assert met.later == []
            assert people.ephemerals("ana")[-1] == met.message
            assert people.messages("general") == []


async def test_what_is_put_off_for_ever_is_a_violation(people):
    people.patience = 0.2
    async with running(people) as client:
        client.answer = {"type": 5}
        await people.types("ana", "/hello")
    people.forgive("was put off and never answered")


async def test_nothing_more_is_said_before_the_first_answer(people):
    async with running(people) as client:
        client.late = 0.3
        met = await people.types("ana", "/hello", wait=False)
        assert await error_of(client.call("POST", hook(met), json={"content": "x"})) == (404, 10015)
        await people.until(met.answered.is_set)


async def test_messages_of_an_interaction_are_read_edited_and_deleted(people):
    async with running(people) as client:
        client.answer = message("first")
        met = await people.types("ana", "/hello")
        more = await client.call("POST", hook(met), json={"content": "psst", "flags": 64, **PLAIN})
        assert [one["content"] for one in met.messages] == ["first", "psst"]
        assert [one["content"] for one in people.messages("general")] == ["first"]
        assert (await client.call("GET", hook(met, "/messages/@original")))["content"] == "first"
        await client.call("PATCH", hook(met, f"/messages/{more['id']}"), json={"content": "louder", **PLAIN})
        assert [one["content"] for one in people.ephemerals("ana")] == ["louder"]
        await client.call("DELETE", hook(met, "/messages/@original"))
        assert await error_of(client.call("GET", hook(met, "/messages/@original"))) == (404, 10008)
        assert people.messages("general") == []


async def test_with_response_tells_the_message_that_was_made(people):
    async with running(people) as client:
        client.late = 60.0
        met = await people.types("ana", "/hello", wait=False)
        path = f"/interactions/{met.id}/{met.token}/callback?with_response=1"
        told = await client.call("POST", path, json=message("hi", flags=64))
        assert told["resource"]["type"] == 4
        assert told["resource"]["message"]["content"] == "hi"
        assert told["interaction"]["response_message_ephemeral"] is True
        assert told["interaction"]["id"] == met.id


async def test_discord_pys_own_answers_are_understood(people):
    async with running(people) as client:
        client.late = 60.0
        met = await people.types("ana", "/hello", wait=False)
        (heard,) = await people.until(lambda: client.of("interaction"))
        told = await heard.response.send_message("hi", ephemeral=True, allowed_mentions=library.AllowedMentions.none())
        assert str(told.resource.id) == met.original.id
        await heard.followup.send("more", allowed_mentions=library.AllowedMentions.none())
        await heard.edit_original_response(content="hello")
        assert [one["content"] for one in met.messages] == ["hello", "more"]


KINDS = [
    ("types", 6), ("types", 7), ("types", 8), ("completes", 4), ("completes", 9), ("submits", 9), ("submits", 7),
]  # fmt: skip


@pytest.mark.parametrize(("gesture", "kind"), KINDS)
async def test_only_answers_of_the_right_kind_are_taken(people, gesture, kind):
    async with running(people) as client:
        if gesture == "submits":
            client.answer = {"type": 9, "data": form(words={"type": 4, "style": 1})}
            await people.types("ana", "/hello")
        client.answer = {"type": kind, "data": {"choices": []} if kind == 8 else message("x")["data"]}
        if kind == 9:
            client.answer["data"] = form(words={"type": 4, "style": 1})
        people.answer_seconds = 0.4
        met = await {
            "types": lambda: people.types("ana", "/hello"),
            "completes": lambda: people.autocompletes("ana", "/kudos give", "skill", "x", to="ben"),
            "submits": lambda: people.submits("ana", Words="hi"),
        }[gesture]()
        assert met.kind == 0
        assert [one.code for one in client.errors] == [50035]
    people.forgive("is no answer to")
    people.forgive("was not answered")


async def test_a_press_changes_its_message_or_leaves_it(people):
    async with running(people) as client:
        client.answer = message("sure?", components=[row("Yes", "No")])
        asked = await people.types("ana", "/hello")
        client.answer = {"type": 7, "data": {"content": "done", "components": []}}
        met = await people.presses("ben", asked.message, "Yes")
        assert met.message["id"] == asked.message["id"]
        assert (asked.message["content"], asked.message["components"]) == ("done", [])
        client.answer = message("again?", components=[row("Yes")])
        asked = await people.types("ana", "/hello")
        client.answer = {"type": 6}
        people.patience = 0.1
        met = await people.presses("ana", None, "Yes")
        assert met.message == asked.message
        await client.call("POST", hook(met), json={"content": "psst", "flags": 64, **PLAIN})
        assert met.content == "psst"
        assert met.ephemeral
