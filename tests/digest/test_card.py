"""What everybody reads in the digest."""

from datetime import UTC, datetime

import pytest

from bot import features
from bot.app import App
from bot.calls import Thought
from bot.ctx import Request
from bot.ui import Image
from jobs.clock import Clock
from storage.models import Digest, Place
from tests.digest.steps import claims, edited, news, tips, work
from tests.encoders import Down
from tests.world import World


class Interrupted(App):
    """While the digest is being worked out, somebody says something."""

    meanwhile: tuple[Request, ...] = ()

    def _thought(self, place: Place, request: Request) -> Thought | None:
        thought = super()._thought(place, request)
        waiting, self.meanwhile = self.meanwhile, ()
        for one in waiting:
            self.handle(one)
        return thought


def test_open_work_is_shown_with_who_fits_and_why(match: World):
    match.passes(days=7)
    (said,) = news(match)
    assert "Kubernetes wanted (o1), from @ana" in said
    assert "who could: @ben (Kubernetes)" in said
    assert "[1: Interested] [2: Not for me] [3: Pass to a peer]" in said


def test_who_has_seen_it_is_named_where_they_let_themselves_be(match: World):
    match.says("carol", "skill vouch @ben Kubernetes")
    match.says("dave", "skill vouch @ben Kubernetes")
    edited(match, "dave", "named:no")
    match.outbox()
    match.passes(days=7)
    (said,) = news(match)
    assert "@ben (Kubernetes, seen by @carol and 1 other)" in said


def test_it_begins_with_how_much_is_open_and_how_much_of_it_is_new(match: World):
    match.passes(days=7)
    (first,) = news(match)
    assert "  1 new piece of work.\n" in first
    work(match, "Zither")
    match.passes(days=7)
    (second,) = news(match)
    assert "  1 new piece of work, 1 still open." in second
    match.says("dave", "kudos give @carol the docs were splendid")
    match.outbox()
    match.passes(days=7)
    (third,) = news(match)
    assert "  2 pieces of work are still open. 1 thank-you." in third


def test_where_nobody_fits_nobody_is_named(world: World):
    work(world, "Zither")
    world.passes(days=7)
    (said,) = news(world)
    assert "1 new piece of work." in said
    assert "who could" not in said


def test_who_does_not_want_to_be_named_is_written_to_and_not_named(match: World):
    edited(match, "ben", "named:no")
    match.passes(days=7)
    heard = dict(match.outbox())
    assert "ben" not in heard["#news"]
    assert "Kubernetes wanted" in heard["ben"]


def test_work_that_is_closed_is_not_shown(match: World):
    work(match, "German")
    match.says("ana", "opportunity close o1 cancelled")
    match.outbox()
    match.passes(days=7)
    (said,) = news(match)
    assert "German wanted" in said
    assert "Kubernetes wanted" not in said
    assert tips(match) == 0


def test_work_that_closes_while_the_digest_is_worked_out_is_not_shown(match: World):
    work(match, "German")
    match.now = datetime(2026, 10, 12, 9, tzinfo=UTC)
    app = Interrupted(match.engine, match.catalogue, match.encoder, features.welcome)
    app.meanwhile = (match.request("ana", "opportunity close o1 cancelled"),)
    Clock(app).tick(match.now)
    heard = match.outbox()
    (said,) = (text for where, text in heard if where == "#news")
    assert "German wanted" in said
    assert "Kubernetes wanted" not in said
    assert "ben" not in [where for where, _text in heard]


def test_work_that_is_still_open_is_shown_again_after_the_new(match: World):
    match.passes(days=7)
    match.outbox()
    match.passes(days=1)
    work(match, "German")
    match.passes(days=6)
    (said,) = news(match)
    assert said.index("German wanted") < said.index("Kubernetes wanted")


def test_work_that_is_still_open_still_names_who_fits(match: World):
    match.passes(days=7)
    match.says("dave", "kudos give @carol the docs were splendid")
    match.outbox()
    match.passes(days=7)
    (said,) = news(match)
    assert "@ben (Kubernetes)" in said


def test_to_the_first_digest_all_open_work_is_new(match: World):
    match.says("admin", 'settings digest channel:""')
    match.passes(days=25)
    match.says("admin", "settings digest channel:#news")
    match.outbox()
    match.passes(days=7)
    (said,) = news(match)
    assert "  1 new piece of work." in said


def test_new_work_that_closed_while_it_was_worked_out_makes_no_week_of_news(match: World):
    match.passes(days=7)
    work(match, "German")
    match.outbox()
    match.now = datetime(2026, 10, 19, 9, tzinfo=UTC)
    app = Interrupted(match.engine, match.catalogue, match.encoder, features.welcome)
    app.meanwhile = (match.request("ana", "opportunity close o2 cancelled"),)
    Clock(app).tick(match.now)
    assert news(match) == ["Quiet week: nothing new. Still open: Kubernetes wanted (o1), needs Kubernetes."]


def test_many_pieces_of_work_are_shown_in_part_and_counted(world: World):
    for number in range(12):
        work(world, "German", title=f"Number {number} of the season {'xyzw'[number % 4] * (number + 9)}")
    world.passes(days=7)
    (said,) = news(world)
    assert said.count("Number") == 10
    assert "2 more open" in said


