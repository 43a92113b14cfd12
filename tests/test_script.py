"""The scripted local community: one request a line, and what everybody then sees."""

import asyncio
from datetime import UTC, datetime
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.script import Act, Fills, Now, Presses, Reacts, Says, Unreadable, read
from adapters.local.session import Session, run_script
from bot.carriage import Parcel
from bot.ctx import Who
from bot.text import Plain
from bot.ui import Actions, Button, Card
from jobs.courier import Courier
from tests.encoders import Words
from tests.world import World

START = "now: 2026-11-30T09:00"


class Sitting:
    """A session whose output and errors can be read."""

    def __init__(self, world):
        self.world, self.out, self.err = world, StringIO(), StringIO()
        world.app.welcome = lambda _ctx: None
        self.courier = Courier(world.engine, {})
        self.session = Session(world.app, world.place, self.drain, self.out)
        self.courier.carriers = {"local": self.session}

    def drain(self, now):
        while self.world.clock.tick(now) + asyncio.run(self.courier.drain(now)):
            continue

    def plays(self, *lines):
        """The printed lines of a script, and its exit status."""
        at = self.out.tell()
        status = run_script(self.session, lines, self.err)
        self.out.seek(at)
        return self.out.read().splitlines(), status


@pytest.fixture
def sitting(tmp_path):
    world = World(tmp_path / "script.db", Words(), "Europe/Berlin")
    made = Sitting(world)
    made.plays(START)
    yield made
    world.close()


@pytest.mark.parametrize("line", ["", "   ", "# a comment", "  # indented", "#general is quiet"])
def test_comments_and_empty_lines_do_nothing(line):
    assert read(line) is None


@pytest.mark.parametrize(
    ("line", "act"),
    [
        ("ana: skill mine", Act("ana", "#general", Says("skill mine"))),
        ("  ana:   skill mine  ", Act("ana", "#general", Says("skill mine"))),
        ("ben@dm: settings", Act("ben", "", Says("settings"))),
        ("carol@#random: kudos give @ana for it", Act("carol", "#random", Says("kudos give @ana for it"))),
        ("Ana: /skill mine", Act("Ana", "#general", Says("/skill mine"))),
        ("zoë: help", Act("zoë", "#general", Says("help"))),
        ("ana: 10:30 is late", Act("ana", "#general", Says("10:30 is late"))),
        ("ana:", Act("ana", "#general", Says(""))),
    ],
)
def test_a_person_says_a_line_somewhere(line, act):
    assert read(line) == act


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("press Vouch", Presses("Vouch")),
        ("press Not for me", Presses("Not for me")),
        ("press 2 on k7", Presses("2", "k7")),
        ("press Not for me on O12", Presses("Not for me", "o12")),
        ('press "Ask again in 3 weeks"', Presses("Ask again in 3 weeks")),
        ("PRESS Vouch", Presses("Vouch")),
        ("react :raised_hands: on k7", Reacts(":raised_hands:", "k7", False)),
        ("unreact :raised_hands: on K7", Reacts(":raised_hands:", "k7", True)),
        ("react :raised_hands::skin-tone-3: on k7", Reacts(":raised_hands::skin-tone-3:", "k7", False)),
        ('fill title:"Data pipeline" pay:"600 a day"', Fills('title:"Data pipeline" pay:"600 a day"')),
        ("fill", Fills("")),
        ("pressing matters", Says("pressing matters")),
        ("react to this", Says("react to this")),
        ("filling the gap", Says("filling the gap")),
    ],
)
def test_a_person_presses_fills_and_reacts(said, what):
    assert read(f"ana: {said}") == Act("ana", "#general", what)


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("now: 2026-11-30T09:00", datetime.fromisoformat("2026-11-30T09:00")),
        ("NOW: 2026-11-30", datetime.fromisoformat("2026-11-30")),
        ("now: 2026-11-30T09:00+00:00", datetime(2026, 11, 30, 9, tzinfo=UTC)),
    ],
)
def test_the_clock_is_set(line, at):
    assert read(line) == Now(at)


@pytest.mark.parametrize("line", ["now: soon", "now:", "hello", "ana skill mine", "ana@nowhere: x", ": x", "a b: x"])
def test_a_line_outside_the_grammar_is_unreadable_and_says_why(line):
    with pytest.raises(Unreadable) as why:
        read(line)
    assert len(str(why.value)) > 10


