"""Intros: both agree before either is named, and a no is never passed on."""

import pytest
from sqlmodel import select

from bot.ui import Card, Form, No
from storage.models import Intro
from tests.world import World

NEED = "Somebody who has run a first audit"


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """An asker, an expert and others."""
    world.joins("admin", "ana", "ben", "carol", "dave", "eve", "finn")


def asks(world: World, asker: str = "ana", expert: str = "ben", need: str = NEED) -> str:
    return world.hears(asker, f"intro ask who:@{expert} {need}")


def state(world: World) -> str:
    with world.db() as db:
        return db.exec(select(Intro.state).order_by(Intro.id.desc())).first() or ""


def test_without_a_need_the_form_opens(world: World):
    form = world.says("ana", "intro ask")
    assert isinstance(form, Form)
    assert [blank.name for blank in form.missing()] == ["need"]


def test_those_who_could_help_are_named_with_the_reason_and_hear_nothing_yet(world: World):
    world.says("ben", "skill claim Kubernetes expert")
    said = world.hears("ana", "intro ask Kubernetes help for our cluster")
    assert "@ben - Kubernetes (expert)" in said
    assert "[1: Ask ben]" in said
    assert world.told("ben").count("intro") == 0


def test_the_asker_is_not_proposed_to_themselves(world: World):
    world.says("ana", "skill claim Kubernetes expert")
    assert "Ask the" not in world.hears("ana", "intro ask Kubernetes help for our cluster")


def test_among_equals_who_has_more_voices_behind_them_is_proposed_first(world: World):
    for who in ("ben", "carol", "dave"):
        world.says(who, "skill claim Kubernetes expert")
    world.says("carol", "skill claim Sewing expert")
    world.says("admin", "skill vouch @carol Sewing")
    world.passes(minutes=1)
    world.outbox()
    world.says("ana", "intro ask Kubernetes help for our cluster")
    world.presses("ana", "Ask ")
    assert "Kubernetes help" in world.told("carol")


def test_the_asker_is_not_named_before_both_agree(world: World):
    world.says("ben", "skill claim Kubernetes expert")
    world.outbox()
    world.says("ana", "intro ask Kubernetes help for our cluster")
    assert "not yet your name" in world.reads(world.presses("ana", "Ask ben"))
    asked = world.outbox()
    assert [to for to, _text in asked] == ["ben"]
    assert "cluster" in asked[0][1]
    assert "You came up for Kubernetes" in asked[0][1]
    assert "ana" not in asked[0][1]
    world.presses("ben", "Yes, introduce us")
    together = world.told("ana, ben")
    assert "@ana" in together
    assert "@ben" in together


def test_a_skill_that_they_do_not_claim_is_never_said_to_have_brought_it_to_them(world: World):
    world.says("ben", "skill claim Kubernetes expert")
    world.says("carol", "skill claim Juggling expert")
    world.says("ana", "intro ask Kubernetes help for our cluster")
    world.outbox()
    world.says("ana", "intro choose i1 1 skill:Juggling")
    assert "Juggling" not in world.told("ben")


def test_someone_in_particular_can_be_asked_and_hears_the_purpose_without_the_name(world: World):
    asks(world)
    heard = world.told("ben")
    assert NEED in heard
    assert "ana" not in heard


def test_a_no_is_silent_and_looks_like_no_answer(world: World):
    asks(world)
    world.presses("ben", "Not now")
    world.outbox()
    world.passes(days=6, hours=23)
    assert world.outbox() == []
    world.passes(hours=2)
    declined = world.told("ana")
    asks(world, need=NEED)
    world.outbox()
    world.passes(days=7)
    assert "No answer yet" in declined
    assert declined == world.told("ana")


def test_after_seven_days_the_need_can_be_asked_again_in_one_press(world: World):
    asks(world)
    world.passes(days=7)
    assert state(world) == "lapsed"
    said = world.reads(world.presses("ana", "Ask someone else"))
    assert "broke on my side" not in said
    assert isinstance(world.presses("ben", "Yes, introduce us"), No)


def test_yes_in_three_weeks_is_an_answer(world: World):
    asks(world)
    world.outbox()
    world.presses("ben", "Ask again in 3 weeks")
    told = world.told("ana")
    assert "yes" in told
    assert "26 Oct" in told
    assert "ben" not in told
    world.passes(days=20)
    assert world.outbox() == []
    world.passes(days=1)
    assert "@ben" in world.told("ana, ben")
    assert state(world) == "introduced"


def test_the_conversation_offers_thanks_for_afterwards(world: World):
    asks(world)
    world.presses("ben", "Yes, introduce us")
    form = world.presses("ana", "Say thanks")
    assert isinstance(form, Form)
    assert isinstance(world.fills("ana", reason="for an hour of good advice"), Card)


def test_a_request_can_be_withdrawn_and_cannot_be_answered_then(world: World):
    asks(world)
    world.presses("ana", "Withdraw")
    world.outbox()
    assert isinstance(world.presses("ben", "Yes, introduce us"), No)
    world.passes(days=8)
    assert world.outbox() == []
    assert isinstance(world.says("ana", "intro withdraw i1"), No)


