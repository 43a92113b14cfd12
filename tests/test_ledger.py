"""The ledger of thanks when everything happens at once: nothing is doubled, nothing is lost, rows are only added."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from bot.ctx import Request, Who
from bot.ui import Card, No, Reply
from storage.db import transaction
from storage.models import Entry, Kudos, Thanked
from tests.world import World

NAMES = ("ana", "ben", "carol", "dave", "eve", "finn", "gus", "hana")
RAISED = ":raised_hands:"


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """Those who are here in every scenario of this file."""
    world.joins("admin", *NAMES)


def at_once(world: World, requests: Sequence[Request]) -> list[Reply]:
    """All of them handed in by threads of their own."""
    with ThreadPoolExecutor(len(requests)) as pool:
        return [one.reply for one in pool.map(world.app.handle, requests)]


def gives(world: World, giver: str, receivers: Sequence[str]) -> list[Request]:
    return [world.request(giver, f"kudos give @{name} for the offsite") for name in receivers]


def check_sound(world: World) -> None:
    """Each standing kudos has one counting row for each receiver who shows it, and nothing else counts."""
    with world.db() as db:
        entries = db.exec(select(Entry).order_by(col(Entry.id))).all()
        gone = [entry.reverses_id for entry in entries if entry.reverses_id]
        assert len(gone) == len(set(gone))
        counting = Counter(
            (entry.source, entry.receiver_id) for entry in entries if not entry.reverses_id and entry.id not in gone
        )
        rows = select(Kudos.number, Thanked.member_id).join(Thanked, col(Thanked.kudos_id) == Kudos.id)
        shown = rows.where(col(Kudos.undone_at).is_(None), col(Thanked.hidden_at).is_(None))
        assert counting == Counter((f"k{number}", member) for number, member in db.exec(shown).all())
        by_id = {entry.id: entry for entry in entries}
        for entry in entries:
            if entry.reverses_id:
                assert entry.weight == -by_id[entry.reverses_id].weight


def answers(replies: Sequence[Reply]) -> Counter[str]:
    return Counter(type(reply).__name__ for reply in replies)


def test_many_gives_at_once_stop_at_the_allowance(world: World):
    replies = at_once(world, gives(world, "ana", NAMES[1:]))
    assert answers(replies) == {"Card": 5, "No": 2}
    assert world.count(Kudos) == 5
    check_sound(world)


def test_many_givers_at_once_get_numbers_of_their_own(world: World):
    replies = at_once(world, [world.request(name, "kudos give @admin for the offsite") for name in NAMES])
    assert answers(replies) == {"Card": len(NAMES)}
    with world.db() as db:
        assert sorted(db.exec(select(Kudos.number)).all()) == list(range(1, len(NAMES) + 1))
    check_sound(world)


def test_one_event_delivered_many_times_at_once_counts_once_and_is_answered_alike(world: World):
    request = world.request("ana", "kudos give @ben for the offsite", request_id="event-1")
    replies = at_once(world, [request] * 6)
    assert all(reply == replies[0] for reply in replies)
    assert isinstance(replies[0], Card)
    assert world.count(Kudos) == 1
    check_sound(world)


def test_one_thanks_taken_back_many_times_at_once_is_reversed_once(world: World):
    world.says("ana", "kudos give @ben @carol for the offsite")
    lines = ["kudos undo kudos:k1", "kudos undo", "kudos revoke k1 by mistake"]
    speakers = ["ana", "ana", "admin"]
    replies = at_once(world, [world.request(who, line) for who, line in zip(speakers, lines, strict=True)])
    assert answers(replies) == {"Card": 1, "No": 2}
    assert world.count(Entry) == 4
    check_sound(world)


def test_a_reaction_put_on_and_a_message_deleted_at_once_leave_a_sound_ledger(world: World):
    given = {"author": "<@ben>", "emoji": RAISED, "message": "#general/1"}
    gone = replace(world.request(Who(""), "message gone", "", message="#general/1"), timer=True)
    at_once(world, [*(world.request(name, "kudos cheer", **given) for name in ("ana", "carol", "dave")), gone, gone])
    check_sound(world)


def test_hidden_taken_back_and_tagged_at_once(world: World):
    world.says("ben", "skill claim Python expert")
    world.says("ana", "kudos give @ben @carol for the release scripts")
    lines = [
        ("ben", "kudos hide k1"),
        ("carol", "kudos hide k1"),
        ("ana", "kudos tag k1 Python"),
        ("ana", "kudos undo"),
    ]
    at_once(world, [world.request(who, line) for who, line in lines])
    check_sound(world)


def test_one_answer_pressed_many_times_at_once_counts_once(world: World):
    world.says("admin", "kudos give @ben for the offsite")
    world.says("ben", "reputation ask @admin")
    replies = at_once(world, [world.request("admin", "reputation confirm 1") for _time in range(4)])
    assert answers(replies) == {"Card": 1, "No": 3}
    assert world.count(Entry, Entry.kind == "reconfirmation") == 1


def test_work_closed_many_times_at_once_counts_once(world: World):
    world.says("ana", 'opportunity post "Data pipeline" "Build the nightly import"')
    replies = at_once(world, [world.request("ana", "opportunity close o1 filled @ben") for _time in range(4)])
    assert answers(replies) == {"Card": 1, "No": 3}
    assert world.count(Entry, Entry.kind == "work") == 1


def test_one_claim_vouched_for_many_times_at_once_counts_once(world: World):
    world.says("ben", "skill claim Python expert")
    at_once(world, [world.request("ana", "skill vouch @ben Python") for _time in range(4)])
    assert world.count(Entry, Entry.kind == "vouch") == 1


def test_the_database_itself_lets_a_word_stand_once(world: World):
    world.says("ana", "kudos give @ben for the offsite")
    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(lambda _time: writes_again(world, 1), range(4)))
    assert written == [False] * 4
    world.says("ben", "kudos hide k1")
    world.says("ben", "kudos unhide k1")
    check_sound(world)
    assert not writes_again(world, 3)
    assert world.count(Entry) == 3


def test_the_database_itself_lets_a_word_be_taken_back_once(world: World):
    world.says("ana", "kudos give @ben for the offsite")
    world.says("ana", "kudos undo")
    assert not writes_again(world, 2)


def writes_again(world: World, row: int) -> bool:
    """Puts a row into the ledger once more, past every check of ours; whether the database took it."""
    try:
        with transaction(world.engine, world.place.community_id) as db:
            known = db.exec(select(Entry).order_by(col(Entry.id))).all()[row - 1]
            db.add(Entry(**known.model_dump(exclude={"id"})))
    except IntegrityError:
        return False
    return True


def test_a_refused_give_leaves_no_trace(world: World):
    assert isinstance(world.says("ana", "kudos give @ben @ana for the offsite"), No)
    assert (world.count(Kudos), world.count(Thanked), world.count(Entry)) == (0, 0, 0)


ACTS = st.tuples(
    st.sampled_from(NAMES[:3]),
    st.sampled_from(
        [
            "give @ben for the long docs",
            "give @carol @ana for the long docs",
            "undo",
            "hide k1",
            "unhide k1",
            "hide k2",
            f"react k1 {RAISED}",
            f"unreact k1 {RAISED}",
            f"cheer <@ben> {RAISED} #general/1",
            f"uncheer {RAISED} #general/1",
            "tag k1 Python",
        ]
    ),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACTS, max_size=12))
def test_whatever_people_do_the_ledger_is_sound_and_only_grows(world: World, acts: list[tuple[str, str]]):
    world.passes(days=1)
    before = world.count(Entry)
    for who, line in acts:
        world.app.handle(world.request(who, f"kudos {line}"))
        after = world.count(Entry)
        assert after >= before
        before = after
    check_sound(world)