def understood(line):
    """Whether a line is read, or there are words that say why not."""
    try:
        return isinstance(read(line), Act | Now | None)
    except Unreadable as why:
        return bool(str(why))


@given(st.text(max_size=100))
def test_any_line_is_read_or_unreadable(line):
    assert understood(line)


def test_answers_are_private_and_what_all_see_names_its_channel(sitting):
    sitting.plays("ana: help", "ben: help")
    printed, status = sitting.plays("ana: kudos give @ben for the long docs")
    assert status == 0
    assert printed[0].startswith("[ana] ben has it")
    assert any(line.startswith("[#general] ana thanked ben") and line.endswith("(k1)") for line in printed)


def test_direct_messages_name_the_one_who_reads_them(sitting):
    printed, _status = sitting.plays("ben: help", "ana@dm: kudos give @ben for the long docs")
    assert any(line.startswith("[ana@dm] ben has it") for line in printed)
    assert any(line.startswith("[ben@dm] ana thanked ben") and line.endswith("(k1)") for line in printed)


def test_a_message_to_several_names_them_all(sitting):
    people = tuple(Who(name, name) for name in ("ana", "ben"))
    shows(sitting, card_of(("Yes", "help")), people)
    assert "[ana+ben] Choose" in sitting.out.getvalue().splitlines()


def test_what_a_private_answer_leads_to_happens_where_it_was_asked(sitting):
    printed, _status = sitting.plays("ben: help", "ana@#random: kudos give @ben for the long docs skill:Kubernets")
    assert any(line.startswith("[ana] Did you mean Kubernetes?") for line in printed)
    printed, _status = sitting.plays("ana: press Kubernetes")
    assert any(line.startswith("[#random] ana thanked ben") and line.endswith("(k1)") for line in printed)


def test_what_is_said_elsewhere_is_posted_there(sitting):
    printed, _status = sitting.plays("ben: help", "ana@#random: kudos give @ben for the long docs")
    assert any(line.startswith("[#random] ana thanked ben") and line.endswith("(k1)") for line in printed)


def test_nothing_is_posted_from_a_direct_message(sitting):
    printed, _status = sitting.plays("ben: help", "ana@dm: kudos give @ben for the long docs")
    assert not any(line.startswith("[#") for line in printed)
    assert any(line.startswith("[ben@dm] ana thanked ben") and line.endswith("(k1)") for line in printed)


def test_what_people_say_to_each_other_thanks_where_the_admins_want_it(sitting):
    sitting.plays("admin: skill mine", "ana: skill mine", "ben: skill mine")
    said = "ana: thank you, @ben ++ for the long night"
    lines, _status = sitting.plays(said)
    assert not any("thanked @ben" in line for line in lines)
    sitting.plays("admin@dm: settings kudos plus:yes")
    lines, status = sitting.plays(said)
    assert "[#general] ana thanked ben for the long night (k1)" in lines
    assert status == 0
    for talk in ("ana: I like C++ and i++, @ben", "ana@dm: @ben ++ for the long night", "ana: kudos mine @ben ++ yes"):
        lines, _status = sitting.plays(talk)
        assert not any("thanked @ben" in line for line in lines)


def test_a_name_in_another_case_is_the_same_person(sitting):
    sitting.plays("ana: skill claim Python expert")
    printed, _status = sitting.plays("Ana: skill mine")
    assert any("Python" in line for line in printed)


def test_admin_founded_the_community_and_others_did_not(sitting):
    printed, _status = sitting.plays("ana@dm: settings", "admin@dm: settings")
    assert any(line.startswith("[ana@dm] That is for the admins here") for line in printed)
    assert any(line.startswith("[admin@dm] Settings") for line in printed)


def test_the_founder_is_there_before_anybody_speaks(sitting):
    printed, _status = sitting.plays("ana: kudos give @admin for the kettle and the chairs")
    assert printed[0] == "[ana] admin has it. 4 left today."


def test_a_form_prints_what_is_missing_and_filling_submits_it(sitting):
    printed, status = sitting.plays("ana: opportunity post")
    assert status == 0
    assert any("title:" in line for line in printed)
    printed, status = sitting.plays('ana: fill title:"Data pipeline" description:"Ten sensors, one dashboard"')
    assert status == 0
    assert "[#general] Data pipeline (o1), from ana" in printed