def test_withdrawing_after_a_silent_no_reveals_nothing(world: World):
    asks(world)
    world.presses("ben", "Not now")
    declined = world.reads(world.presses("ana", "Withdraw"))
    asks(world)
    unanswered = world.reads(world.presses("ana", "Withdraw"))
    assert declined.replace("i1", "") == unanswered.replace("i2", "")


def test_an_answer_counts_once(world: World):
    asks(world)
    world.presses("ben", "Yes, introduce us")
    world.outbox()
    assert isinstance(world.says("ben", "intro answer i1 yes"), No)
    assert world.outbox() == []


def test_an_answer_to_a_request_is_for_the_asked_alone(world: World):
    asks(world)
    for who in ("ana", "carol", "admin"):
        assert isinstance(world.says(who, "intro answer i1 yes"), No)
    assert "do not know" in world.hears("carol", "intro withdraw i1")
    assert state(world) == "asked"


def test_nobody_is_introduced_to_themselves(world: World):
    assert "you" in asks(world, expert="ana")
    assert world.count(Intro) == 0


def test_one_may_have_three_open_requests(world: World):
    for expert in ("ben", "carol", "dave"):
        assert "Asked" in asks(world, expert=expert)
    assert "3" in asks(world, expert="eve")
    assert world.count(Intro) == 3


def test_a_silent_no_frees_no_request_of_the_asker(world: World):
    for expert in ("ben", "carol", "dave"):
        asks(world, expert=expert)
    world.says("ben", "intro answer i1 no")
    assert isinstance(world.says("ana", f"intro ask who:@eve {NEED}"), No)
    world.passes(days=7)
    assert "Asked" in asks(world, expert="eve")


def test_one_is_asked_by_two_at_a_time(world: World):
    asks(world, "ana", "ben")
    asks(world, "carol", "ben")
    assert isinstance(world.says("dave", f"intro ask who:@ben {NEED}"), No)
    world.says("ben", "intro answer i1 no")
    assert "Asked" in asks(world, "dave", "ben")


def test_the_caps_are_the_admins_to_set(world: World):
    world.says("admin", "settings intros per_asker:1 per_expert:1")
    asks(world, "ana", "ben")
    assert isinstance(world.says("ana", f"intro ask who:@carol {NEED}"), No)
    assert isinstance(world.says("carol", f"intro ask who:@ben {NEED}"), No)


def test_someone_asked_by_too_many_is_not_proposed(world: World):
    world.says("ben", "skill claim Kubernetes expert")
    asks(world, "carol", "ben")
    asks(world, "dave", "ben")
    assert "Ask the" not in world.hears("ana", "intro ask Kubernetes help for our cluster")


def test_someone_who_left_after_being_proposed_is_not_asked(world: World):
    world.says("ben", "skill claim Kubernetes expert")
    world.says("ana", "intro ask Kubernetes help for our cluster")
    world.outbox()
    world.leaves("ben")
    assert isinstance(world.presses("ana", "Ask "), No)
    assert world.outbox() == []


def test_an_asker_who_left_meanwhile_is_not_introduced(world: World):
    asks(world)
    world.leaves("ana")
    world.outbox()
    assert isinstance(world.presses("ben", "Yes, introduce us"), No)
    assert world.outbox() == []


@pytest.mark.parametrize("rank", ["0", "2", "4", "-1", "first"])
def test_a_choice_that_is_not_on_the_list_is_refused(world: World, rank: str):
    world.says("ben", "skill claim Kubernetes expert")
    world.says("ana", "intro ask Kubernetes help for our cluster")
    assert isinstance(world.says("ana", f"intro choose i1 {rank}"), No)
    assert state(world) == "choosing"


def test_a_proposal_is_chosen_from_once_and_by_its_asker(world: World):
    world.says("ben", "skill claim Kubernetes expert")
    world.says("ana", "intro ask Kubernetes help for our cluster")
    assert isinstance(world.says("carol", "intro choose i1 1"), No)
    world.says("ana", "intro choose i1 1")
    assert isinstance(world.says("ana", "intro choose i1 1"), No)
    assert world.count(Intro, Intro.state == "asked") == 1


def test_a_redelivered_yes_brings_two_people_together_once(world: World):
    asks(world)
    world.outbox()
    request = world.request("ben", "intro answer i1 yes", request_id="press-1")
    assert world.hands_in(request) == world.hands_in(request)
    assert [to for to, _text in world.outbox()] == ["ana, ben"]


def test_a_lapse_happens_once_after_a_restart(world: World):
    asks(world)
    world.restarts()
    world.outbox()
    world.passes(days=7)
    world.passes(days=7)
    assert [to for to, text in world.outbox() if "digest" not in text] == ["ana"]


def test_requests_of_another_community_are_not_known(world: World):
    asks(world)
    assert "do not know" in world.hears("zoe", "intro answer i1 yes", place=world.second)
