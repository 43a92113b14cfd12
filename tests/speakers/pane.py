"""What somebody sees in Discord after a gesture: it says all that was answered, to those who may see it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from bot.ctx import Request
from bot.ui import Card, Form, No, Reply
from tests.discord.checks import BUTTON
from tests.discord.filling import fields_of
from tests.discord.nouns import Body, Post, nodes, unclicked
from tests.discord.server import Discord
from tests.speakers.mentions import Mentions
from tests.speakers.shown import asked, buttons_in, missing, texts_of

QUESTIONS = 5
SHOW = re.compile(r" show(:[0-9]+>)")
LATER = ("Open the form", "Open again")


class Pane:
    """Everybody's Discord; `meaning` tells the line behind a button."""

    def __init__(self, discord: Discord, mentions: Mentions, meaning: Callable[[str], str]) -> None:
        self.discord = discord
        self.mentions = mentions
        self.meaning = meaning

    def answered(self, request: Request, reply: Reply, posts: list[Post], people: Mapping[str, str]) -> None:
        """What the one who asked sees of the answer, and nobody else; `people` are users by members' short ids."""
        key = request.who.key
        mine = [post for post in posts if post.body["author"]["id"] != key]
        direct = self.discord.direct(key).id
        assert all(post.only == key or post.channel == direct for post in mine), "others see the answer"
        match reply:
            case None:
                assert all("Done." in self.read([post]) for post in mine), "something is shown, but nothing was said"
            case Form():
                self._asks(reply, key, mine, people)
            case Card() | No():
                self.says(reply, mine)

    def _asks(self, form: Form, key: str, posts: list[Post], people: Mapping[str, str]) -> None:
        """A form, or its first step, is open where one can be, else a button opens it."""
        form = form.first_step(QUESTIONS)
        if key not in self.discord.modals:
            assert set(LATER) & set(self.labels(posts)), "neither a form is open nor does a button bring it"
            return
        fields = fields_of(self.discord.modals[key].data)
        names = {one["custom_id"] for _label, one in fields}
        here = replace(form, fields=tuple(field for field in form.fields if field.name in names))
        assert len(here.fields) == min(len(form.fields), QUESTIONS), "the form leaves questions out"
        wanted = (f"<@{people[one]}>" if one in people else one for one in asked(here))
        self._has(wanted, " ".join(self._asked(self.discord.modals[key].data)))

    def says(self, said: Card | No, posts: list[Post]) -> None:
        """These messages say all of it, and all its buttons are there."""
        self._has(texts_of(said), self.read(posts))
        lines = {self.meaning(one["custom_id"]) for one in buttons_of(posts)}
        gone = [one for one in buttons_in(said) if one.line and one.line not in lines]
        assert not gone, f"Discord shows no {gone}"

    def _has(self, wanted: Iterable[str], shown: str) -> None:
        gone = missing((self.mentions.named(one) for one in wanted), shown)
        assert not gone, f"Discord does not show {gone}, only {shown}"

    def since(self, message: str) -> list[Post]:
        """The message of that name, and what came after it in the same channel."""
        at = next(number for number, post in enumerate(self.discord.posts) if post.id == message)
        return [post for post in self.discord.posts[at:] if post.channel == self.discord.posts[at].channel]

    def labels(self, posts: list[Post]) -> list[str]:
        """What stands on the buttons of these messages."""
        return [one["label"] for one in buttons_of(posts)]

    def read(self, posts: list[Post]) -> str:
        """All that messages say, as it is read on the screen."""
        shown = self.mentions.named(" ".join(word for post in posts for word in _said(post.body)))
        return " ".join((unclicked(shown), unclicked(SHOW.sub(r"\1", shown))))

    def _asked(self, modal: Body) -> Iterator[str]:
        """All that a form says, and what stands in its fields before anybody touches them."""
        yield modal["title"]
        for one in modal["components"]:
            yield from (one.get("label", ""), one.get("description", ""), one.get("content", ""))
        for _label, one in fields_of(modal):
            yield one.get("value", "")
            yield from (option["label"] for option in one.get("options", ()) if option.get("default"))
            yield from map(self._chosen, one.get("default_values", ()))

    def _chosen(self, known: Body) -> str:
        mark = "@" if known["type"] == "user" else "#"
        return self.mentions.named(f"<{mark}{known['id']}>")


def buttons_of(posts: list[Post]) -> list[Body]:
    """All that can be pressed."""
    return [one for post in posts for one in nodes(post.body["components"]) if one["type"] == BUTTON]


def _said(body: Body) -> Iterator[str]:
    yield body.get("content") or ""
    for embed in body["embeds"]:
        yield from (embed.get("title", ""), embed.get("description", ""))
        yield from (words for one in embed.get("fields", ()) for words in (one["name"], one["value"]))
    for one in body["attachments"]:
        yield from (one["filename"], one.get("description") or "")
    yield from (one["label"] for one in nodes(body["components"]) if one["type"] == BUTTON)