def test_a_form_keeps_what_was_filled_in_before_a_refusal(sitting):
    sitting.plays("ana: opportunity post")
    printed, _status = sitting.plays('ana: fill title:"Data pipeline" description:short')
    assert not any("o1" in line for line in printed)
    printed, _status = sitting.plays('ana: fill description:"Ten sensors, one dashboard"')
    assert any("Data pipeline" in line for line in printed)


@pytest.mark.parametrize("said", ["fill reason:x", "fill nonsense", "press Vouch", "press 9", "press 1 on k99"])
def test_what_cannot_be_done_is_refused_in_words(sitting, said):
    printed, status = sitting.plays(f"zed: {said}")
    assert (len(printed), status, sitting.err.getvalue()) == (1, 0, "")
    assert printed[0].startswith("[zed] ")


def test_filling_takes_only_the_names_of_the_form_and_keeps_what_was_typed(sitting):
    sitting.plays("ben: help", "ana: kudos give")
    printed, status = sitting.plays('ana: fill to:@ben for:"the docs"')
    assert (printed[0].startswith("[ana] This form does not ask for"), status) == (True, 0)
    assert "to, reason, skill" in printed[0]
    printed, _status = sitting.plays('ana: fill reason:"the long docs"')
    assert printed[0] == "[ana] ben has it. 4 left today. Did it show a skill?"


def test_a_form_prints_all_its_fields_the_required_ones_first(sitting):
    printed, _status = sitting.plays("ana: kudos give")
    names = [line.removeprefix("[ana]   ").partition(":")[0] for line in printed[1:4]]
    assert names == ["to", "reason", "skill"]


def test_unreadable_lines_are_reported_by_number_and_the_rest_runs(sitting):
    printed, status = sitting.plays("ana: help", "nonsense", "now: soon", "ben: help")
    assert status == 2
    assert [line.split(":")[0] for line in sitting.err.getvalue().splitlines()] == ["line 2", "line 3"]
    assert {"[ana] What would you like to do?", "[ben] What would you like to do?"} <= set(printed)


def test_a_refusal_is_an_answer(sitting):
    printed, status = sitting.plays("ana: kudos give @nobody for the docs", "ana: nonsense")
    assert (status, sitting.err.getvalue()) == (0, "")
    assert sum(line.startswith("[ana] I don't know") for line in printed) == 2


def test_the_clock_never_goes_backwards(sitting):
    _printed, status = sitting.plays("now: 2026-11-30T08:59")
    assert status == 2
    assert "backwards" in sitting.err.getvalue()
    assert sitting.plays("now: 2026-11-30T09:00", "now: 2026-12-01")[1] == 0


def test_the_clock_stands_still_and_the_next_process_begins_there(sitting):
    sitting.plays("now: 2126-05-01T12:00")
    again = Sitting(sitting.world)
    assert again.session.moment == datetime(2126, 5, 1, 10, tzinfo=UTC)
    assert again.plays("now: 2126-05-01T11:59")[1] == 2
    assert again.plays("now: 2126-05-01T12:00")[1] == 0


@pytest.fixture
def unset(tmp_path):
    """A community whose clock nobody has set."""
    world = World(tmp_path / "unset.db", Words())
    yield Sitting(world)
    world.close()


def test_until_a_script_sets_it_the_time_is_the_real_one(unset):
    before = datetime.now(UTC)
    assert before <= unset.session.moment <= datetime.now(UTC)
    assert unset.plays("now: 2020-01-01T09:00")[1] == 0
    assert unset.session.moment == datetime(2020, 1, 1, 9, tzinfo=UTC)


def test_nothing_happens_before_what_happened_in_the_real_time_either(unset):
    unset.plays("ana: skill claim Python")
    assert unset.plays("now: 2020-01-01T09:00")[1] == 2
    assert Sitting(unset.world).plays("now: 2020-01-01T09:00")[1] == 2


def test_a_moment_before_all_calendars_is_refused_like_any_other(sitting):
    assert sitting.plays("now: 0001-01-01T00:00")[1] == 2
    assert "backwards" in sitting.err.getvalue()


