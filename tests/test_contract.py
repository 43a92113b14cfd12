"""What holds for every command: it explains itself, it asks politely, and no input breaks it."""

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from bot import features
from bot.app import BUSY
from bot.command import form_of
from bot.ctx import Request, Who
from bot.line import bind, write
from bot.ui import Card, Form, No, from_json, to_json
from storage.db import transaction
from storage.dealings import Draft
from storage.machinery import Audit, Seen, Setting
from storage.models import Candidate, Interest, Intro, Kudos, Opportunity
from tests.encoders import Words
from tests.world import World, who

CATALOGUE = features.catalogue()
COMMANDS = list(CATALOGUE.commands.values())
VISIBLE = CATALOGUE.visible()
SAID = [one for one in COMMANDS if not one.timer]
ARGUMENTS = [(one, param) for one in SAID for param in one.params]
ADMIN = Who("admin", "admin", admin=True)
MINE = (Audit, Candidate, Draft, Interest, Intro, Kudos, Opportunity, Setting)
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


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A community in which every short id exists: o1, k1, i1, @ben, Python."""
    made = World(tmp_path_factory.mktemp("contract") / "contract.db", Words())
    made.ids = count()
    for name in ("admin", "ana", "ben"):
        made.says(name, "help")
    made.says("ben", "skill claim Python expert")
    made.says("ana", "kudos give @ben for the long docs")
    made.says("ana", 'opportunity post "Data pipeline" Ten sensors, one dashboard')
    made.says("ben", "opportunity interest o1")
    made.says("ana", "intro ask someone who can help who:@ben")
    made.says("admin", "opportunity draft", title="A second thing", description="Work that is not ready to be seen")
    yield made
    made.close()


def asks(house, line, speaker=ADMIN, **values):
    """One request of a person, without delivering what it causes."""
    request = Request(f"c{next(house.ids)}", house.place.id, speaker, line, house.now, values, "#general")
    return house.app.handle(request)


def is_fine(house, reply, silent=False):
    """The bot answers in words, it is not its own fault, and the answer can be shown and stored."""
    if reply is None:
        return silent
    words = house.reads(reply)
    return bool(words.strip()) and "Something broke on my side" not in words and from_json(to_json(reply)) == reply


def by_name(one):
    return one.name.replace(" ", "-") if hasattr(one, "params") else getattr(one, "name", str(one))


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


QUICK = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


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
        back = {blank.name: "".join(blank.value) for blank in reply.again.blanks}
        assert back == typed
        assert not reply.about or reply.about in back


def test_a_line_that_is_far_too_long_is_refused_with_its_length(house):
    assert "40,000" in house.reads(asks(house, "x" * 40_000))


@pytest.mark.parametrize("one", [one for one in COMMANDS if one.timer], ids=by_name)
def test_nobody_says_what_happens_by_itself(house, one):
    reply = asks(house, f"{one.name} o1")
    assert isinstance(reply, No)
    assert "happens by itself" in house.reads(reply)


@pytest.mark.parametrize("one", [one for one in COMMANDS if one.admin], ids=by_name)
def test_nobody_else_says_what_is_for_admins(house, one):
    reply = asks(house, one.name, who("ana"))
    assert isinstance(reply, No)
    assert "for the admins" in house.reads(reply)


FORGED = [
    "intro answer i1 yes",
    "intro answer i1 later",
    "intro answer i1 no",
    "intro choose i1 1",
    "intro withdraw i1",
    "opportunity meet o1 1",
    "opportunity decline o1 1",
    "opportunity edit o1 title:Stolen",
    "opportunity edit o1",
    "opportunity close o1 filled",
    "kudos tag k1 Python",
    "kudos undo",
    "skill unvouch @ben Python",
    "skill drop Python",
    "intro lapse i1",
    "intro open i1",
    "opportunity end o1",
    "opportunity extend o1",
    "opportunity reopen o1",
    "opportunity tend o1",
    "opportunity remind o1",
    "opportunity silence o1",
    "opportunity complete d1 seats:2",
    "opportunity publish d1",
    "opportunity discard d1",
    "digest tell 1",
    "digest bring 1",
    "digest unlearn",
    "opportunity warn o1",
    "settings kudos board:yes",
    "settings admins @mallory",
]


@pytest.fixture
def mallory(tmp_path):
    """The same community with a stranger in it, for one test."""
    made = World(tmp_path / "forged.db", Words())
    for name in ("admin", "ana", "ben", "mallory"):
        made.says(name, "help")
    made.says("ben", "skill claim Python expert")
    made.says("ana", "kudos give @ben for the long docs")
    made.says("ana", 'opportunity post "Data pipeline" Ten sensors, one dashboard')
    made.says("ben", "opportunity interest o1")
    made.says("ana", "intro ask someone who can help who:@ben")
    made.says("ana", "opportunity draft", title="A second thing", description="Work that is not ready to be seen")
    yield made
    made.close()


def stored(house):
    with house.db() as db:
        return {model.__name__: [row.model_dump() for row in db.exec(select(model)).all()] for model in MINE}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("line", FORGED)
def test_a_stranger_who_guesses_an_id_is_refused_and_changes_nothing(mallory, line):
    mallory.outbox()
    before = stored(mallory)
    reply = mallory.says("mallory", line)
    assert isinstance(reply, No), mallory.reads(reply)
    assert stored(mallory) == before
    assert mallory.outbox() == []


@pytest.mark.parametrize("line", FORGED[:3])
def test_a_stranger_does_not_learn_whether_an_intro_exists(mallory, line):
    real = mallory.hears("mallory", line)
    assert mallory.hears("mallory", line.replace("i1", "i77")) == real.replace("i1", "i77")


def test_the_asker_cannot_answer_for_the_one_who_was_asked(mallory):
    assert isinstance(mallory.says("ana", "intro answer i1 yes"), No)
    assert isinstance(mallory.says("ben", "intro answer i1 yes"), Card)


def test_a_written_line_means_the_same_when_it_is_pressed(mallory):
    with mallory.db() as db:
        kudos = db.exec(select(Kudos)).one()
    line = write(CATALOGUE.commands["kudos tag"], {"kudos": kudos})
    assert line == "kudos tag kudos:k1"
    assert isinstance(mallory.says("ana", f"{line} skill:Python"), Card)


READS = [one for one in SAID if one.reads]


def test_some_commands_only_read():
    assert {"help", "kudos mine", "profile show", "skill mine"} <= {one.name for one in READS}


@pytest.mark.parametrize("one", READS, ids=lambda one: one.name.replace(" ", "-"))
def test_what_reads_is_answered_beside_a_writer_and_leaves_no_receipt(house, one):
    given = {"member": "@ben", "opportunity": "o1"}
    request = Request(f"reads-{one.name}", house.place.id, ADMIN, one.name, house.now, given, "#general")
    with transaction(house.engine, house.place.community_id) as db:
        db.connection()
        reply = house.app.handle(request)
    assert isinstance(reply, Card) or (isinstance(reply, No) and reply.text != BUSY)
    assert house.count(Seen, Seen.key == request.id) == 0


def test_what_may_be_delivered_again_is_answered_once(house):
    request = Request("again", house.place.id, ADMIN, "skill mine", house.now, channel="#general", once=True)
    assert isinstance(house.app.handle(request), Card)
    assert house.app.handle(request) is None
    assert house.count(Seen, Seen.key == "again") == 1
