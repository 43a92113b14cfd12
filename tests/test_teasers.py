"""Teasers and questions before names: what is shown to whom, and that nobody is named too early."""

import pytest

from bot import embedding
from bot.ui import Card, No
from storage.dealings import Remark
from storage.models import Interest
from tests.world import World

TEASER = (
    'opportunity post "A quiet rescue" "The brewery of Zwettl stands still at night" '
    'needs:"Kubernetes expert" pay:"600 a day" teaser:yes'
)
SECRETS = ("brewery", "Zwettl", "@ana")


@pytest.fixture(autouse=True)
def people(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A poster, one who fits, one who does not, an admin."""
    monkeypatch.setattr(embedding, "_warm", {})
    world.joins("admin", "ana", "ben", "dave")
    world.says("ben", "skill claim Kubernetes expert")
    world.says("dave", "skill claim Zither expert")


@pytest.fixture
def teaser(world: World) -> World:
    """Ana has posted o1, of which little is told."""
    assert isinstance(world.says("ana", TEASER), Card)
    return world


@pytest.fixture
def posted(world: World) -> World:
    """Ana has posted o1 in full."""
    assert isinstance(world.says("ana", TEASER.replace(" teaser:yes", "")), Card)
    world.outbox()
    return world


def keeps_the_secret(said: str) -> bool:
    return not any(word in said for word in SECRETS)


def test_a_teaser_shows_what_is_asked_for_and_no_more(teaser: World):
    shown = teaser.told("#general")
    assert "A quiet rescue" in shown
    assert "Kubernetes (expert)" in shown
    assert "600 a day" in shown
    assert "Ask for the details" in shown
    assert keeps_the_secret(shown)
    assert keeps_the_secret(teaser.hears("ben", "opportunity show o1"))
    assert keeps_the_secret(teaser.hears("ben", "opportunity list"))


def test_who_fits_and_asks_sees_all_of_it_now_and_later(teaser: World):
    said = teaser.reads(teaser.presses("ben", "Ask for the details"))
    assert all(word in said for word in SECRETS)
    assert "brewery" in teaser.hears("ben", "opportunity show o1")
    assert isinstance(teaser.presses("ben", "Interested"), Card)
    assert "brewery" in teaser.hears("ben", "opportunity show o1")


def test_who_does_not_fit_hears_what_is_asked_for(teaser: World):
    refused = teaser.presses("dave", "Ask for the details")
    assert isinstance(refused, No)
    assert "Kubernetes" in teaser.reads(refused)
    assert keeps_the_secret(teaser.reads(refused))
    assert teaser.count(Interest) == 0


def test_who_fits_and_is_interested_reads_at_once_what_it_is_about_and_not_from_whom(teaser: World):
    said = teaser.reads(teaser.presses("ben", "Interested"))
    assert "brewery of Zwettl" in said
    assert "@ana" not in said
    assert "Who brings it" in said
    assert keeps_the_secret(teaser.reads(teaser.presses("dave", "Interested")))


def test_its_poster_and_admins_see_all_of_it(teaser: World):
    for who in ("ana", "admin"):
        assert "brewery" in teaser.hears(who, "opportunity show o1")


def test_reasons_quote_nothing_of_a_teaser(teaser: World):
    teaser.says("admin", "settings digest channel:#news")
    assert keeps_the_secret(teaser.hears("ben", "opportunity for-me"))
    teaser.outbox()
    teaser.passes(days=8)
    told = teaser.outbox()
    assert {to for to, _text in told} >= {"#news", "ben"}
    assert all(keeps_the_secret(text) for to, text in told)


def test_a_peer_to_whom_it_is_passed_learns_no_more(teaser: World):
    teaser.outbox()
    teaser.says("ben", "opportunity refer o1 @dave You like quiet nights")
    assert keeps_the_secret(teaser.told("dave"))


def test_who_read_the_details_is_still_told_of_it(teaser: World):
    teaser.says("admin", "settings digest channel:#news")
    teaser.presses("ben", "Ask for the details")
    teaser.outbox()
    teaser.passes(days=8)
    assert "A quiet rescue" in teaser.told("ben")


def test_names_come_when_both_want(teaser: World):
    teaser.presses("ben", "Interested")
    teaser.outbox()
    teaser.presses("ana", "Meet them")
    assert "brewery" in teaser.told("ana, ben")


def test_a_closed_teaser_keeps_its_secret(teaser: World):
    teaser.says("ana", "opportunity close o1 cancelled")
    teaser.outbox()
    assert isinstance(teaser.says("ben", "opportunity details o1"), No)
    assert keeps_the_secret(teaser.hears("ben", "opportunity show o1"))


def test_reading_the_details_is_no_answer(teaser: World):
    teaser.presses("ben", "Ask for the details")
    assert "interested so far" not in teaser.hears("dave", "opportunity show o1")
    assert "@ben" in teaser.hears("ana", "opportunity matches o1")
    assert "o1" in teaser.hears("ben", "opportunity for-me")


def test_a_question_reaches_the_poster_without_a_name_and_the_answer_comes_back(posted: World):
    posted.says("ben", "opportunity ask o1 Could it be done in the evenings?")
    told = posted.outbox()
    assert [to for to, _text in told] == ["ana"]
    assert "Could it be done in the evenings?" in told[0][1]
    assert "Kubernetes (expert)" in told[0][1]
    assert "ben" not in told[0][1]
    posted.presses("ana", "Answer")
    posted.fills("ana", words="Evenings are perfect")
    told = posted.outbox()
    assert [to for to, _text in told] == ["ben"]
    assert "Evenings are perfect" in told[0][1]
    posted.presses("ben", "Answer")
    posted.fills("ben", words="Then count me in")
    assert "Then count me in" in posted.told("ana")
    posted.presses("ben", "I am interested")
    assert "is interested in" in posted.told("ana")
    assert "without your name" not in posted.hears("ben", "opportunity ask o1 When could it begin?")
    assert "@ben, who is interested in A quiet rescue (o1), writes:" in posted.told("ana")


def test_a_poster_asks_someone_interested(posted: World):
    posted.presses("ben", "Interested")
    posted.outbox()
    posted.presses("ana", "Ask them something")
    posted.fills("ana", words="Have you run it at night?")
    assert "Have you run it at night?" in posted.told("ben")


def test_three_in_a_row_are_enough_until_there_is_an_answer(posted: World):
    for number in range(3):
        assert isinstance(posted.says("ben", f"opportunity ask o1 Question number {number}"), Card)
    assert isinstance(posted.says("ben", "opportunity ask o1 And one more"), No)
    posted.says("ana", "opportunity ask o1 rank:1 Patience")
    assert isinstance(posted.says("ben", "opportunity ask o1 And one more"), Card)
    assert posted.count(Remark) == 5


def test_once_named_people_write_to_one_another(posted: World):
    posted.presses("ben", "Interested")
    posted.presses("ana", "Meet them")
    posted.outbox()
    assert isinstance(posted.says("ben", "opportunity ask o1 Still there?"), No)
    assert isinstance(posted.says("ana", "opportunity ask o1 rank:1 Still there?"), No)
    assert posted.outbox() == []


@pytest.mark.parametrize("rank", ["", "rank:2", "rank:9999"])
def test_a_poster_asks_only_those_who_showed_themselves(posted: World, rank: str):
    posted.presses("ben", "Interested")
    posted.outbox()
    assert isinstance(posted.says("ana", f"opportunity ask o1 {rank} Who is there?"), No)
    assert posted.outbox() == []


def test_a_number_does_not_let_others_write_to_those_interested(posted: World):
    posted.presses("ben", "Interested")
    posted.outbox()
    posted.says("dave", "opportunity ask o1 rank:1 Hello?")
    assert [to for to, _text in posted.outbox()] == ["ana"]


def test_a_question_in_return_is_a_sign_of_life(posted: World):
    posted.presses("ben", "Interested")
    posted.passes(days=8)
    posted.says("ana", "opportunity ask o1 rank:1 Have you run it at night?")
    posted.outbox()
    posted.passes(days=7)
    assert "expired" not in posted.hears("ben", "opportunity show o1")
