"""What admins changed can be read by every admin, and by nobody else."""

import pytest

from bot.ui import No
from tests.world import World


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """Those who are here in every scenario of this file."""
    world.joins("admin", "ana", "ben")


def test_what_admins_did_stands_there_newest_first_with_names(world: World):
    assert "No admin has changed anything yet" in world.hears("admin", "audit")
    world.says("admin", "reputation vet @ana")
    world.passes(minutes=5)
    world.says("ana", "kudos give @ben for the offsite")
    world.says("admin", "kudos revoke k1 given by mistake")
    first, second = [line for line in world.hears("admin", "audit").splitlines() if "@admin: " in line]
    assert "kudos revoke k1 given by mistake" in first
    assert "reputation vet @ana" in second


def test_of_one_admin_alone(world: World):
    world.says("admin", "reputation vet @ana")
    assert "reputation vet @ana" in world.hears("admin", "audit @admin")
    assert "@ben has changed nothing yet" in world.hears("admin", "audit @ben")


def test_it_is_for_admins(world: World):
    assert isinstance(world.says("ana", "audit"), No)


def test_what_was_changed_elsewhere_is_not_told_here(world: World):
    world.says("zoe", "help", place=world.second)
    world.says("admin", "reputation vet @ana")
    assert "ana" not in world.hears("admin", "audit", place=world.second)


def test_many_are_turned_in_pages(world: World):
    for at in range(12):
        world.says("admin", f"settings kudos allowance:{at + 1}", where="")
    assert "allowance:12" in world.hears("admin", "audit")
    assert "allowance:1\n" in world.reads(world.presses("admin", "Next")) + "\n"
