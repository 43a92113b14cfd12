"""Posting work, and finding what is open."""

import pytest

from bot.ui import Card, Form, No
from storage.models import Opportunity
from tests.opportunities.steps import POST
from tests.world import World


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
    assert [field.name for field in form.missing()] == ["description"]
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
    assert [*refused.errors] == [about]
    assert refused.again is not None
    assert refused.again.fields[0].value == "Data pipeline"
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