def test_one_who_floods_does_not_push_out_the_others(world: World):
    work(world, "Zither")
    for number in range(12):
        world.says("ben", f'opportunity post "Flood {number}" "Work number {number} of the many that I bring"')
    world.passes(days=7)
    (said,) = news(world)
    assert said.index("Flood 9 ") < said.index("Zither wanted") < said.index("Flood 8 ")


def test_work_in_doubt_is_not_brought_to_anybody(match: World):
    for who in ("carol", "dave"):
        match.says(who, "opportunity report o1 closed")
    match.outbox()
    match.says("admin", "digest now")
    assert "ben" not in dict(match.outbox())
    match.says("ana", "opportunity stands o1")
    match.passes(days=7)
    assert "Kubernetes wanted" in dict(match.outbox())["ben"]


def test_thanks_are_counted_and_quoted(world: World):
    world.says("ana", "kudos give @ben @carol for the patience with my cluster")
    world.says("dave", "kudos give @ben the docs were splendid")
    world.outbox()
    world.passes(days=7)
    (said,) = news(world)
    assert "  3 thanks." in said
    assert "patience with my cluster" in said


def test_thanks_that_were_taken_back_are_left_out(world: World):
    world.says("ana", "kudos give @ben for the patience with my cluster")
    world.says("ana", "kudos undo")
    world.says("dave", "kudos give @carol the docs were splendid")
    world.outbox()
    world.passes(days=7)
    (said,) = news(world)
    assert "1 thank-you." in said
    assert "patience" not in said


@pytest.mark.parametrize("shy", ["ana", "ben"])
def test_who_wants_to_be_on_no_board_is_not_quoted(world: World, shy: str):
    edited(world, shy, "boards:no")
    world.says("ana", "kudos give @ben for the patience with my cluster")
    world.outbox()
    world.passes(days=7)
    (said,) = news(world)
    assert "1 thank-you." in said
    assert "patience" not in said


def test_where_kudos_are_private_the_digest_has_none(match: World):
    match.says("admin", "settings kudos replies:private")
    match.says("ana", "kudos give @ben for the patience with my cluster")
    match.outbox()
    match.passes(days=7)
    (said,) = news(match)
    assert "patience" not in said
    assert "thank" not in said.casefold()


def test_new_skills_and_arrivals_are_those_since_the_last_digest(world: World):
    claims(world, "ben", "Kubernetes")
    world.joins("erin")
    world.at("2026-10-12T10:00")
    (first,) = news(world)
    assert "Kubernetes (@ben)" in first
    assert "@erin" in first
    claims(world, "carol", "Kubernetes", "Zither")
    world.joins("frank")
    world.at("2026-10-19T10:00")
    (second,) = news(world)
    assert "Zither (@carol)" in second
    assert "@frank" in second
    assert "Kubernetes" not in second
    assert "@erin" not in second


def test_what_somebody_wants_to_learn_is_no_new_skill(world: World):
    world.says("ben", "skill claim Kubernetes learning")
    claims(world, "carol", "Zither")
    world.passes(days=7)
    (said,) = news(world)
    assert "Zither" in said
    assert "Kubernetes" not in said


def test_who_left_is_neither_welcomed_nor_named_nor_counted(world: World):
    world.joins("erin")
    claims(world, "erin", "Zither")
    claims(world, "ben", "German")
    world.leaves("erin")
    world.passes(days=7)
    (said,) = news(world)
    assert "German (@ben)" in said
    assert "erin" not in said
    assert "1 more" not in said


def test_what_nobody_and_what_only_one_can_do_is_said(match: World):
    work(match, "Zither")
    match.passes(days=7)
    (said,) = news(match)
    assert "rare here: Zither (once, nobody) and Kubernetes (once, one person). Worth learning together?" in said


def test_the_chart_is_a_picture_and_is_told_in_words(match: World):
    work(match, "Zither")
    match.passes(days=7)
    (card,) = [parcel.card for parcel in match.parcels if parcel.channel == "#news"]
    (image,) = [node for node in card.body if isinstance(node, Image)]
    assert image.png.startswith(b"\x89PNG")
    assert "Zither: asked for 1x, 0 can" in image.alt
    assert "Kubernetes: asked for 1x, 1 can" in image.alt


def test_another_communitys_work_and_people_stay_there(match: World):
    match.says("zoe", "skill claim Zither expert", place=match.second)
    match.says("zoe", 'opportunity post "Zither wanted" "There is a season of it"', place=match.second)
    match.outbox()
    match.passes(days=7)
    heard = match.outbox()
    assert sorted(where for where, _text in heard) == ["#news", "ben"]
    assert not any("Zither" in text or "zoe" in text for _where, text in heard)


def test_without_the_model_it_still_comes_and_says_so(match: World):
    match.encoder = Down()
    match.restarts()
    match.passes(days=7)
    heard = dict(match.outbox())
    assert "by words alone" in heard["#news"]
    assert "could not be loaded" in heard["admin"]
    assert "Kubernetes (expert)" in heard["ben"]
    assert match.count(Digest, Digest.by_words) == 1
