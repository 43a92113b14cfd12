"""What somebody sees in Slack after a gesture: it says all that was answered, to those who may see it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from bot.ctx import Request
from bot.ui import Card, Form, No, Reply
from tests.slack.checks import elements_of
from tests.slack.nouns import Body, Post
from tests.slack.state import Workspace
from tests.speakers.shown import asked, buttons_in, missing, texts_of
from tests.speakers.typist import Typist

LONGEST_LINE = 2000
LATER = ("Open the form", "Open again")


class Screen:
    """Everybody's Slack."""

    def __init__(self, slack: Workspace, typist: Typist) -> None:
        self.slack = slack
        self.typist = typist

    def answered(self, request: Request, reply: Reply, posts: list[Post], people: Mapping[str, str]) -> None:
        """What the one who asked sees of the answer, and nobody else; `people` are users by members' short ids."""
        key = request.who.key
        mine = [post for post in (*self.slack.turned, *posts) if post.body.get("user") != key]
        self.slack.turned.clear()
        assert all(post.only == key or post.channel == self.slack.dm(key) for post in mine), "others see the answer"
        match reply:
            case None:
                assert not mine, "something is shown although there is no answer"
            case Form():
                self._asks(request, reply, mine, people)
            case No() if request.given and self.slack.refusals.get(key):
                self._has(texts_of(replace(reply, buttons=())), " ".join(self.slack.refusals[key].values()))
            case Card() | No():
                self.says(reply, mine)

    def _asks(self, request: Request, form: Form, posts: list[Post], people: Mapping[str, str]) -> None:
        """A form is open where one can be, else a button opens it."""
        view = self.slack.modals(request.who.key)
        if request.channel or view is not None:
            assert view is not None, f"no form is open for {request.line!r}"
            wanted = (f"<@{people[one]}>" if one in people else one for one in asked(form))
            self._has(wanted, self._read(view))
        else:
            assert set(LATER) & set(self.labels(posts)), "no button brings the form"

    def says(self, said: Card | No, posts: list[Post]) -> None:
        """These messages say all of it, and all its buttons are there."""
        self._has(texts_of(said), " ".join(self._read(post.body.get("blocks", [])) for post in posts))
        lines = {element.get("value") for element in _elements(posts)}
        gone = [one for one in buttons_in(said) if one.line not in lines and len(one.line) <= LONGEST_LINE]
        assert not gone, f"Slack shows no {gone}"

    def _has(self, wanted: Iterable[str], shown: str) -> None:
        gone = missing((self.typist.named(one) for one in wanted), shown)
        assert not gone, f"Slack does not show {gone}, only {shown}"

    def since(self, ts: str) -> list[Post]:
        """The message of that name, and what came after it in the same conversation."""
        at = next(number for number, post in enumerate(self.slack.posts) if post.body["ts"] == ts)
        return [post for post in self.slack.posts[at:] if post.channel == self.slack.posts[at].channel]

    def labels(self, posts: list[Post]) -> list[str]:
        """What stands on the buttons of these messages."""
        return [element["text"]["text"] for element in _elements(posts)]

    def _read(self, node: Any) -> str:
        """All texts in a body, as they are read on the screen."""
        match node:
            case {"type": "checkboxes"}:
                return "yes" if node.get("initial_options") else "no"
            case {"type": "mrkdwn", "text": str(text)}:
                return self.typist.read(text)
            case dict():
                return " ".join((*self._known(node), *map(self._read, node.values()), *_plain(node)))
            case list():
                return "".join(map(self._read, node))
            case _:
                return ""

    def _known(self, element: Body) -> Iterator[str]:
        """What stands in a field before anybody touches it."""
        yield from (str(element[name]) for name in ("initial_value", "initial_date") if name in element)
        people = (*element.get("initial_users", ()), element.get("initial_user"))
        yield from (self.typist.named(f"<@{one}>") for one in people if one)


def _elements(posts: list[Post]) -> list[Body]:
    return [one for post in posts for block in post.body.get("blocks", []) for one in elements_of(block)]


def _plain(node: Body) -> tuple[str, ...]:
    return (node["text"],) if isinstance(node.get("text"), str) else ()
