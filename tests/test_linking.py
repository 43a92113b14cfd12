"""One person on two platforms: a code links them, and what both gave and got is exactly one member's."""

import re

import pytest
from sqlmodel import col, select

from bot.reputation import counting
from storage.db import referring, transaction
from storage.machinery import LinkCode
from storage.models import Account, Claim, Entry, Interest, Kudos, Member, Thanked, Vouch

pytestmark = pytest.mark.local("it takes two platforms, which the wire tests of a whole process have")


@pytest.fixture
def there(world):
    """The same community's other platform."""
    return world.app.place("discord", "1", "There", world.now)


def code_from(world, speaker="ana"):
    return re.search(r"profile link (\w+)", world.hears(speaker, "profile link"))[1]


def linked(world, there, here="ana", other="ana_d"):
    """Says the code there and agrees."""
    code = code_from(world, here)
    world.says(other, f"profile link {code}", place=there)
    return world.reads(world.presses(other, "Yes, both are me", place=there))


def member(world, name):
    with world.db() as db:
        return db.exec(select(Member).where(Member.name == name)).one()


def rows(world, model, *where):
    with world.db() as db:
        return db.exec(select(model).where(*where)).all()


def standing_entries(world):
    return counting(list(rows(world, Entry)))


def test_a_code_said_on_the_other_platform_makes_one_member(world, there):
    world.joins("ana")
    world.says("ana_d", "skill claim SQL expert", place=there)
    assert "Now you are one member, ana" in linked(world, there)
    ana = member(world, "ana")
    assert {one.member_id for one in rows(world, Account)} >= {ana.id}
    assert len(rows(world, Account, Account.member_id == ana.id)) == 2
    assert "SQL" in world.hears("ana", "skill mine")
    assert "ana" in world.hears("ana_d", "profile show", place=there)


def test_nothing_happens_before_it_is_agreed_to(world, there):
    world.joins("ana")
    code = code_from(world)
    said = world.hears("ana_d", f"profile link {code}", place=there)
    assert "Are these both you?" in said
    assert "cannot be undone" in said
    assert member(world, "ana_d").same_as_id is None


def test_a_code_works_once(world, there):
    world.joins("ana")
    code = code_from(world)
    world.says("ana_d", f"profile merge {code}", place=there)
    assert "do not know that code" in world.hears("carol", f"profile merge {code}", place=there)


def test_nobody_finds_a_code_by_trying(world, there):
    world.joins("ana")
    code = code_from(world)
    for guess in range(5):
        assert "do not know that code" in world.hears("carol", f"profile link guess{guess}", place=there)
    assert "Too many" in world.hears("carol", f"profile link {code}", place=there)
    assert "Too many" in world.hears("carol", f"profile merge {code}", place=there)
    assert "Are these both you?" in world.hears("ana_d", f"profile link {code}", place=there)
    world.passes(minutes=10)
    assert "Are these both you?" in world.hears("carol", f"profile link {code_from(world)}", place=there)
    assert "do not know that code" in world.hears("carol", "profile link another", place=there)


def test_a_code_is_void_after_ten_minutes(world, there):
    world.joins("ana")
    code = code_from(world)
    world.passes(minutes=10)
    assert "Are these both you?" in world.hears("ana_d", f"profile link {code}", place=there)
    world.passes(seconds=1)
    assert "do not know that code" in world.hears("ana_d", f"profile merge {code}", place=there)


def test_a_new_code_voids_the_one_before(world, there):
    old = code_from(world)
    code_from(world)
    assert "do not know that code" in world.hears("ana_d", f"profile link {old}", place=there)


def test_a_code_of_another_community_means_nothing(world):
    code = code_from(world)
    assert "do not know that code" in world.hears("zoe", f"profile link {code}", place=world.second)


def test_the_code_itself_is_not_kept(world):
    code = code_from(world)
    assert code not in {one.digest for one in rows(world, LinkCode)}


def test_ones_own_code_and_a_second_account_on_one_platform_are_refused(world, there):
    code = code_from(world)
    assert "That is your own code" in world.hears("ana", f"profile link {code}")
    assert "You both have an account on the terminal already" in world.hears("ben", f"profile link {code}")
    linked(world, there)
    again = code_from(world)
    assert "already" in world.hears("zoe", f"profile link {again}", place=there)


def test_of_two_claims_of_a_skill_the_stronger_holds_with_every_vouch_once(world, there):
    world.says("ana", "skill claim SQL practising")
    world.says("ana_d", "skill claim SQL expert", place=there)
    for voucher in ("ben", "carol"):
        world.says(voucher, "skill vouch @ana SQL")
    world.says("ben", "skill vouch @ana_d SQL")
    world.says("dora", "skill vouch @ana_d SQL")
    linked(world, there)
    (claim,) = rows(world, Claim)
    assert (claim.level, claim.member_id) == ("expert", member(world, "ana").id)
    names = {one.id: one.name for one in rows(world, Member)}
    assert sorted(names[one.voucher_id] for one in rows(world, Vouch)) == ["ben", "carol", "dora"]
    assert sorted(names[one.giver_id] for one in standing_entries(world)) == ["ben", "carol", "dora"]


