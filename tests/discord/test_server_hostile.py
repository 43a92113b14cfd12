"""Bodies that Discord would not take: refused as it refuses them, and remembered."""

import discord as library
import pytest

from tests.discord.bare import HELLO, THANK, Bare, form, row, running
from tests.discord.state import APPLICATION


@pytest.fixture
async def client(people):
    """discord.py, logged in, without the gateway."""
    made = Bare()
    await made.login(people.token)
    yield made
    await made.close()


def embed(**more):
    """One embed."""
    return {"embeds": [{"title": "t", **more}]}


def select(*labels, **more):
    """A row with a select."""
    options = [{"label": label, "value": label} for label in labels]
    return {"type": 1, "components": [{"type": 3, "custom_id": "s", "options": options, **more}]}


def shown(*components):
    """A message with one row."""
    return {"content": "x", "components": [{"type": 1, "components": list(components)}]}


def button(**more):
    """A button."""
    return {"type": 2, "style": 2, "custom_id": "c", **more}


MESSAGES = [
    ({"content": "x" * 2001}, "2001"),
    (embed(description="x" * 4097), "4096"),
    (embed(fields=[{"name": "n", "value": "v"}] * 26), "25"),
    (embed(fields=[{"name": "", "value": "v"}]), "fields.0.name"),
    ({"embeds": [{"description": "x" * 3001}, {"description": "x" * 3000}]}, "6001"),
    ({"embeds": [{"title": "t"}] * 11}, "10"),
    ({"content": "x", "components": [row("a")] * 6}, "components"),
    ({"content": "x", "components": [row("a", "b", "c", "d", "e", "f")]}, "components"),
    ({"content": "x", "components": [row("x" * 81)]}, "components"),
    ({"content": "x", "components": [row("Yes"), row("Yes")]}, "custom_id '!yes' is there 2 times"),
    (shown(button(label="y", custom_id="x" * 101)), "components"),
    (shown(button(label="L", style=5)), "components"),
    (shown(button()), "neither label nor emoji"),
    ({"content": "x", "components": [select(*(str(number) for number in range(26)))]}, "components"),
    ({"content": "x", "components": [select("a", "a")]}, "option value 'a' is there 2 times"),
    ({"content": "x", "components": [select("a", max_values=2)]}, "2 of 1 options"),
    (shown(button(label="a"), *select("b")["components"]), "shares its row"),
    ({"content": "x", "components": row("a")["components"]}, "components"),
    ({"content": "x", "nonce": "x" * 26}, "nonce"),
    ({"content": "x", "flags": 1 << 15, "components": [{"type": 10, "content": "y"}]}, "no room for content"),
    ({"content": "@everyone", "allowed_mentions": {"parse": ["everyone"]}}, "calls @everyone"),
    ({"content": "@here hello", "allowed_mentions": None}, "calls @here"),
    ({"content": "<@&5>", "allowed_mentions": {"parse": ["roles"]}}, "calls role 5"),
    ({"content": "<@404>", "allowed_mentions": {"users": ["404"]}}, "404, who is nobody"),
    ({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, "exclude each other"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "flaw"), MESSAGES, ids=[flaw for _body, flaw in MESSAGES])
async def test_messages_beyond_discords_limits_are_refused(people, client, body, flaw):
    with pytest.raises(library.HTTPException) as caught:
        await client.post(people.where("general"), **body)
    assert (caught.value.status, caught.value.code) == (400, 50035)
    assert any(flaw in one for one in people.violations), people.violations
    assert people.messages("general") == []
    people.violations.clear()


async def test_what_stands_at_every_limit_is_taken(people, client):
    whole = {"title": "t" * 256, "description": "d" * 4096, "fields": MANY[:1] * 25}
    body = {"content": "x" * 2000, "embeds": [whole]}
    rows = [row(*(f"{number}-{letter}" for letter in "abcde")) for number in range(4)]
    full = select(*(str(number) for number in range(25)), placeholder="p" * 150, max_values=25)
    await client.post(people.where("general"), **body, components=[*rows, full], nonce="n" * 25)
    await client.post(people.where("general"), content=f"<@{people.who('ben')}> @everyone <@404>")
    assert len(people.messages("general")) == 2
    assert people.posts[-1].pings == []


async def test_an_empty_message_is_refused(people, client):
    with pytest.raises(library.HTTPException) as caught:
        await client.post(people.where("general"), content="")
    assert caught.value.code == 50006
    people.forgive("an empty message")


async def test_a_call_to_somebody_is_remembered(people, client):
    ben = people.who("ben")
    made = await client.post(people.where("general"), content=f"<@{ben}>", allowed_mentions={"users": [ben]})
    assert people.post_of(made).pings == [ben]
    assert [one["id"] for one in made["mentions"]] == [ben]


def option(name, **more):
    """An option of a command."""
    return {"type": 3, "name": name, "description": "d", **more}


MANY = [{"name": str(number), "value": str(number)} for number in range(26)]
LONG = [{"name": "n" * 99 + str(number), "value": "v" * 99 + str(number)} for number in range(9)]
COMMANDS = [
    ([{**HELLO, "name": "Hello"}], "no name"),
    ([{**HELLO, "name": "x" * 33}], "name"),
    ([{**HELLO, "description": ""}], "description"),
    ([{**HELLO, "description": "x" * 101}], "description"),
    ([HELLO, HELLO], "is there 2 times"),
    ([{"name": f"m{number}", "type": 2} for number in range(6)], "6 commands of type 2"),
    ([{"name": "m", "type": 3, "description": "d"}], "no description"),
    ([{**HELLO, "options": [option("a"), option("b", required=True)]}], "required options come first"),
    ([{**HELLO, "options": [option("a"), option("a")]}], "is there 2 times"),
    ([{**HELLO, "options": [option(f"o{number}") for number in range(26)]}], "options"),
    ([{**HELLO, "options": [option("a", choices=MANY)]}], "choices has 26"),
    ([{**HELLO, "options": [option("a", autocomplete=True, choices=MANY[:1])]}], "either choices or autocomplete"),
    ([{**THANK, "options": [*THANK["options"], option("a")]}], "subcommands beside options"),
    ([{**HELLO, "options": [option(f"o{number}", choices=LONG) for number in range(5)]}], "characters in all"),
]  # fmt: skip


@pytest.mark.parametrize(("commands", "flaw"), COMMANDS, ids=[flaw for _commands, flaw in COMMANDS])
async def test_commands_that_discord_would_not_register_are_refused(people, client, commands, flaw):
    with pytest.raises(library.HTTPException) as caught:
        await client.call("PUT", f"/applications/{APPLICATION}/commands", json=commands)
    assert caught.value.code == 50035
    assert any(flaw in one for one in people.violations), people.violations
    people.violations.clear()
    assert people.commands == {}


INPUT = {"type": 4, "style": 1}
MODALS = [
    ({**form(a=INPUT), "title": "x" * 46}, "title"),
    ({**form(a=INPUT), "custom_id": "x" * 101}, "custom_id"),
    (form(**{f"f{number}": INPUT for number in range(6)}), "components"),
    (form(), "components"),
    ({**form(), "components": [row("a")]}, "components"),
    ({**form(), "components": [{"type": 18, "label": "x" * 46, "component": {**INPUT, "custom_id": "a"}}]}, "label"),
    (form(a={**INPUT, "placeholder": "x" * 101}), "placeholder"),
    (form(a={**INPUT, "value": "x" * 11, "max_length": 10}), "11 characters"),
    (form(a={**INPUT, "min_length": 9, "max_length": 3}), "9 to 3"),
    ({**form(), "components": [*form(a=INPUT)["components"], *form(a=INPUT)["components"]]}, "is there 2 times"),
]  # fmt: skip


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("modal", "flaw"), MODALS)
async def test_forms_beyond_discords_limits_are_refused(people, modal, flaw):
    people.answer_seconds = 0.5
    async with running(people) as client:
        client.answer = {"type": 9, "data": modal}
        met = await people.types("ana", "/hello")
        assert not met.kind
        assert [one.code for one in client.errors] == [50035]
    assert any(flaw in one for one in people.violations), people.violations
    people.violations.clear()


async def test_more_than_25_choices_are_refused(people):
    people.answer_seconds = 0.5
    async with running(people) as client:
        client.answer = {"type": 8, "data": {"choices": MANY}}
        await people.autocompletes("ana", "/kudos give", "skill", "x", to="ben")
        assert [one.code for one in client.errors] == [50035]
    people.violations.clear()