def test_the_clock_is_in_the_zone_of_the_community(sitting):
    assert sitting.session.moment == datetime(2026, 11, 30, 8, tzinfo=UTC)


def test_what_falls_due_happens_when_the_clock_is_set(sitting):
    sitting.plays('ana: opportunity post "Data pipeline" Ten sensors, one dashboard until:2026-12-02')
    printed, _status = sitting.plays("now: 2026-12-03T00:00")
    assert any("is closed" in line and line.startswith("[ana@dm]") for line in printed)


def test_a_button_is_pressed_by_label_in_any_case_or_by_number(sitting):
    sitting.plays("ben: help", "ana: kudos give @ben for the long docs")
    printed, _status = sitting.plays("ana: press undo")
    assert any("taken back" in line for line in printed)
    sitting.plays("ana: kudos give @ben for the patient help")
    printed, _status = sitting.plays("ana: press 1")
    assert any("taken back" in line for line in printed)


def test_a_button_on_a_named_card_is_pressed_there(sitting):
    sitting.plays(
        'ana: opportunity post "First" The very first work', 'ana: opportunity post "Second" The very second work'
    )
    sitting.plays("ben: press Interested on o1")
    printed, _status = sitting.plays("ben: opportunity mine")
    assert any("First" in line for line in printed)
    assert not any("Second" in line for line in printed)


def test_the_newest_card_is_pressed_when_none_is_named(sitting):
    sitting.plays(
        'ana: opportunity post "First" The very first work', 'ana: opportunity post "Second" The very second work'
    )
    printed, _status = sitting.plays("ben: press Interested")
    assert any("Second" in line for line in printed)


def test_nobody_presses_what_only_others_see(sitting):
    sitting.plays("ben: help", "ana: kudos give @ben for the long docs")
    printed, _status = sitting.plays("ben: press Undo")
    assert printed == ["[ben] There is nothing here for you to press yet."]


def card_of(*buttons, key=""):
    return Card((Plain("Choose"),), (Actions(tuple(Button(*one) for one in buttons)),), key)


def shows(sitting, card, to=()):
    parcel = Parcel(1, sitting.world.place, card, "" if to else "#general", to, {})
    asyncio.run(sitting.session.carry(parcel))


def test_a_tie_between_buttons_of_one_label_is_refused(sitting):
    shows(sitting, card_of(("Vouch", "help"), ("Vouch", "skill mine")))
    assert "Say the number" in sitting.plays("ana: press Vouch")[0][0]
    assert "Your list is empty" in sitting.plays("ana: press 2")[0][0]


def test_one_of_several_alike_is_told_by_what_it_concerns(sitting):
    sitting.plays(
        'ana: opportunity post "First" The very first work', 'ana: opportunity post "Second" The very second work'
    )
    shows(sitting, card_of(("Show", "opportunity show o1"), ("Show", "opportunity show opportunity:o2")))
    assert "First" in sitting.plays("ana: press Show on o1")[0][0]
    assert "Second" in sitting.plays("ana: press Show on o2")[0][0]
    assert sitting.plays("ana: press Show on o7")[0] == ["[ana] Nothing about o7 that you can see has a button “Show”."]


def test_an_id_is_not_the_beginning_of_a_longer_one(sitting):
    shows(sitting, card_of(("Show", "opportunity show o12"), ("Show", "opportunity show o13")))
    assert "Nothing about o1 " in sitting.plays("ana: press Show on o1")[0][0]


def test_a_label_is_sought_on_the_newest_card_that_has_it_and_a_number_on_the_newest_alone(sitting):
    shows(sitting, card_of(("First", "skill mine"), ("More", "skill mine")))
    shows(sitting, card_of(("Second", "help")))
    assert "Your list is empty" in sitting.plays("ana: press First")[0][0]
    shows(sitting, card_of(("Third", "help")))
    assert "The newest card has: Third." in sitting.plays("ben: press 2")[0][0]
    assert "The newest card has: Third." in sitting.plays("ben: press Fourth")[0][0]


def test_an_edited_card_stays_where_it_stood(sitting):
    sitting.plays('ana: opportunity post "First" The very first work', "ben: press Interested on o1")
    assert "in touch" in sitting.plays("ana: press 1")[0][0]


