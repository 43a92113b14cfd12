"""Every command explains itself, and can be asked for."""

import pytest

from bot.command import form_of
from bot.line import bind
from bot.ui import Card, Form
from tests.contract.steps import CATALOGUE, COMMANDS, SAID, asks, by_name, is_fine

VISIBLE = CATALOGUE.visible()


@pytest.mark.parametrize("one", COMMANDS, ids=by_name)
def test_every_command_says_what_it_is_for(one):
    assert len(one.about) > 8
    assert one.about[0].isupper()
    assert not one.about.endswith(".")


@pytest.mark.parametrize("one", COMMANDS, ids=by_name)
def test_every_argument_has_a_label_of_its_own(one):
    labels = [param.ask.label for param in one.params]
    assert all(labels)
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("one", [one for one in VISIBLE if one.example], ids=by_name)
def test_every_example_is_read_as_that_command_with_all_it_needs(one):
    found, rest = CATALOGUE.find(one.example)
    bound = bind(found, rest)
    assert (found, bound.left) == (one, "")
    assert all(bound.values.get(param.name) for param in one.params if param.required)


@pytest.mark.parametrize("one", [one for one in VISIBLE if one.example], ids=by_name)
def test_every_example_is_answered(house, one):
    reply = asks(house, one.example)
    assert is_fine(house, reply)
    assert not isinstance(reply, Form)
    assert "did not understand" not in house.reads(reply)


@pytest.mark.parametrize("one", [one for one in VISIBLE if any(param.required for param in one.params)], ids=by_name)
def test_every_command_that_needs_something_has_an_example(one):
    assert one.example


@pytest.mark.parametrize("one", SAID, ids=by_name)
def test_a_command_alone_asks_or_answers(house, one):
    reply = asks(house, one.name)
    assert is_fine(house, reply)
    if any(param.required for param in one.params):
        assert isinstance(reply, Form)


@pytest.mark.parametrize("one", VISIBLE, ids=by_name)
def test_a_command_is_said_with_a_slash_too(house, one):
    for prefix in ("/", "/manyhands ", "  "):
        assert CATALOGUE.find(prefix + one.name)[0] is one


@pytest.mark.parametrize("one", VISIBLE, ids=by_name)
def test_every_command_is_explained_by_help(house, one):
    reply = asks(house, f"help {one.name}")
    assert isinstance(reply, Card)
    assert one.about in house.reads(reply)


@pytest.mark.parametrize("one", SAID, ids=by_name)
def test_every_form_can_be_shown(house, one):
    form = form_of(one, {})
    assert is_fine(house, form)
    assert all(param.ask.label in house.reads(form) for param in one.params if param.required)
