"""Weeks in which nothing, or nothing new, is to be said."""

from storage.models import Digest
from tests.digest.steps import news, work
from tests.world import World


def test_with_nothing_to_say_it_stays_silent(world: World):
    world.at("2026-10-12T10:00")
    assert news(world) == []
    assert world.count(Digest) == 0


def test_where_the_setting_says_so_a_quiet_week_is_said(world: World):
    world.says("admin", "settings digest empty:yes")
    world.at("2026-10-12T10:00")
    (said,) = news(world)
    assert said.startswith("Quiet week: nothing new.")
    assert "kudos give" in said


def test_a_week_with_nothing_new_is_one_line_that_tells_what_is_still_open(match: World):
    match.passes(days=7)
    match.outbox()
    match.passes(days=7)
    assert news(match) == ["Quiet week: nothing new. Still open: Kubernetes wanted (o1), needs Kubernetes."]


def test_a_week_with_nothing_new_is_silent_in_the_channel_and_still_reaches_whom_it_newly_fits(match: World):
    match.says("admin", "settings digest empty:no")
    match.passes(days=7)
    match.says("dave", "skill claim Zither expert")
    work(match, "Zither")
    match.outbox()
    match.passes(days=7)
    match.says("carol", "skill claim Kubernetes expert")
    match.outbox()
    match.passes(days=7)
    assert [to for to, _text in match.outbox()] == ["carol"]