def test_two_buttons_that_say_the_same_are_no_tie(sitting):
    shows(sitting, card_of(("Help", "help"), ("Help", "help")))
    assert sitting.plays("ana: press Help")[1] == 0


@pytest.mark.parametrize("number", ["0", "3", "99", "²"])
def test_a_number_without_a_button_is_refused(sitting, number):
    shows(sitting, card_of(("A", "help"), ("B", "help")))
    assert "no button" in sitting.plays(f"ana: press {number}")[0][0]


def test_a_card_that_is_edited_replaces_the_old_one(sitting):
    sitting.plays('ana: opportunity post "First" The very first work', "ana: opportunity close o1 cancelled")
    assert "nothing here" in sitting.plays("ben: press Interested on o1")[0][0]


def test_an_edited_message_is_shown_again_whole(sitting):
    sitting.plays("ben: help", "carol: help", "ana: kudos give @ben for the long docs")
    printed, _status = sitting.plays("carol: react :raised_hands: on k1")
    edited = [line for line in printed if line.startswith("[#general] (edited) ")]
    assert edited[0].endswith("ana thanked ben for the long docs (k1)")
    assert "carol" in edited[1]


def test_a_private_card_that_reaches_nobody_is_shown_to_nobody(sitting):
    parcel = Parcel(1, sitting.world.place, card_of(("Secret", "help")), "", (), {})
    asyncio.run(sitting.session.carry(parcel))
    assert "nothing here" in sitting.plays("ana: press Secret")[0][0]


def test_buttons_on_old_cards_work_after_a_restart(sitting):
    sitting.plays('ana: opportunity post "First" The very first work')
    again = Sitting(sitting.world)
    again.plays(START)
    printed, status = again.plays("ben: press Interested on o1")
    assert status == 0
    assert any("hears that you are interested" in line for line in printed)


def test_private_cards_stay_private_after_a_restart(sitting):
    sitting.plays('ana: opportunity post "First" The very first work', "ben: press Interested on o1")
    again = Sitting(sitting.world)
    again.plays(START)
    assert "no button" in again.plays("ben: press Meet them")[0][0]
    assert "in touch" in again.plays("ana: press Meet them on o1")[0][0]


def test_a_reaction_thanks_and_taking_it_away_takes_it_back(sitting):
    sitting.plays("ben: help", "carol: help", "ana: kudos give @ben for the long docs")
    printed, _status = sitting.plays("carol: react :raised_hands: on k1")
    assert any(line.startswith("[carol] You thanked ben too") for line in printed)
    printed, _status = sitting.plays("carol: unreact :raised_hands: on k1")
    assert any("taken back" in line for line in printed)


def test_another_reaction_says_nothing(sitting):
    sitting.plays("ben: help", "carol: help", "ana: kudos give @ben for the long docs")
    assert sitting.plays("carol: react :tada: on k1") == ([], 0)


def test_people_are_called_as_their_name_was_first_written_also_after_a_restart(sitting):
    sitting.plays("Ben: help", "ana: help")
    printed, _status = sitting.plays("ana: kudos give @ben for the long docs", "BEN: skill mine")
    assert "[#general] ana thanked Ben for the long docs (k1)" in printed
    assert "[Ben] Your list is empty." in printed
    again = Sitting(sitting.world)
    again.plays(START)
    printed, _status = again.plays("ben: skill mine", "carol: help", "carol: kudos of @ben")
    assert printed[0] == "[Ben] Your list is empty."
    assert "[carol] Thanks to Ben" in printed


def test_one_name_in_two_forms_of_unicode_is_one_person(sitting):
    sitting.plays("Jose\u0301: skill claim Python", "ana: help")
    printed, _status = sitting.plays("ana: skill of @Jos\u00e9", "Jos\u00c9: skill mine")
    assert "[ana] What Jos\u00e9 can do" in printed
    assert "[Jos\u00e9] Your skills" in printed


def test_a_refused_form_says_beside_which_field(sitting):
    sitting.plays('ana: opportunity post "Fix the roof"')
    printed, status = sitting.plays('ana: fill description:"It leaks in the north corner" until:"31 June"')
    assert status == 0
    assert printed[0].startswith("[ana] until: That should be a date such as ")
    printed, _status = sitting.plays('ana: fill until:"1 May"')
    assert "[#general] Fix the roof (o1), from ana" in printed
