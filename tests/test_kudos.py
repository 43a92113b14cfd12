"""Kudos: what is given, what is refused, what is taken back, and that it counts once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import col, select

from bot import features
from bot.command import command
from bot.ctx import Ctx, Who
from bot.ui import Card, Form, No, Reply
from storage.models import Entry, Kudos, Thanked
from tests.world import World

RAISED = ":raised_hands:"


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """Those who are here in every scenario of this file."""
    world.joins("admin", "ana", "ben", "carol", "dave", "eve", "finn", "gus")


def ledger(world: World) -> float:
    with world.db() as db:
        return sum(entry.weight for entry in db.exec(select(Entry)).all())


def standing_kudos(world: World) -> int:
    return world.count(Kudos, col(Kudos.undone_at).is_(None))


def spend(world: World, giver: str, *receivers: str) -> None:
    for receiver in receivers:
        assert isinstance(world.says(giver, f"kudos give @{receiver} for the patient help"), Card)


def test_a_thank_you_is_posted_where_it_was_said_and_counted(world: World):
    said = world.hears("ana", "/kudos give @ben the new onboarding docs")
    assert "ben" in said
    assert "4 left" in said
    (to, text), *rest = world.outbox()
    assert to == "#general"
    assert "ana thanked @ben" in text
    assert "the new onboarding docs" in text
    assert not rest
    assert ledger(world) == 1.0


def test_kudos_go_to_the_channel_that_the_admins_chose(world: World):
    world.says("admin", "settings kudos channel:#thanks", where="")
    world.says("ana", "kudos give @ben the new docs", where="#random")
    assert [to for to, _text in world.outbox()] == ["#thanks"]


def test_kudos_that_are_not_public_reach_the_thanked_alone(world: World):
    world.says("admin", "settings kudos replies:private", where="")
    world.says("ana", "kudos give @ben @carol the new docs")
    assert sorted(to for to, _text in world.outbox()) == ["ben", "carol"]


def test_kudos_given_in_a_private_conversation_reach_the_thanked_privately(world: World):
    world.says("ana", "kudos give @ben the new docs", where="")
    assert [to for to, _text in world.outbox()] == ["ben"]


def test_what_is_missing_is_asked_for_and_what_is_known_is_kept(world: World):
    form = world.says("ana", "kudos give @ben")
    assert isinstance(form, Form)
    assert [blank.name for blank in form.missing()] == ["reason"]
    assert isinstance(world.fills("ana", reason="for the calm release night"), Card)
    assert "calm release night" in world.told("#general")


def test_a_reason_that_is_too_short_is_refused_with_the_form_as_it_was_filled_in(world: World):
    refused = world.says("ana", "kudos give @ben ok")
    assert isinstance(refused, No)
    assert refused.about == "reason"
    assert "at least 3" in world.reads(refused)
    assert refused.again is not None
    assert {blank.name: blank.value for blank in refused.again.blanks}["reason"] == "ok"
    assert standing_kudos(world) == 0


def test_a_reason_that_is_too_long_is_refused_and_not_cut(world: World):
    refused = world.says("ana", "kudos give @ben " + "word " * 300)
    assert isinstance(refused, No)
    assert "1,000" in world.reads(refused)
    assert standing_kudos(world) == 0


def test_several_people_are_thanked_in_one_post(world: World):
    world.says("ana", "kudos give @ben, @carol and @dave for the offsite that worked")
    posted = world.outbox()
    assert len(posted) == 1
    assert all(f"@{name}" in posted[0][1] for name in ("ben", "carol", "dave"))
    assert world.count(Thanked) == 3


def test_the_same_person_named_twice_is_thanked_once(world: World):
    said = world.hears("ana", "kudos give @ben @Ben the new docs")
    assert "4 left" in said
    assert world.count(Thanked) == 1


def test_nobody_thanks_themselves(world: World):
    for line in ("kudos give @ana for my own good work", "kudos give @ben @me for our own good work"):
        assert isinstance(world.says("ana", line), No)
    assert standing_kudos(world) == 0


def test_an_app_is_not_thanked(world: World):
    world.says(Who("b1", "Deploybot", bot=True), "help")
    assert "app" in world.hears("ana", "kudos give @Deploybot for the green builds")
    assert standing_kudos(world) == 0


def test_an_app_does_not_thank(world: World):
    bot = Who("b1", "Deploybot", bot=True)
    world.says("ana", "kudos give @ben the new docs")
    world.says(bot, f"kudos react k1 {RAISED}")
    world.says(bot, "kudos give @ben for the green builds")
    assert standing_kudos(world) == 1


def test_someone_who_left_is_not_thanked(world: World):
    world.leaves("ben")
    assert "left" in world.hears("ana", "kudos give @ben for all those years")
    assert standing_kudos(world) == 0


def test_one_recipient_who_cannot_be_thanked_leaves_the_others_unthanked_too(world: World):
    world.leaves("carol")
    assert isinstance(world.says("ana", "kudos give @ben @carol for the offsite"), No)
    assert standing_kudos(world) == 0
    assert "5 more" not in world.hears("ana", "kudos give @ben for the offsite")


def test_someone_unknown_is_named_in_the_refusal(world: World):
    assert "zoe" in world.hears("ana", "kudos give @zoe for the offsite")


def test_someone_of_another_community_cannot_be_thanked(world: World):
    world.says("zoe", "help", place=world.second)
    assert isinstance(world.says("ana", "kudos give @zoe for the offsite"), No)
    assert isinstance(world.says("zoe", "kudos give @ana for the offsite", place=world.second), No)


@pytest.mark.parametrize("mention", ["<@U7>", "<@!U7>", "<@U7|old name>"])
def test_a_platforms_mention_of_a_new_face_lets_them_join(world: World, mention: str):
    said = world.says("ana", f"kudos give {mention} the new docs", people={"U7": Who("U7", "Uma")})
    assert "Uma" in world.reads(said)
    assert "Uma" in world.told("#general")


def test_a_mention_that_the_platform_cannot_explain_is_refused(world: World):
    assert isinstance(world.says("ana", "kudos give <@U404> the new docs"), No)


def test_a_name_that_two_people_bear_is_refused_with_both(world: World):
    world.joins(Who("s1", "Sam"), Who("s2", "Sam"))
    said = world.hears("ana", "kudos give @sam the new docs")
    assert said.count("@m") == 2
    assert standing_kudos(world) == 0


def test_a_name_with_spaces_is_quoted(world: World):
    world.joins("Ana Maria")
    assert "Ana Maria" in world.hears("ben", 'kudos give "ana maria" the new docs')


@pytest.mark.parametrize("name", ["Émile", "Zoë", "Ødegård", "Дарья"])
def test_a_name_is_found_in_any_case_in_any_alphabet(world: World, name: str):
    world.joins(name)
    assert isinstance(world.says("ana", f"kudos give @{name.lower()} the new docs"), Card)


def test_the_allowance_ends_after_five_and_says_when_it_comes_back(world: World):
    spend(world, "ana", "ben", "carol", "dave", "eve")
    last = world.hears("ana", "kudos give @finn for the patient help")
    assert "That was your last of today; the next come at Tue 06 Oct 2026 00:00" in last
    said = world.hears("ana", "kudos give @gus for the patient help")
    assert "5" in said
    assert "Tue 06 Oct 2026 00:00" in said
    assert standing_kudos(world) == 5


def test_several_recipients_beyond_what_is_left_are_all_refused(world: World):
    spend(world, "ana", "ben", "carol", "dave")
    said = world.hears("ana", "kudos give @eve @finn @gus for the offsite")
    assert "3 people" in said
    assert "2 of your thanks are left" in said
    assert standing_kudos(world) == 3
    assert isinstance(world.says("ana", "kudos give @eve @finn for the offsite"), Card)


def test_a_new_day_brings_a_new_allowance_and_nothing_is_saved_up(world: World):
    spend(world, "ana", "ben", "carol")
    world.at("2026-10-06T00:00")
    assert "4 left" in world.hears("ana", "kudos give @dave for the offsite")


def test_the_allowance_is_the_admins_to_set(world: World):
    world.says("admin", "settings kudos allowance:1", where="")
    spend(world, "ana", "ben")
    assert isinstance(world.says("ana", "kudos give @carol for the patient help"), No)


def test_a_short_day_is_a_whole_day(world: World):
    world.says("ana", "profile edit zone:Europe/Berlin")
    world.at("2027-03-27T23:30+01:00")
    spend(world, "ana", "ben", "carol", "dave", "eve", "finn")
    world.at("2027-03-28T00:30+01:00")
    spend(world, "ana", "ben", "carol", "dave", "eve", "finn")
    world.at("2027-03-28T23:59+02:00")
    assert isinstance(world.says("ana", "kudos give @gus for the patient help"), No)
    world.at("2027-03-29T00:00+02:00")
    spend(world, "ana", "gus")


def test_a_long_day_is_one_day(world: World):
    world.says("ana", "profile edit zone:Europe/Berlin")
    world.at("2026-10-25T00:05+02:00")
    spend(world, "ana", "ben", "carol", "dave", "eve", "finn")
    world.at("2026-10-25T23:55+01:00")
    assert isinstance(world.says("ana", "kudos give @gus for the patient help"), No)
    world.at("2026-10-26T00:00+01:00")
    spend(world, "ana", "gus")


@pytest.mark.parametrize("before", ["", "UTC", "America/New_York"])
def test_another_zone_brings_no_second_allowance(world: World, before: str):
    if before:
        world.says("ana", f"profile edit zone:{before}")
    world.passes(days=3)
    spend(world, "ana", "ben", "carol", "dave", "eve", "finn")
    world.passes(hours=4)
    world.says("ana", "profile edit zone:Pacific/Kiritimati")
    assert isinstance(world.says("ana", "kudos give @gus for the patient help"), No)


def test_a_zone_that_is_cleared_and_set_again_brings_no_second_allowance(world: World):
    world.says("ana", "profile edit zone:UTC")
    world.passes(days=3)
    spend(world, "ana", "ben", "carol", "dave", "eve", "finn")
    world.passes(hours=4)
    world.says("ana", 'profile edit zone:""')
    world.says("ana", "profile edit zone:Pacific/Kiritimati")
    assert isinstance(world.says("ana", "kudos give @gus for the patient help"), No)


def test_a_pause_between_two_thanks_to_the_same_person_is_kept_per_pair(world: World):
    world.says("admin", "settings kudos pause:24", where="")
    spend(world, "ana", "ben")
    assert "ben" in world.hears("ana", "kudos give @ben for yet another thing")
    spend(world, "carol", "ben")
    spend(world, "ana", "carol")
    world.passes(hours=24)
    spend(world, "ana", "ben")


def test_a_refused_give_begins_no_pause(world: World):
    world.says("admin", "settings kudos pause:24", where="")
    assert isinstance(world.says("ana", "kudos give @ben ok"), No)
    spend(world, "ana", "ben")


def test_what_is_taken_back_begins_no_pause(world: World):
    world.says("admin", "settings kudos pause:24", where="")
    spend(world, "ana", "ben")
    world.presses("ana", "Undo")
    spend(world, "ana", "ben")


def test_undo_takes_back_the_last_and_the_post_says_so(world: World):
    world.says("ana", "kudos give @ben the new docs")
    world.outbox()
    world.presses("ana", "Undo")
    assert standing_kudos(world) == 0
    assert ledger(world) == 0.0
    posted = world.outbox()
    assert [to for to, _text in posted] == ["#general"]
    assert "took" in posted[0][1]
    assert "docs" not in posted[0][1]
    assert world.parcels[-1].edits


def test_undo_before_the_post_is_out_leaves_no_thanks_standing(world: World):
    world.app.handle(world.request("ana", "kudos give @ben the new docs"))
    world.app.handle(world.request("ana", "kudos undo"))
    posted = [text for to, text in world.outbox() if to == "#general"]
    assert not posted or "took" in posted[-1]


def test_undo_gives_the_allowance_of_that_day_back(world: World):
    spend(world, "ana", "ben", "carol", "dave", "eve", "finn")
    world.says("ana", "kudos undo")
    spend(world, "ana", "gus")
    assert isinstance(world.says("ana", "kudos give @finn for the patient help"), No)


def test_undo_after_midnight_adds_nothing_to_the_new_day(world: World):
    world.at("2026-10-05T23:55")
    spend(world, "ana", "ben")
    world.at("2026-10-06T00:02")
    assert isinstance(world.says("ana", "kudos undo"), Card)
    assert "4 left" in world.hears("ana", "kudos give @carol for the patient help")


def test_undo_ends_with_its_window(world: World):
    spend(world, "ana", "ben")
    world.passes(minutes=11)
    assert "10 minutes" in world.hears("ana", "kudos undo")
    assert standing_kudos(world) == 1


def test_the_window_is_the_admins_to_set(world: World):
    world.says("admin", "settings kudos undo:60", where="")
    spend(world, "ana", "ben")
    world.passes(minutes=59)
    assert isinstance(world.says("ana", "kudos undo"), Card)


def test_without_kudos_there_is_nothing_to_take_back(world: World):
    assert isinstance(world.says("ana", "kudos undo"), No)


def test_a_skill_that_the_reason_names_is_one_tap_away(world: World):
    world.says("ben", "skill claim Kubernetes expert")
    said = world.hears("ana", "kudos give @ben for saving our k8s cluster")
    assert "Kubernetes" in said
    world.presses("ana", "Kubernetes")
    assert "Kubernetes" in world.told("#general")
    assert ledger(world) == 1.0
    assert isinstance(world.presses("ana", "Kubernetes"), No)


def test_a_skill_can_be_named_at_once(world: World):
    world.says("ben", "skill claim Python expert")
    world.says("ana", "kudos give @ben the release scripts skill:Python")
    assert "Python" in world.told("#general")


def test_only_the_giver_tags_a_kudos(world: World):
    world.says("ben", "skill claim Python expert")
    world.says("ana", "kudos give @ben the release scripts")
    assert isinstance(world.says("carol", "kudos tag k1 Python"), No)


def test_a_reaction_on_a_thank_you_thanks_the_thanked(world: World):
    world.says("ana", "kudos give @ben the new docs")
    said = world.hears("carol", f"kudos react k1 {RAISED}")
    assert "ben" in said
    assert "ana" not in said
    assert "new docs" in world.hears("ben", "kudos mine")
    assert world.count(Thanked) == 2


@pytest.mark.parametrize("emoji", [":tada:", ":raised_hand:", ""])
def test_another_emoji_thanks_nobody(world: World, emoji: str):
    world.says("ana", "kudos give @ben the new docs")
    world.says("carol", f"kudos react k1 {emoji}")
    assert standing_kudos(world) == 1


def test_a_skin_tone_makes_no_difference(world: World):
    world.says("ana", "kudos give @ben the new docs")
    assert isinstance(world.says("carol", "kudos react k1 :raised_hands::skin-tone-4:"), Card)


def test_reactions_of_the_giver_and_of_the_thanked_do_not_count(world: World):
    world.says("ana", "kudos give @ben the new docs")
    assert world.says("ana", f"kudos react k1 {RAISED}") is None
    assert world.says("ben", f"kudos react k1 {RAISED}") is None
    assert standing_kudos(world) == 1


def test_a_thanked_person_who_reacts_thanks_the_others(world: World):
    world.says("ana", "kudos give @ben @carol the new docs")
    said = world.hears("ben", f"kudos react k1 {RAISED}")
    assert "carol" in said
    assert "@ben" not in said


def test_a_reaction_counts_once_and_is_taken_back_once(world: World):
    world.says("ana", "kudos give @ben the new docs")
    for _time in range(2):
        world.says("carol", f"kudos react k1 {RAISED}")
    assert standing_kudos(world) == 2
    for _time in range(2):
        world.says("carol", f"kudos unreact k1 {RAISED}")
    assert standing_kudos(world) == 1
    assert ledger(world) == 1.0


def test_a_reaction_removed_after_midnight_is_still_taken_back(world: World):
    world.says("ana", "kudos give @ben the new docs")
    world.says("carol", f"kudos react k1 {RAISED}")
    world.passes(days=1)
    world.says("carol", f"kudos unreact k1 {RAISED}")
    assert standing_kudos(world) == 1


def test_a_reaction_obeys_the_allowance(world: World):
    world.says("ana", "kudos give @gus the new docs")
    spend(world, "carol", "ben", "dave", "eve", "finn", "ana")
    assert isinstance(world.says("carol", f"kudos react k1 {RAISED}"), No)
    assert standing_kudos(world) == 6


def test_a_reaction_obeys_the_pause(world: World):
    world.says("admin", "settings kudos pause:24", where="")
    world.says("ana", "kudos give @ben the new docs")
    spend(world, "carol", "ben")
    world.says("carol", f"kudos react k1 {RAISED}")
    assert standing_kudos(world) == 2


def test_a_reaction_on_what_was_taken_back_thanks_nobody(world: World):
    world.says("ana", "kudos give @ben the new docs")
    world.says("ana", "kudos undo")
    assert world.says("carol", f"kudos react k1 {RAISED}") is None
    assert standing_kudos(world) == 0


def test_the_thanks_of_somebody_are_read_newest_first(world: World):
    spend(world, "ana", "ben")
    world.passes(hours=1)
    world.says("carol", "kudos give @ben for the second thing")
    said = world.hears("dave", "kudos of @ben")
    assert said.index("second thing") < said.index("patient help")
    assert "No kudos" in world.hears("dave", "kudos of @carol")


def test_many_thanks_are_turned_in_pages(world: World):
    world.says("admin", "settings kudos allowance:50", where="")
    for number in range(12):
        world.says("ana", f"kudos give @ben for favour number {number:02}")
        world.passes(minutes=1)
    first = world.hears("ben", "kudos mine")
    assert "number 11" in first
    assert "number 01" not in first
    second = world.reads(world.presses("ben", "Next"))
    assert "number 01" in second
    assert "Previous" in second


def test_there_is_no_board_unless_the_admins_want_one(world: World):
    assert "settings kudos board:yes" in world.hears("ana", "kudos board")


@pytest.fixture
def board(world: World) -> Callable[[str], str]:
    """A board over a few thanks: ben and carol are thanked twice, dave once."""
    world.says("admin", "settings kudos board:yes", where="")
    spend(world, "ana", "ben", "carol", "dave")
    spend(world, "eve", "ben", "carol")
    return lambda line: world.hears("ana", line)


def test_the_board_shows_who_thanked_as_well_as_who_was_thanked(board: Callable[[str], str]):
    said = board("kudos board")
    assert "1. @ana: 3 times" in said
    assert "1. @ben: 2 times" in said


def test_equal_counts_share_a_place(board: Callable[[str], str]):
    said = board("kudos board received")
    assert "1. @ben" in said
    assert "1. @carol" in said
    assert "3. @dave" in said
    assert "@ana" not in said


def test_the_board_hides_who_left_and_who_does_not_want_to_be_on_it(world: World, board: Callable[[str], str]):
    world.leaves("ben")
    world.says("carol", "profile edit boards:no")
    said = board("kudos board ever received")
    assert "ben" not in said
    assert "carol" not in said
    assert "1. @dave" in said


def test_the_board_forgets_what_is_older_than_its_period(world: World, board: Callable[[str], str]):
    world.passes(days=8)
    assert "@ben" not in board("kudos board week")
    assert "@ben" in board("kudos board month")


def test_the_board_of_a_skill_counts_that_skill_alone(world: World, board: Callable[[str], str]):
    world.says("dave", "skill claim Python expert")
    world.says("ana", "kudos give @dave the release scripts skill:Python")
    said = board("kudos board skill:Python")
    assert "@dave: 1 time" in said
    assert "@ben" not in said


def test_a_redelivered_give_has_no_second_effect_and_the_same_answer(world: World):
    request = world.request("ana", "kudos give @ben the new docs", request_id="event-1")
    assert world.hands_in(request) == world.hands_in(request)
    assert standing_kudos(world) == 1
    assert len(world.outbox()) == 1


def test_a_redelivered_give_after_a_restart_has_no_second_effect(world: World):
    request = world.request("ana", "kudos give @ben the new docs", request_id="event-1")
    first = world.hands_in(request)
    world.restarts()
    assert world.hands_in(request) == first
    assert standing_kudos(world) == 1


def test_standing_is_worked_out_anew_after_each_of_two_thanks_in_one_moment(world: World):
    recomputed: list[int] = []

    @command("reputation recompute", "Counts how often it was asked for", timer=True)
    def recompute(ctx: Ctx) -> Reply:
        recomputed.append(len(ctx.db.exec(select(Entry)).all()))

    catalogue = features.catalogue()
    catalogue.add([recompute])
    world.restarts(catalogue)
    for receiver in ("ben", "carol"):
        spend(world, "ana", receiver)
        world.passes(seconds=0)
    assert recomputed == [1, 2]


def test_two_gives_at_once_do_not_pass_the_allowance(world: World):
    spend(world, "ana", "ben", "carol", "dave", "eve")
    requests = [world.request("ana", f"kudos give @{name} for the offsite") for name in ("finn", "gus")]
    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(world.app.handle, requests))
    assert sorted(type(reply).__name__ for reply in replies) == ["Card", "No"]
    assert standing_kudos(world) == 5


def test_thanks_that_mention_another_persons_kudos_id_are_not_found_elsewhere(world: World):
    world.says("ana", "kudos give @ben the new docs")
    assert isinstance(world.says("zoe", f"kudos react k1 {RAISED}", place=world.second), No)


@pytest.mark.parametrize("kudos", ["k99", "k", "kk", "k²", "k-1", "k99999999999999999999999"])
def test_a_kudos_that_is_not_there_is_refused(world: World, kudos: str):
    refused = world.says("ana", f"kudos react {kudos} {RAISED}")
    assert isinstance(refused, No)
    assert "broke on my side" not in world.reads(refused)


@pytest.mark.parametrize("nothing", ['"   "', "\u200b", "\u3164\u2060"])
def test_a_reason_that_nobody_can_see_is_asked_for(world: World, nothing: str):
    form = world.says("ana", f"kudos give @ben {nothing}")
    assert isinstance(form, Form)
    assert {blank.name: blank.value for blank in form.blanks} == {"to": ("@ben",), "reason": "", "skill": ""}


def test_a_reason_of_characters_that_are_newer_than_our_tables_can_be_seen(world: World):
    world.says("admin", "settings kudos least:1")
    world.outbox()
    world.says("ana", "kudos give @ben \U0001faef\U0001fac8")
    assert "\U0001faef\U0001fac8" in world.told("#general")


@pytest.mark.local("in Discord a reason is an option of its own, in which any words may stand", "discord")
def test_a_key_that_stands_apart_is_refused_with_the_right_way_to_write_it(world: World):
    said = world.hears("ana", "kudos give @ben for the new docs skill: writing")
    assert "`skill:writing`" in said
    assert standing_kudos(world) == 0
