"""A platform vouches for people: who joins by it, what they are called, and who is admin by right."""

from dataclasses import replace

import pytest
from sqlmodel import col, select

from bot.ctx import Who
from bot.ui import Card, No
from storage.models import Account, Member
from tests.world import World

ZOE = Who("zoe", "zoe")
NOT_BY_HAND = pytest.mark.local("Slack's people mark nobody of whom their client does not know", "slack")
HERE = pytest.mark.local("it is about what a platform says in one request", "slack", "discord")


def admins(world: World) -> set[str]:
    with world.db() as db:
        return set(db.exec(select(Member.name).where(Member.admin, Member.kind == "person")).all())


def names(world: World) -> set[str]:
    with world.db() as db:
        return set(db.exec(select(Member.name).where(Member.kind == "person")).all())


@NOT_BY_HAND
def test_who_is_named_and_vouched_for_joins_without_having_met_the_bot(world: World):
    world.joins("ana")
    assert isinstance(world.says("ana", "kudos give <@zoe> for the docs", people={"zoe": ZOE}), Card)
    assert names(world) == {"ana", "zoe"}


def test_a_stranger_is_refused_by_name(world: World):
    world.joins("ana")
    reply = world.says("ana", "kudos give <@U999|zoe> for the docs")
    assert isinstance(reply, No)
    assert "I do not know zoe yet" in world.reads(reply)
    assert names(world) == {"ana"}


@NOT_BY_HAND
def test_an_app_is_refused_by_name_and_does_not_join(world: World):
    world.joins("ana")
    bot = Who("B1", "Deploybot", bot=True)
    reply = world.says("ana", "skill of <@B1>", people={"B1": bot})
    assert "Deploybot is an app" in world.reads(reply)
    assert world.count(Account, Account.key == "B1") == 0


def test_a_channel_renames_and_a_direct_message_does_not(world: World):
    world.joins("ana")
    world.says(Who("ana", "Ana of the ops"), "help", "")
    assert names(world) == {"ana"}
    world.says(Who("ana", "Ana of the ops"), "help", "#general")
    assert names(world) == {"Ana of the ops"}


@HERE
def test_a_direct_message_names_whom_nobody_has_named(world: World):
    world.joins("ana")
    world.says("ana", "kudos give <@zoe> for the docs", people={"zoe": Who("zoe")})
    assert [one for one in names(world) if one.startswith("member ")]
    world.says(ZOE, "help", "")
    assert names(world) == {"ana", "zoe"}


@HERE
def test_admin_by_right_holds_until_the_platform_says_otherwise(world: World):
    world.joins("ana", "ben")
    world.says(Who("ana", "ana", admin=True), "help")
    assert admins(world) == {"ana"}
    world.says(Who("ana", "ana", admin=None), "help", "")
    assert admins(world) == {"ana"}, "where a platform does not say, nothing changes"
    world.says(Who("ana", "ana", admin=False), "help")
    assert admins(world) == set()
    assert isinstance(world.says(Who("ana", "ana"), "settings"), No)


def test_what_was_granted_by_command_is_no_platforms_to_take(world: World):
    world.joins("admin", "ana")
    world.says("admin", "settings admins @admin @ana")
    world.says(Who("ana", "ana", admin=True), "help")
    world.says(Who("ana", "ana", admin=False), "help")
    assert admins(world) == {"admin", "ana"}


def test_naming_an_admin_by_right_grants_nothing_that_would_outlast_it(world: World):
    world.joins("admin", "ana")
    world.says("admin", "settings admins @admin @ana")
    world.says(Who("admin", "admin", admin=False), "help")
    assert admins(world) == {"ana"}


def test_a_guest_is_no_admin_whatever_the_platform_says(world: World):
    world.joins("ana", Who("gil", "gil", guest=True))
    world.says(Who("gil", "gil", guest=True, admin=True), "help")
    assert isinstance(world.says(Who("gil", "gil", guest=True, admin=True), "settings"), No)


def test_who_left_has_no_rights_any_more(world: World):
    world.joins("admin", "ana")
    world.says("admin", "settings admins @ana")
    world.leaves("admin")
    assert admins(world) == {"ana"}


def test_admins_by_right_are_trusted_from_the_start(world: World):
    world.joins("admin")
    world.says(replace(Who("ben", "ben"), admin=True), "help")
    with world.db() as db:
        vetted = db.exec(select(Member.name).where(col(Member.vetted), Member.kind == "person")).all()
    assert set(vetted) == {"admin", "ben"}
