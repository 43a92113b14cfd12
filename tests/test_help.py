"""Help, first words, and what happens to lines that nobody can read."""

import pytest

from bot import features
from bot.command import command
from bot.ctx import Ctx, Who
from bot.ui import Card, No, Reply
from storage.models import Kudos
from tests.world import World

HOSTILE = ["<!channel>", "@everyone", "{me}", "*x*", "`rm`", "<@U1>", "a\u202eb", "x' OR 1=1 --", "{0.__class__}"]


def test_the_first_time_somebody_meets_the_bot_it_says_what_it_is_for(world: World):
    world.says("ana", "skill mine")
    (to, text), *rest = world.outbox()
    assert to == "ana"
    assert "Manyhands" in text
    assert text.count("[") == 3
    assert not rest
    world.says("ana", "skill mine")
    assert world.outbox() == []


def test_the_first_buttons_lead_somewhere(world: World):
    world.says("ana", "skill mine")
    assert "skill" in world.reads(world.presses("ana", "Claim a skill")).casefold()


def test_an_admin_is_shown_where_to_begin(world: World):
    world.says("admin", "help", where="")
    assert "Settings" in world.reads(world.presses("admin", "Set me up"))


def test_an_app_is_not_greeted(world: World):
    world.says(Who("b1", "Deploybot", bot=True), "help")
    assert world.outbox() == []


def test_the_first_help_shows_what_people_want_most_and_what_is_for_admins_to_them_alone(world: World):
    said = world.hears("ana", "help")
    for name in ("skill find", "skill claim", "kudos give", "intro ask", "opportunity post", "profile show"):
        assert name in said
    assert "settings" not in said
    assert len(said.splitlines()) <= 15
    for_admins = world.hears("admin", "help")
    assert said.splitlines()[:8] == for_admins.splitlines()[:8], "the admins' part stands apart"
    assert "`settings`" in for_admins
    assert len(for_admins.splitlines()) <= 15


def test_every_command_is_at_most_one_question_away_from_the_first_help(world: World):
    catalogue = features.catalogue()
    said = world.hears("ana", "help")
    for one in catalogue.visible(admin=False):
        assert one.group == "help" or f"help {one.group}" in said
        if one.group != "help":
            assert one.name in world.hears("ana", f"help {one.group}")


def test_help_tells_about_a_group_and_about_one_command(world: World):
    assert "kudos undo" in world.hears("ana", "help kudos")
    one = world.hears("ana", "help /kudos give")
    assert "For example" in one
    assert "reason" in one


def test_a_group_alone_is_a_question_for_help(world: World):
    assert "kudos undo" in world.hears("ana", "/kudos")


def test_help_about_nothing_that_exists_is_a_kind_no(world: World):
    assert isinstance(world.says("ana", "help dancing"), No)


def test_help_about_an_admins_command_is_not_for_everybody(world: World):
    assert isinstance(world.says("ana", "help settings kudos"), No)


def test_every_example_of_the_help_can_be_said(world: World):
    for one in features.catalogue().visible():
        if one.example:
            reply = world.says("admin", one.example)
            assert "did not understand" not in world.reads(reply), one.example
            assert "broke on my side" not in world.reads(reply), one.example


def test_an_empty_line_shows_what_there_is(world: World):
    assert "kudos give" in world.hears("ana", "  ")


def test_a_misspelt_command_is_guessed_at_with_buttons(world: World):
    said = world.hears("ana", "kudso giev @ben the docs")
    assert "kudos give" in said


