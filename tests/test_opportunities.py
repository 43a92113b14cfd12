"""Opportunities: from the post to the work that was done together."""

import pytest
from sqlmodel import select

from bot.ui import Card, Form, No
from storage.models import Entry, Interest, Kudos, Member, Opportunity, Vouch
from tests.world import World

POST = (
    'opportunity post "Data pipeline" Ten sensors and one dashboard needs:"Kubernetes expert, Python" pay:"600 a day"'
)


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """A poster, some who could do it, an admin."""
    world.joins("admin", "ana", "ben", "carol", "dave")


@pytest.fixture
def posted(world: World) -> World:
    """Ana has posted o1."""
    assert isinstance(world.says("ana", POST), Card)
    world.outbox()
    return world


def state(world: World) -> str:
    with world.db() as db:
        return db.exec(select(Opportunity.state)).first() or ""


def test_a_post_is_shown_with_all_that_is_known_and_two_buttons(world: World):
    said = world.hears("ana", POST)
    assert "o1" in said
    shown = world.told("#general")
    for word in ("Data pipeline", "Ten sensors", "Kubernetes (expert)", "Python", "600 a day", "ana"):
        assert word in shown
    assert "[1: Interested] [2: Not for me] [3: Pass to a peer]" in shown


def test_posts_go_to_the_channel_that_the_admins_chose(world: World):
    world.says("admin", "settings opportunities channel:#work")
    world.says("ana", POST)
    assert "Data pipeline" in world.told("#work")


def test_what_is_missing_is_asked_for(world: World):
    form = world.says("ana", 'opportunity post "Data pipeline"')
    assert isinstance(form, Form)
    assert [blank.name for blank in form.missing()] == ["description"]
    assert isinstance(world.fills("ana", description="Ten sensors and one dashboard", pay="600 a day"), Card)
    if world.speaker.platform == "discord":
        assert isinstance(world.presses("ana", "Post it"), Card)
    assert "600 a day" in world.told("#general")


