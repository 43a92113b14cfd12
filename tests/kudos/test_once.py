"""Thanks that arrive twice or at once count once; what is no thanks is refused."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from bot import features
from bot.command import command
from bot.ctx import Ctx
from bot.ui import Form, No, Reply
from storage.models import Entry
from tests.kudos.steps import RAISED, spend, standing_kudos
from tests.world import World


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
        replies = [one.reply for one in pool.map(world.app.handle, requests)]
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
    assert {field.name: field.value for field in form.fields} == {"to": ("@ben",), "reason": "", "skill": ""}


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