@pytest.mark.parametrize(
    ("line", "said", "near"),
    [
        ("frobnicate the widget", "“frobnicate”", "profile"),
        ("vouch @ben Python", "“vouch”", "skill vouch"),
        ("kudos gvie @ben the docs", "“kudos gvie”", "kudos give"),
        ("opportunities", "“opportunities”", "opportunity"),
        ("thank @ben for the docs", "“thank”", "kudos give"),
        ("kudo give @ben the docs", "“kudo”", "kudos give"),
        ("setings digest", "“setings”", "settings"),
        ("settings", "", "profile"),
    ],
)
def test_a_line_that_is_none_is_answered_with_the_nearest_command_and_one_to_try(world: World, line, said, near):
    world.joins("ben")
    heard = world.hears("ben", line)
    assert said in heard
    assert near in heard
    assert "`help`" in heard or "admins" in heard


def test_a_member_who_asks_for_the_settings_hears_who_may(world: World):
    world.joins("admin", "ben")
    assert world.hears("ben", "settings") == "That is for the admins here: @admin. Yours are under `profile`."


def test_slash_and_name_before_a_line_make_no_difference(world: World):
    for line in ("skill mine", "/skill mine", "/manyhands skill mine", "Manyhands /skill mine", "SKILL  mine"):
        assert "empty" in world.hears("ana", line), line


@pytest.mark.parametrize(("line", "command"), [("settings show", "settings"), ("Settings  SHOW", "settings")])
def test_show_after_a_group_that_is_a_command_itself_makes_no_difference(world: World, line, command):
    assert world.app.catalogue.find(line) == (world.app.catalogue.commands[command], "")


def test_what_happens_by_itself_cannot_be_said(world: World):
    assert isinstance(world.says("admin", "intro lapse i1"), No)
    assert isinstance(world.says("admin", "opportunity end o1"), No)


@pytest.mark.local("nobody can write so much in Discord", "discord")
def test_a_line_that_is_too_long_is_refused(world: World):
    assert "too long" in world.hears("ana", "kudos give @ben " + "a" * 40_000)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_only_a_name(world: World, name: str):
    world.joins("ben", Who("h1", name))
    said = world.hears("ben", "kudos give @m2 for the other thing")
    assert "broke on my side" not in said
    shown = world.told("#general")
    assert name.replace("\u202e", "") in shown
    assert "\u202e" not in shown


@pytest.mark.parametrize("words", HOSTILE)
def test_what_people_write_comes_back_as_they_wrote_it(world: World, words: str):
    world.says("ana", f'opportunity post "Work on {words}" "The work is {words} and more"')
    written = words.replace("\u202e", "")
    assert f"Work on {written}" in world.told("#general")
    assert f"Work on {written}" in world.hears("ben", "opportunity list")


@command("break it", "Breaks after it has written")
def break_it(ctx: Ctx, words: str) -> Reply:
    """Something goes wrong half way."""
    ctx.db.add(Kudos(number=77, giver_id=ctx.me.id, reason=words, given_at=ctx.now))
    ctx.db.flush()
    raise RuntimeError(words)


def test_a_crash_is_answered_with_a_reference_and_loses_nothing(world: World):
    world.joins("ana")
    broken = features.catalogue()
    broken.add([break_it])
    world.restarts(broken)
    reply = world.says("ana", "break it all these words")
    assert isinstance(reply, No)
    assert "ref `" in world.reads(reply)
    assert "all these words" not in world.reads(reply)
    assert reply.again is not None
    assert reply.again.fields[0].value == "all these words"
    assert world.count(Kudos) == 0


def test_after_a_crash_the_same_request_may_be_tried_again(world: World):
    world.joins("ana", "ben")
    request = world.request("ana", "kudos give @ben the new docs", request_id="event-1")
    broken = features.catalogue()
    broken.commands["kudos give"] = _broken(broken.commands["kudos give"])
    world.restarts(broken)
    assert isinstance(world.hands_in(request), No)
    world.restarts(features.catalogue())
    assert isinstance(world.hands_in(request), Card)
    assert world.count(Kudos) == 1


def _broken(healthy):
    def run(*_args: object, **_values: object) -> Reply:
        raise RuntimeError("out of luck")

    return type(healthy)(healthy.name, healthy.about, run, healthy.params)