@pytest.mark.parametrize(
    ("more", "about"),
    [
        ("seats:0", "seats"),
        ("hours:200", "hours"),
        ("until:2026-10-01", "until"),
        ("until:2027-12-01", "until"),
        ("until:someday", "until"),
        ("needs:a1,b2,c3,d4,e5,f6,g7,h8,i9,j10,k11", "needs"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_beside_its_field_and_nothing_is_lost(world: World, more: str, about: str):
    refused = world.says("ana", f'opportunity post "Data pipeline" Ten sensors and one dashboard {more}')
    assert isinstance(refused, No)
    assert refused.about == about
    assert refused.again is not None
    assert refused.again.blanks[0].value == "Data pipeline"
    assert world.count(Opportunity) == 0


def test_skills_that_the_text_names_are_offered_as_needs(world: World):
    said = world.hears("ana", 'opportunity post "Cluster move" We move to Kubernetes before winter')
    assert "Kubernetes" in said
    world.presses("ana", "Add these needs")
    assert "Needs: Kubernetes" in world.hears("ben", "opportunity show o1")


def test_the_same_post_twice_is_noticed(posted: World):
    refused = posted.says("ana", POST)
    assert isinstance(refused, No)
    assert "o1" in posted.reads(refused)
    assert "Data pipeline" in posted.reads(posted.presses("ana", "Show o1"))
    assert posted.count(Opportunity) == 1


def test_nearly_the_same_post_is_noticed_whoever_posts_it(posted: World):
    refused = posted.says("ben", 'opportunity post "Data Pipeline!" ten sensors, and one dashboard.')
    assert isinstance(refused, No)
    assert "o1" in posted.reads(refused)


def test_another_post_with_the_same_title_is_welcome(posted: World):
    another = 'opportunity post "Data pipeline" A bakery wants its tills to talk to its accounts every night'
    assert isinstance(posted.says("ben", another), Card)


def test_what_is_closed_can_be_posted_again(posted: World):
    posted.says("ana", "opportunity close o1 cancelled")
    assert isinstance(posted.says("ana", POST), Card)


def test_a_pause_between_posts_is_the_admins_to_set(posted: World):
    posted.says("admin", "settings opportunities pause:60")
    other = 'opportunity post "Logo" A logo for a bakery round the corner'
    assert isinstance(posted.says("ana", other), No)
    posted.passes(minutes=60)
    assert isinstance(posted.says("ana", other), Card)


def test_what_is_open_is_listed_newest_first(posted: World):
    assert "Data pipeline" in posted.hears("ben", "opportunity list")
    posted.passes(hours=1)
    posted.says("ben", 'opportunity post "Logo" A logo for a bakery round the corner')
    said = posted.hears("carol", "opportunity list")
    assert said.index("Logo") < said.index("Data pipeline")
    posted.says("ana", "opportunity close o1 cancelled")
    assert "Data pipeline" not in posted.hears("carol", "opportunity list")


def test_an_empty_list_says_what_to_do(world: World):
    assert "opportunity post" in world.hears("ana", "opportunity list")


def test_the_poster_sees_the_buttons_of_an_owner(posted: World):
    assert "Close" in posted.hears("ana", "opportunity show o1")
    assert "Close" not in posted.hears("ben", "opportunity show o1")


@pytest.mark.parametrize("which", ["o9", "o", "o²", "o-1", "o99999999999999999999", "nine"])
def test_an_opportunity_that_is_not_there_is_refused(posted: World, which: str):
    refused = posted.says("ben", f"opportunity show {which}")
    assert isinstance(refused, No)
    assert "broke on my side" not in posted.reads(refused)


def test_interest_reaches_the_poster_privately_with_the_name(posted: World):
    posted.says("ben", "skill claim Kubernetes expert")
    said = posted.reads(posted.presses("ben", "Interested"))
    assert "with your name" in said
    heard = dict(posted.outbox())
    assert "@ben is interested in Data pipeline (o1)" in heard["ana"]
    assert "Kubernetes (expert)" in heard["ana"]
    assert "1 person" in heard["#general"]
    assert "ben" not in heard["#general"]


def test_the_card_stays_alive_where_it_stands(posted: World):
    posted.presses("ben", "Interested")
    assert [parcel.edits for parcel in posted.parcels if parcel.channel][-1]


def test_interest_counts_once(posted: World):
    posted.presses("ben", "Interested")
    assert isinstance(posted.presses("ben", "Interested"), No)
    assert posted.count(Interest) == 1


def test_nobody_is_interested_in_their_own(posted: World):
    assert isinstance(posted.presses("ana", "Interested"), No)
    assert posted.count(Interest) == 0


def test_names_are_exchanged_when_both_want(posted: World):
    posted.presses("ben", "Interested")
    posted.outbox()
    posted.presses("ana", "Meet them")
    together = posted.told("ana, ben")
    assert "@ana" in together
    assert "@ben" in together
    posted.presses("ana", "Meet them")
    assert posted.outbox() == []


def test_only_the_poster_answers_those_interested(posted: World):
    posted.presses("ben", "Interested")
    for who in ("ben", "carol", "admin"):
        assert isinstance(posted.says(who, "opportunity meet o1 1"), No)
        assert isinstance(posted.says(who, "opportunity decline o1 1"), No)


@pytest.mark.parametrize("rank", ["0", "2", "999999999999"])
def test_an_interest_that_is_not_there_is_refused(posted: World, rank: str):
    posted.presses("ben", "Interested")
    assert isinstance(posted.says("ana", f"opportunity meet o1 {rank}"), No)


def test_a_decline_of_the_poster_is_silent(posted: World):
    posted.presses("ben", "Interested")
    posted.outbox()
    posted.presses("ana", "Not this time")
    assert posted.outbox() == []
    assert "already" in posted.reads(posted.presses("ben", "Interested"))


def test_someone_who_left_is_not_met(posted: World):
    posted.presses("ben", "Interested")
    posted.leaves("ben")
    posted.outbox()
    assert isinstance(posted.presses("ana", "Meet them"), No)
    assert posted.outbox() == []


def test_not_for_me_is_told_to_nobody_and_asks_why(posted: World):
    said = posted.reads(posted.presses("ben", "Not for me"))
    assert "No time" in said
    posted.presses("ben", "No time")
    assert posted.outbox() == []
    with posted.db() as db:
        row = db.exec(select(Interest)).one()
    assert (row.state, row.why) == ("passed", "busy")


def test_a_change_of_mind_takes_the_interest_back(posted: World):
    posted.presses("ben", "Interested")
    posted.says("ben", "opportunity pass o1")
    assert "interested so far" not in posted.hears("carol", "opportunity show o1")
    assert isinstance(posted.presses("ana", "Meet them"), No)
    posted.says("ben", "opportunity interest o1")
    assert isinstance(posted.presses("ana", "Meet them"), Card)


def test_both_sides_of_ones_own_are_listed(posted: World):
    posted.presses("ben", "Interested")
    assert "You posted" in posted.hears("ana", "opportunity mine")
    assert "interested in" in posted.hears("ben", "opportunity mine")
    assert "Data pipeline" not in posted.hears("carol", "opportunity mine")


def test_an_edit_changes_what_was_said_and_leaves_the_rest(posted: World):
    posted.says("ana", "opportunity edit o1 seats:2")
    shown = posted.told("#general")
    assert "Seats: 2" in shown
    for word in ("Ten sensors", "Kubernetes (expert)", "600 a day"):
        assert word in shown
    assert posted.parcels[-1].edits


def test_the_form_of_an_edit_shows_what_is_known(posted: World):
    form = posted.says("ana", "opportunity edit o1")
    assert isinstance(form, Form)
    values = {blank.name: blank.value for blank in form.blanks}
    assert values["needs"] == "Kubernetes expert, Python"
    assert form.line == "opportunity edit opportunity:o1"
    posted.fills("ana", pay="")
    assert "600 a day" not in posted.hears("ben", "opportunity show o1")


def test_only_the_poster_and_admins_edit_and_close(posted: World):
    assert isinstance(posted.says("ben", "opportunity edit o1 seats:2"), No)
    assert isinstance(posted.says("ben", "opportunity close o1 cancelled"), No)
    assert isinstance(posted.says("admin", "opportunity close o1 cancelled"), Card)


def test_when_filled_it_is_remembered_who_did_it_and_thanks_are_one_tap_away(posted: World):
    posted.presses("ben", "Interested")
    posted.presses("carol", "Interested")
    posted.outbox()
    said = posted.hears("ana", "opportunity close o1 filled @ben")
    assert "Thank ben" in said
    told = dict(posted.outbox())
    assert "Thank ana" in told["ben"]
    assert "closed" in told["carol"]
    assert "ben" not in told["carol"]
    assert "filled" in told["#general"]
    assert "Interested" not in told["#general"]
    assert posted.count(Entry, Entry.kind == "work") == 1
    assert "@ana has it" in posted.reads(posted.presses("ben", "Thank ana"))
    assert "@ben has it" in posted.reads(posted.presses("ana", "Thank ben"))
    assert "for our work on Data pipeline" in posted.hears("ben", "kudos mine")


def test_each_who_took_part_gets_one_word_with_thanks_and_vouches_for_the_others(posted: World):
    posted.says("ana", "opportunity edit o1 needs:Python")
    posted.says("ben", "skill claim Python expert")
    posted.says("carol", "skill claim Python learning")
    posted.outbox()
    posted.says("admin", "opportunity close o1 filled @ben @carol")
    told = [(to, text) for to, text in posted.outbox() if to != "#general"]
    assert sorted(to for to, _text in told) == ["ana", "ben", "carol"]
    said = dict(told)
    assert "is filled, by @ben and @carol" in said["ana"]
    assert "Vouch: Python" in said["carol"]
    assert said["ana"].count("Vouch: Python") == 1
    assert "Vouch" not in said["ben"]
    posted.presses("carol", "Vouch: Python")
    posted.presses("carol", "Thank ben")
    assert posted.count(Vouch) == 1
    assert "Vouch: Python" not in posted.reads(posted.presses("ben", "Thank carol"))


def test_one_tap_thanks_once_however_often_it_is_pressed(posted: World):
    posted.says("ana", "opportunity close o1 filled @ben @carol")
    posted.presses("ben", "Thank ana")
    assert "already" in posted.reads(posted.presses("ben", "Thank ana"))
    assert posted.count(Kudos) == 1
    posted.presses("ben", "Undo")
    assert "@ana has it" in posted.reads(posted.presses("ben", "Thank ana"))


def test_only_those_who_did_the_work_together_thank_for_it(posted: World):
    posted.says("ana", "opportunity close o1 filled @ben")
    assert isinstance(posted.says("carol", "kudos work o1 @ben"), No)
    assert isinstance(posted.says("ben", "kudos work o1 @carol"), No)
    assert isinstance(posted.says("ben", "kudos work o1 @ben"), No)
    assert posted.count(Kudos) == 0


def test_thanks_for_common_work_obey_the_allowance_as_any(posted: World):
    posted.says("admin", "settings kudos allowance:1", where="")
    posted.says("ana", "opportunity close o1 filled @ben @carol")
    posted.presses("ben", "Thank carol")
    assert isinstance(posted.presses("ben", "Thank ana"), No)


def test_whoever_left_meanwhile_is_neither_told_nor_thanked(posted: World):
    posted.outbox()
    posted.leaves("ana")
    posted.says("admin", "opportunity close o1 filled @ben")
    told = dict(posted.outbox())
    assert "ana" not in told
    assert "Thank ana" not in told.get("ben", "")


def test_several_can_have_taken_it(posted: World):
    posted.says("ana", "opportunity close o1 filled @ben @carol")
    assert posted.count(Entry, Entry.kind == "work") == 2
    assert posted.count(Interest, Interest.state == "filled") == 2


def test_whoever_fills_their_own_post_gains_no_voice(posted: World):
    posted.says("ana", "opportunity close o1 filled @ana")
    assert state(posted) == "filled"
    assert posted.count(Entry) == 0


def test_nobody_takes_what_was_cancelled(posted: World):
    assert isinstance(posted.says("ana", "opportunity close o1 cancelled @ben"), No)
    assert state(posted) == "open"


def test_what_is_closed_is_closed(posted: World):
    posted.says("ana", "opportunity close o1 cancelled")
    for who, line in (
        ("ana", "opportunity close o1 filled @ben"),
        ("ana", "opportunity edit o1 seats:2"),
        ("ben", "opportunity interest o1"),
    ):
        assert "cancelled" in posted.hears(who, line), line


def test_a_post_that_was_closed_before_it_was_out_does_not_stand_open(world: World):
    world.app.handle(world.request("ana", POST))
    world.app.handle(world.request("ana", "opportunity close o1 cancelled"))
    shown = [text for to, text in world.outbox() if to == "#general"]
    assert not shown or "cancelled" in shown[-1]


def test_the_poster_is_warned_before_it_closes_and_keeps_it_open_in_one_tap(posted: World):
    posted.says("ana", "opportunity edit o1 until:2026-10-20")
    posted.outbox()
    posted.at("2026-10-17T23:00")
    assert posted.outbox() == []
    posted.at("2026-10-18T01:00")
    assert "closes" in posted.told("ana")
    posted.presses("ana", "Two more weeks")
    assert "3 Nov" in posted.hears("ben", "opportunity show o1")
    posted.at("2026-10-22T00:00")
    assert state(posted) == "open"


def test_what_nobody_closes_expires_on_its_last_day(posted: World):
    posted.passes(days=29)
    assert "closes" in posted.told("ana")
    posted.passes(days=3)
    assert state(posted) == "expired"
    told = posted.outbox()
    assert "closed" in next(text for to, text in told if to == "ana")
    assert "expired" in next(text for to, text in told if to == "#general")


def test_a_silent_poster_is_reminded_then_the_post_closes_and_those_interested_are_told(posted: World):
    posted.presses("ben", "Interested")
    posted.outbox()
    posted.passes(days=6)
    assert posted.outbox() == []
    posted.passes(days=2)
    assert "1 person waits for your word on Data pipeline" in posted.told("ana")
    posted.passes(days=7)
    assert state(posted) == "expired"
    told = dict(posted.outbox())
    assert "has not answered" in told["ben"]
    assert "people waited for your word" in told["ana"]


@pytest.mark.parametrize("sign", ["Meet them", "Not this time", "I need more time", "Two more weeks", "Edit"])
def test_a_sign_of_life_keeps_a_post_open(posted: World, sign: str):
    posted.says("ana", "opportunity edit o1 until:2027-01-31")
    for who in ("ben", "carol"):
        posted.presses(who, "Interested")
    posted.passes(days=8)
    assert "2 people wait" in posted.told("ana")
    lines = {"Two more weeks": "opportunity extend o1 2027-02-02", "Edit": "opportunity edit o1 seats:2"}
    said = posted.says("ana", lines[sign]) if sign in lines else posted.presses("ana", sign)
    assert isinstance(said, Card)
    posted.outbox()
    posted.passes(days=7)
    assert state(posted) == "open"
    assert "wait" in posted.told("ana")
    posted.passes(days=8)
    assert state(posted) == "expired"


def test_a_poster_who_answered_everybody_is_left_in_peace(posted: World):
    posted.presses("ben", "Interested")
    posted.presses("ana", "Not this time")
    posted.outbox()
    posted.passes(days=20)
    assert posted.outbox() == []
    assert state(posted) == "open"


def test_admins_choose_how_patient_the_community_is(posted: World):
    posted.says("admin", "settings opportunities patience:2")
    posted.presses("ben", "Interested")
    posted.outbox()
    posted.passes(days=2, hours=1)
    assert "waits" in posted.told("ana")


def test_only_the_poster_buys_time_for_those_who_wait(posted: World):
    for who in ("ben", "admin"):
        assert isinstance(posted.says(who, "opportunity tend o1"), No)


def test_how_many_a_poster_answers_is_shown_when_there_are_a_few(posted: World):
    for who in ("ben", "carol", "dave"):
        posted.presses(who, "Interested")
    for rank in (1, 2):
        posted.says("ana", f"opportunity decline o1 {rank}")
    assert "has answered" not in posted.hears("ben", "opportunity show o1")
    posted.passes(days=4)
    assert "The poster has answered 2 of 3" in posted.hears("ben", "opportunity show o1")
    posted.says("ana", "opportunity meet o1 3")
    assert "The poster has answered everyone" in posted.hears("ben", "opportunity show o1")


def test_a_post_stays_open_longer_on_request(posted: World):
    assert "18 Nov" in posted.hears("ana", "opportunity extend o1")
    assert "18 Nov" in posted.told("#general")
    assert "1 Dec" in posted.hears("ana", "opportunity extend o1 2026-12-01")
    posted.at("2026-11-27T12:00")
    assert state(posted) == "open"


@pytest.mark.parametrize("until", ["2026-10-10", "2026-10-01", "2027-12-01", "someday"])
def test_it_is_never_shortened_nor_stretched_too_far_by_that(posted: World, until: str):
    refused = posted.says("ana", f"opportunity extend o1 until:{until}")
    assert isinstance(refused, No)
    assert refused.about == "until"


def test_only_the_poster_and_admins_extend_and_reopen(posted: World):
    assert isinstance(posted.says("ben", "opportunity extend o1"), No)
    posted.says("ana", "opportunity close o1 cancelled")
    assert isinstance(posted.says("ben", "opportunity reopen o1"), No)
    assert isinstance(posted.says("ana", "opportunity extend o1"), No)
    assert isinstance(posted.says("admin", "opportunity reopen o1"), Card)


def test_what_was_closed_is_opened_again_and_those_interested_hear(posted: World):
    posted.presses("ben", "Interested")
    posted.says("ana", "opportunity close o1 cancelled")
    posted.outbox()
    assert "open again" in posted.reads(posted.presses("ana", "Open it again"))
    told = dict(posted.outbox())
    assert "still on the list" in told["ben"]
    assert "Interested" in told["#general"]
    assert state(posted) == "open"
    assert isinstance(posted.says("ana", "opportunity reopen o1"), No)


def test_work_that_came_to_nothing_counts_for_nobody_when_it_is_opened_again(posted: World):
    posted.says("carol", "opportunity refer o1 @ben She built two of these")
    posted.says("ana", "opportunity close o1 filled @ben")
    posted.says("ana", "opportunity reopen o1")
    with posted.db() as db:
        weights = [row.weight for row in db.exec(select(Entry)).all()]
    assert (len(weights), sum(weights)) == (4, 0)
    assert "@ben" in posted.hears("ana", "opportunity matches o1")


def test_what_expired_opens_for_another_month(posted: World):
    posted.passes(days=40)
    posted.presses("ana", "Open it again")
    posted.passes(days=29)
    assert state(posted) == "open"
    posted.passes(days=3)
    assert state(posted) == "expired"


def test_a_peer_hears_who_passed_it_on_and_why_with_the_buttons(posted: World):
    assert isinstance(posted.presses("ben", "Pass to a peer"), Form)
    assert "Passed to @carol" in posted.reads(posted.fills("ben", to="@carol", why="You keep sensors as pets"))
    told = posted.outbox()
    assert [to for to, _text in told] == ["carol"]
    for word in ("@ben thought of you", "Data pipeline", "You keep sensors as pets", "Interested", "Not for me"):
        assert word in told[0][1]
    assert isinstance(posted.presses("carol", "Interested"), Card)


def test_a_referral_that_is_filled_earns_its_first_source_standing(posted: World):
    for giver in ("ben", "dave"):
        posted.says(giver, "opportunity refer o1 @carol You keep sensors as pets")
    posted.outbox()
    posted.says("ana", "opportunity close o1 filled @carol")
    told = dict(posted.outbox())
    assert "@carol took Data pipeline, which you passed on" in told["ben"]
    assert "dave" not in told
    with posted.db() as db:
        (row,) = db.exec(select(Entry).where(Entry.kind == "referral")).all()
        names = [db.get_one(Member, one).name for one in (row.giver_id, row.receiver_id)]
    assert names == ["ana", "ben"]


@pytest.mark.parametrize(
    ("giver", "to"), [("ben", "@ben"), ("ben", "@ana"), ("ben", "@nobody")], ids=["oneself", "the poster", "a stranger"]
)
def test_some_it_cannot_be_passed_to(posted: World, giver: str, to: str):
    refused = posted.says(giver, f"opportunity refer o1 {to} because of all that")
    assert isinstance(refused, No)
    assert refused.about == "to"
    assert posted.outbox() == []


def test_one_passes_the_same_work_to_a_peer_once_and_five_a_day(posted: World):
    posted.says("ben", "opportunity refer o1 @carol because of all that")
    assert isinstance(posted.says("ben", "opportunity refer o1 @carol because of all that"), No)
    for number in range(4):
        posted.joins(f"erin{number}")
        assert isinstance(posted.says("ben", f"opportunity refer o1 @erin{number} because of all that"), Card)
    assert isinstance(posted.says("ben", "opportunity refer o1 @dave because of all that"), No)
    posted.passes(days=1)
    assert isinstance(posted.says("ben", "opportunity refer o1 @dave because of all that"), Card)


def test_who_wants_no_work_by_dm_or_has_answered_is_left_in_peace_and_nobody_learns_it(posted: World):
    posted.says("carol", "profile edit tips:0")
    posted.presses("dave", "Not for me")
    posted.outbox()
    for to in ("carol", "dave"):
        assert f"Passed to @{to}" in posted.hears("ben", f"opportunity refer o1 @{to} because of all that")
    assert posted.outbox() == []


def test_nothing_closed_is_passed_on(posted: World):
    posted.says("ana", "opportunity close o1 cancelled")
    assert "cancelled" in posted.hears("ben", "opportunity refer o1 @carol because of all that")


@pytest.mark.parametrize("reason", ["Not quite the skills", "Not enough time", "Found someone", "Else"])
def test_a_poster_declines_with_a_reason_that_is_told_to_nobody(posted: World, reason: str):
    posted.presses("ben", "Interested")
    posted.presses("ana", "Not this time")
    posted.outbox()
    assert isinstance(posted.presses("ana", reason), Card)
    assert posted.outbox() == []
    with posted.db() as db:
        row = db.exec(select(Interest)).one()
    assert (row.state, row.decided_why != "") == ("declined", True)


def test_the_last_day_is_still_open_in_the_communitys_zone(posted: World):
    posted.says("admin", "settings community zone:America/New_York")
    posted.says("ana", "opportunity edit o1 until:2026-10-20")
    posted.at("2026-10-20T23:59-04:00")
    assert state(posted) == "open"
    posted.at("2026-10-21T00:00-04:00")
    assert state(posted) == "expired"


def test_buttons_under_a_post_work_after_a_restart(posted: World):
    posted.restarts()
    assert isinstance(posted.presses("ben", "Interested"), Card)


def test_the_posts_of_another_community_are_not_seen(posted: World):
    posted.says("zoe", "help", place=posted.second)
    assert isinstance(posted.says("zoe", "opportunity show o1", place=posted.second), No)
    assert "Data pipeline" not in posted.hears("zoe", "opportunity list", place=posted.second)