def test_what_one_gave_the_other_is_taken_back(world, there):
    world.joins("ben")
    world.says("ana", "skill claim SQL expert")
    world.says("ana_d", "skill vouch @ana SQL", place=there)
    world.says("ana_d", "kudos give @ana for all the long nights", place=there)
    world.says("ana_d", "kudos give @ana @ben for the whole cluster again", place=there)
    linked(world, there)
    ana = member(world, "ana")
    assert rows(world, Vouch) == []
    assert [one.receiver_id for one in standing_entries(world)] == [member(world, "ben").id]
    assert all(one.giver_id == ana.id for one in standing_entries(world))
    first, second = sorted(rows(world, Kudos), key=lambda one: one.number)
    assert first.undone_at is not None
    assert second.undone_at is None


def test_thanked_on_both_accounts_by_one_kudos_is_thanked_once(world, there):
    world.joins("ana")
    world.says("ana_d", "help", place=there)
    world.says("ben", "kudos give @ana @ana_d for the night with the cluster")
    linked(world, there)
    ana = member(world, "ana")
    assert [one.member_id for one in rows(world, Thanked)] == [ana.id]
    assert [one.receiver_id for one in standing_entries(world)] == [ana.id]


def test_a_reaction_of_both_accounts_to_one_kudos_counts_once(world, there):
    world.joins("ana", "ben", "carol")
    world.says("ana_d", "help", place=there)
    world.says("ben", "kudos give @carol for the night with the cluster")
    world.says("ana", "kudos react k1 :raised_hands:")
    world.says("ana_d", "kudos react k1 :raised_hands:", place=there)
    assert len(standing_entries(world)) == 3
    linked(world, there)
    givers = sorted(one.giver_id for one in standing_entries(world))
    assert givers == sorted([member(world, "ana").id, member(world, "ben").id])
    assert len(rows(world, Kudos, col(Kudos.undone_at).is_(None))) == 2


def test_the_ledger_is_only_added_to(world, there):
    world.says("ana_d", "help", place=there)
    world.joins("ana")
    world.says("ben", "kudos give @ana_d for the night with the cluster")
    before = {one.id: one.model_dump() for one in rows(world, Entry)}
    linked(world, there)
    after = {one.id: one.model_dump() for one in rows(world, Entry)}
    assert {key: after[key] for key in before} == before
    (standing,) = standing_entries(world)
    (was,) = before.values()
    assert (standing.entered_at, standing.weight) == (was["entered_at"], was["weight"])


def test_of_two_answers_to_an_opportunity_the_stronger_holds(world, there):
    world.joins("ana")
    world.says("ana_d", "help", place=there)
    world.says("ben", 'opportunity post "Data pipeline" Ten sensors and one dashboard')
    world.says("ana", "opportunity pass o1")
    world.says("ana_d", "opportunity interest o1", place=there)
    linked(world, there)
    (answer,) = rows(world, Interest)
    assert (answer.state, answer.member_id) == ("interested", member(world, "ana").id)


def test_old_mentions_and_buttons_lead_to_who_remains(world, there):
    world.says("ana", "skill claim SQL expert")
    world.says("ana_d", "skill claim Kubernetes expert", place=there)
    number = member(world, "ana_d").number
    linked(world, there)
    assert "@ana hears that you have seen them do" in world.hears("ben", f"skill vouch @m{number} Kubernetes")
    assert "ana_d" not in [one.name for one in rows(world, Member, col(Member.left_at).is_(None))]


def test_the_more_private_answer_holds(world, there):
    world.says("ana", "profile edit boards:no about:Databases")
    world.says("ana_d", "profile edit hours:12 about:Pipelines", place=there)
    linked(world, there)
    ana = member(world, "ana")
    assert (ana.on_boards, ana.hours, ana.about) == (False, 12, "Databases")


def test_everything_that_refers_to_a_member_is_moved(world, there):
    world.joins("ana")
    world.says("ana_d", 'opportunity post "Data pipeline" Ten sensors and one dashboard', place=there)
    gone = member(world, "ana_d").id
    linked(world, there)
    with transaction(world.engine, world.place.community_id) as db:
        left = {
            f"{where.model.__name__}.{where.column}"
            for where in referring("member")
            if db.exec(select(where.model).where(getattr(where.model, where.column) == gone)).first()
        }
    assert left <= {"Entry.giver_id", "Entry.receiver_id"}
