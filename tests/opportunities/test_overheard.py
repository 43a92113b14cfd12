"""Work that is told of in a message becomes a draft, and an opportunity when its author says so."""

from dataclasses import replace

import pytest
from sqlmodel import select

from bot.ctx import Who
from bot.ui import Card, No
from storage.dealings import Draft
from storage.models import Opportunity
from tests.opportunities.steps import state
from tests.world import World

WORDS = "Looking for a Kubernetes person for a client in Graz, 20 hours a week, €700 a day, remote, until 1 December."
LINKED = "We want a designer for two months, paid well: https://example.org/jobs/7?utm_source=chat"
MADE = "work/17"
OVERHEARD = pytest.mark.local("adapters make these lines of what they overhear; each platform's own tests do that")


def makes(world: World, who: str, words: str = WORDS, message: str = MADE, author: str = "@ana", **more: str) -> str:
    """Somebody takes the entry from the menu of a message."""
    return world.reads(world.says(who, "opportunity make", text=words, message=message, author=author, **more))


def talks(world: World, who: str, words: str, message: str = MADE, where: str = "#work") -> str | None:
    """Somebody writes in a channel, and their platform hands it in as far as it is listened for."""
    key = world.speaker.channel(where, world.place.id)
    if not (line := world.app.listening(world.place.id).reads(words, key)):
        return None
    reply = world.says(who, line, where, text=words, message=message)
    return world.reads(reply) if reply else None


def is_deleted(world: World, message: str = MADE) -> None:
    world.app.handle(replace(world.request(Who(""), "message gone", "", message=message), timer=True))


def kept(world: World) -> list[Draft]:
    with world.db() as db:
        return list(db.exec(select(Draft)).all())


def listens(world: World) -> None:
    world.says("admin", "settings opportunities channel:#work overhear:yes")


def test_ones_own_message_is_a_draft_with_all_that_it_tells(world: World):
    said = makes(world, "ana")
    for part in (
        "Looking for a Kubernetes person",
        "Kubernetes",
        "20 hours",
        "€700 a day",
        "remote",
        "1 Dec",
        "Post it",
    ):
        assert part in said, said
    assert "posted as o1" in world.reads(world.presses("ana", "Post it"))
    shown = world.hears("ben", "opportunity show o1")
    assert "€700 a day" in shown
    assert "Kubernetes" in shown
    assert kept(world) == []


def test_its_author_is_asked_when_somebody_else_thinks_of_it(world: World):
    assert "I asked @ana" in makes(world, "ben")
    ((who, asked),) = world.outbox()
    assert who == "ana"
    assert "@ben thinks" in asked
    assert state(world) == ""
    assert isinstance(world.says("ben", "opportunity publish d1"), No), "only its author posts it"
    world.presses("ana", "Post it")
    assert state(world) == "open"


def test_it_is_changed_before_anybody_sees_it(world: World):
    makes(world, "ana")
    world.presses("ana", "Edit")
    said = world.reads(
        world.fills("ana", title="Move a cluster", description=WORDS, needs="Terraform", pay="800 a day")
    )
    assert "Like this?" in said
    assert "Move a cluster" in said
    world.presses("ana", "Post it")
    shown = world.hears("ben", "opportunity show o1")
    for part in ("Move a cluster", "Terraform", "800 a day"):
        assert part in shown
    assert "€700" not in shown.replace(WORDS, "")


def test_a_no_leaves_nothing(world: World):
    makes(world, "ana")
    world.presses("ana", "No, thanks")
    assert kept(world) == []
    assert state(world) == ""


def test_one_message_is_one_draft_and_one_opportunity(world: World):
    makes(world, "ben")
    assert "asked already" in makes(world, "carol")
    assert "Shall I post it?" in makes(world, "ana")
    assert len(kept(world)) == 1
    world.presses("ana", "Post it")
    assert "is o1 already" in makes(world, "ben")


def test_what_an_app_wrote_belongs_to_the_one_who_brings_it(world: World):
    assert "Shall I post it?" in makes(world, "ben", author="")
    world.presses("ben", "Post it")
    assert "from @ben" in world.hears("ana", "opportunity show o1")


def test_too_few_words_are_no_work(world: World):
    assert "too little" in makes(world, "ana", "Docker anyone?")


def test_the_same_address_is_noticed(world: World):
    makes(world, "ana", LINKED)
    world.presses("ana", "Post it")
    again = makes(world, "ben", "See https://www.example.org/jobs/7/ for some paid work in design", "work/18", "@ben")
    assert "open as o1 already" in again
    posted = world.hears("carol", 'opportunity post "A designer" "Two months of work: https://example.org/jobs/7"')
    assert "o1 names the same address" in posted


def test_a_deleted_message_withdraws_its_opportunity(world: World):
    makes(world, "ana")
    world.presses("ana", "Post it")
    world.says("ben", "opportunity interest o1")
    world.outbox()
    is_deleted(world)
    assert state(world) == "cancelled"
    told = dict(world.outbox())
    assert "is deleted" in told["ana"]
    assert "took it back" in told["ben"]
    assert "open again" in world.reads(world.presses("ana", "Open it again"))


def test_a_deleted_message_takes_its_draft_with_it(world: World):
    makes(world, "ana")
    is_deleted(world)
    assert kept(world) == []
    assert isinstance(world.says("ana", "opportunity publish d1"), No)


@OVERHEARD
def test_nothing_is_noticed_unless_the_admins_want_it(world: World):
    assert talks(world, "ana", WORDS) is None
    listens(world)
    said = talks(world, "ana", WORDS) or ""
    assert "That sounds like work" in said
    world.presses("ana", "Post it")
    assert state(world) == "open"
    assert "#work" in dict(world.outbox())


@OVERHEARD
def test_only_work_in_its_own_channel_is_noticed_and_once(world: World):
    listens(world)
    assert talks(world, "ana", WORDS, where="#general") is None
    assert talks(world, "ana", "Good morning everybody, what a beautiful day it is today") is None
    assert talks(world, "ana", WORDS)
    assert talks(world, "ana", WORDS) is None, "a redelivery"
    key = world.speaker.channel("#work", world.place.id)
    assert not world.app.listening(world.place.id).reads(WORDS, key, is_reply=True)


def test_thanks_come_first(world: World):
    listens(world)
    world.says("admin", "settings kudos plus:yes")
    assert "@ben has it" in (talks(world, "ana", "@ben ++ for the job at our client, paid work at last") or "")
    assert kept(world) == []


def test_who_is_asked_for_too_many_others_is_stopped(world: World):
    said = [makes(world, "ben", f"{WORDS} {number}", f"work/{number}") for number in range(11)]
    assert ["is a lot" in one for one in said] == [False] * 10 + [True]
    assert len(kept(world)) == 10


def test_long_messages_become_posts_that_fit(world: World):
    assert "Shall I post it?" in makes(world, "ana", f"{WORDS} " * 35)
    assert isinstance(world.presses("ana", "Post it"), Card)
    with world.db() as db:
        said = db.exec(select(Opportunity.description)).one()
    assert len(said) <= 3000
    assert said.endswith("…"), "what is left out can be seen"
