"""No input breaks a command."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ctx import Request, Who
from bot.ui import No
from tests.contract.steps import ADMIN, SAID, asks, by_name, is_fine

ARGUMENTS = [(one, param) for one in SAID for param in one.params]


HOSTILE = {
    "nothing": "",
    "space": " \u00a0\t\n",
    "NUL": "a\x00b",
    "huge": "x" * 40_000,
    "long": "word " * 800,
    "channel": "<!channel>",
    "everyone": "@everyone",
    "mention": "<@U123|name>",
    "direction": "\u202egnp.exe\u202c",
    "invisible": "\u200b\u200d\ufeff",
    "emoji": "🙌🏽👩‍💻𝔘",
    "template": "{x} {who} {} {0}",
    "percent": "%s %(x)s %n",
    "sql": "'; DROP TABLE member; --",
    "path": "../../etc/passwd",
    "code": "```x``` `y`",
    "quotes": 'say "unbalanced and \\',
    "curly": "“half open",
    "key": 'skill:"a" to: reason:',
    "number": "-99999999999999999999",
    "digits": "²٣",
    "id": "o99999999999999999999",
    "link": "javascript:alert(1)",
    "regex": "(a+)+$" * 50,
    "combining": "Z̸̢͉͓͑̾" * 40,
}


QUICK = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.sampled(19)
@pytest.mark.parametrize(("one", "param"), ARGUMENTS, ids=by_name)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_input_in_a_form_is_answered_in_words(house, one, param, hostile):
    good = {
        "to": "@ben",
        "member": "@ben",
        "kudos": "k1",
        "opportunity": "o1",
        "intro": "i1",
        "skill": "Python",
        "draft": "d1",
    }
    others = {other.name: good.get(other.name, "something sensible") for other in one.params if other.required}
    assert is_fine(house, asks(house, one.name, **{**others, param.name: HOSTILE[hostile]}), silent=one.hidden)


@pytest.mark.sampled(19)
@pytest.mark.parametrize("one", SAID, ids=by_name)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_after_a_command_are_answered_in_words(house, one, hostile):
    assert is_fine(house, asks(house, f"{one.name} {HOSTILE[hostile]}"), silent=one.hidden)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_lines_are_answered_in_words(house, hostile):
    for said in (HOSTILE[hostile], f"/{HOSTILE[hostile]}", f"help {HOSTILE[hostile]}", f"kudos {HOSTILE[hostile]}"):
        assert is_fine(house, asks(house, said))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_name_breaks_nothing(house, hostile):
    speaker = Who(f"K-{hostile}", HOSTILE[hostile])
    for line in ("profile show", "skill claim Python expert", "kudos give @ben for the long docs", "help"):
        assert is_fine(house, asks(house, line, speaker))


@pytest.mark.sampled(5)
@pytest.mark.parametrize(("one", "param"), ARGUMENTS, ids=by_name)
def test_hostile_input_is_completed_without_harm(house, one, param):
    for typed in HOSTILE.values():
        request = Request(f"c{next(house.ids)}", house.place.id, ADMIN, one.name, house.now)
        assert all(option.label and option.value for option in house.app.suggest(request, param.name, typed))


@pytest.mark.sampled(5)
@pytest.mark.parametrize("one", SAID, ids=by_name)
@given(words=st.text(max_size=60))
@QUICK
def test_random_words_after_a_command_are_answered(house, one, words):
    assert is_fine(house, asks(house, f"{one.name} {words}"), silent=one.hidden)


@pytest.mark.sampled(5)
@pytest.mark.parametrize("one", [one for one in SAID if one.params], ids=by_name)
@given(data=st.data())
@QUICK
def test_random_answers_in_a_form_are_answered(house, one, data):
    given_ = {param.name: data.draw(st.text(max_size=40), label=param.name) for param in one.params}
    assert is_fine(house, asks(house, one.name, **given_), silent=one.hidden)


@pytest.mark.parametrize("one", [one for one in SAID if one.params], ids=by_name)
def test_what_was_typed_comes_back_with_a_refusal(house, one):
    typed = {param.name: "<nonsense>" for param in one.params}
    reply = asks(house, one.name, **typed)
    if isinstance(reply, No) and reply.again:
        back = {field.name: "".join(field.value) for field in reply.again.fields}
        assert back == typed
        assert reply.errors or reply.buttons


def test_a_line_that_is_far_too_long_is_refused_with_its_length(house):
    assert "40,000" in house.reads(asks(house, "x" * 40_000))
