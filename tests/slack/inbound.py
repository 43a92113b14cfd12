"""What people do in Slack: each gesture becomes the request that Slack would send, by HTTP or by socket."""

import asyncio
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.slack import acks, filling, payloads, talk
from tests.slack.acks import Ack, Sent
from tests.slack.checks import elements_of
from tests.slack.nouns import Body, Hook, Post, User
from tests.slack.sockets import Sockets

LOOK_SECONDS = 0.005
SOCKET = {"command": "slash_commands", "interactive": "interactive", "event": "events_api"}


@dataclass(repr=False)
class Inbound(Sockets):
    """The sending side; `app_url` is where the app listens, `mode` is http or socket."""

    app_url: str = ""
    mode: str = "http"
    ack_seconds: float = 3.0
    http: aiohttp.ClientSession = field(init=False)

    async def deliver(self, sent: Sent, *, expects: int = 200, **how: Any) -> Ack:
        """Sends one thing and judges what comes back; `how`: retry, reason, age, secret."""
        started = time.perf_counter()
        try:
            way = self._by_socket if self.mode == "socket" else self._by_http
            status, body = await way(sent, **how)
        except TimeoutError:
            status, body = 0, None
        ack = Ack(status, body, time.perf_counter() - started, sent)
        if status == 0 and expects:
            self.problems.append(f"{sent.name} was not acked within {self.ack_seconds:g} s")
        elif status != expects:
            self.problems.append(f"{sent.name} was answered with {status}: {body}")
        elif status == 200:
            acks.judged(self, ack)
        return ack

    async def again(self, ack: Ack, retry: int = 1, reason: str = "http_timeout", **how: Any) -> Ack:
        """Sends the same thing once more, as Slack does when it saw no ack."""
        return await self.deliver(ack.sent, retry=retry, reason=reason, **how)

    async def _by_socket(self, sent: Sent, retry: int = 0, reason: str = "timeout", **_http: Any) -> tuple[int, Any]:
        more = {"retry_attempt": retry, "retry_reason": reason if retry else ""} if sent.kind == "event" else {}
        return 200, await self.enveloped(SOCKET[sent.kind], sent.payload, self.ack_seconds, **more)

    async def _by_http(
        self, sent: Sent, retry: int = 0, reason: str = "http_timeout", age: float = 0, secret: str | None = None
    ) -> tuple[int, Any]:
        body, kind = encoded(sent)
        headers = {"Content-Type": kind, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        headers |= signed(self.signing_secret if secret is None else secret, body, time.time() - age)
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        limit = aiohttp.ClientTimeout(total=self.ack_seconds)
        async with self.http.post(self.app_url, data=body.encode(), headers=headers, timeout=limit) as answer:
            text = await answer.text()
            is_json = answer.content_type == "application/json" and text
            return answer.status, json.loads(text) if is_json else text

    def told(self, hook: Hook, body: Body) -> None:
        """A response URL was used."""
        acks.shown(self, hook, body)

    def typed(self, text: str) -> str:
        """What Slack makes of what somebody types, with its escaping on: `@ben` becomes `<@U2|ben>`."""
        for mark, escape in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            text = text.replace(mark, escape)
        for user in self.users.values():
            text = re.sub(rf"@{re.escape(user.name)}\b", f"<@{user.id}|{user.name}>", text)
        for one in self.channels.values():
            text = re.sub(rf"#{re.escape(one.name)}\b", f"<#{one.id}|{one.name}>", text)
        return text

    async def command(self, user: str, name: str, text: str = "", channel: str = "C1", **how: Any) -> Ack:
        """A slash command; `text` goes out as it is, so give `slack.typed(...)` for what is typed with escaping on."""
        fields = payloads.command(self, self.users[user], name, text, channel)
        return await self.deliver(Sent("command", fields), **how)

    async def event(self, happened: Body, team: str = "T1", **how: Any) -> Ack:
        """Anything of the Events API."""
        return await self.deliver(Sent("event", payloads.event(self, team, happened)), **how)

    async def says(self, user: str, text: str, channel: str = "", thread: str = "", **how: Any) -> Ack | None:
        """A message by a person: in a direct message always told to the app, elsewhere when it mentions the bot."""
        room = self.channels[channel or self.dm(user)]
        team = self.teams[room.team]
        under = {"thread_ts": thread} if thread else {}
        post = self.post(room.id, {"user": user, "text": text, "team": team.id, **under})
        told = {**post.body, "channel": room.id, "event_ts": post.body["ts"]}
        if room.kind == "im":
            return await self.event({**told, "type": "message", "channel_type": "im"}, team.id, **how)
        if f"<@{team.bot_user}" in text:
            return await self.event({**told, "type": "app_mention"}, team.id, **how)
        return None

    async def reacts(self, user: str, message: Body, emoji: str, **how: Any) -> Ack:
        """A reaction on a message."""
        assert talk.reacted(message, emoji, user), f"{user} has reacted with {emoji} already"
        return await self._reaction("reaction_added", user, message, emoji, **how)

    async def unreacts(self, user: str, message: Body, emoji: str, **how: Any) -> Ack:
        """A reaction taken back."""
        one = next(one for one in message["reactions"] if one["name"] == emoji)
        one["users"].remove(user)
        one["count"] -= 1
        return await self._reaction("reaction_removed", user, message, emoji, **how)

    async def _reaction(self, kind: str, user: str, message: Body, emoji: str, **how: Any) -> Ack:
        post = next(one for one in self.posts if one.body["ts"] == message["ts"])
        item = {"type": "message", "channel": post.channel, "ts": message["ts"]}
        happened = {"type": kind, "user": user, "reaction": emoji, "item": item, "item_user": message.get("user", "")}
        return await self.event(happened, self.users[user].team, **how)

    async def opens_home(self, user: str, tab: str = "home", **how: Any) -> Ack:
        """Somebody looks at the app."""
        view = {"view": self.homes[user]} if user in self.homes else {}
        happened = {"type": "app_home_opened", "user": user, "channel": self.dm(user), "tab": tab, **view}
        return await self.event(happened, self.users[user].team, **how)

    async def shortcut(self, callback: str, user: str, message: Body | None = None, **how: Any) -> Ack:
        """A menu entry, anywhere or on a message."""
        post = next((one for one in self.posts if message and one.body["ts"] == message["ts"]), None)
        return await self._acted(payloads.shortcut(self, self.users[user], callback, post), **how)

    async def _acted(self, payload: Body, **how: Any) -> Ack:
        return await self.deliver(Sent("interactive", payload), **how)

    async def press(self, user: str, label: str, on: Body | None = None, **how: Any) -> Ack:
        """A button by its text: on a message or view, else the newest one that shows it to that person."""
        where, block, element = self._element(user, on, lambda one: one.get("text", {}).get("text") == label, label)
        return await self._acted(payloads.pressed(self, self.users[user], where, block, element, {}), **how)

    async def pick(self, user: str, name: str, text: str, on: Body | None = None, **how: Any) -> Ack:
        """An option by its text, in a select found by its placeholder or action_id."""
        where, block, element = self._element(user, on, lambda one: name in _names(one), name)
        options = await self._offered(self.users[user], where, block, element, text)
        state = filling.chosen(element, options, text) if element["type"] in filling.CHOSEN else None
        chosen = state or filling.typed(self, element, text)
        return await self._acted(payloads.pressed(self, self.users[user], where, block, element, chosen), **how)

    def _element(self, user: str, on: Body | None, fits: Any, name: str) -> tuple[Body, Body, Body]:
        for where, blocks in self._surfaces(self.users[user], on):
            for block in blocks:
                for element in elements_of(block):
                    if fits(element):
                        return where, block, element
        raise AssertionError(f"{user} sees nothing called {name!r}; newest: {self._seen(user)}")

    def _surfaces(self, user: User, on: Body | None) -> list[tuple[Body, list[Body]]]:
        """What that person has before the eyes: the form, messages from the newest, the home tab."""
        views = [*reversed(self.stacks.get(user.id, [])), *([self.homes[user.id]] if user.id in self.homes else [])]
        posts = self.timeline(user.id)
        if on is not None:
            views = [view for view in views if view["id"] == on.get("id")]
            posts = [post for post in posts if post.body["ts"] == on.get("ts")]
        forms = [(payloads.in_view(view), view["blocks"]) for view in views]
        said = [(self._placed(user, post), post.body.get("blocks", [])) for post in posts]
        return [*said, *forms] if on is None and not self.stacks.get(user.id) else [*forms, *said]

    def _placed(self, user: User, post: Post) -> Body:
        return payloads.in_message(self, user, post)

    def _seen(self, user: str) -> list[str]:
        return [str(post.body.get("text")) for post in self.timeline(user)[:3]]

    async def suggest(self, user: str, field: str, typed: str, view: Body | None = None, **how: Any) -> Ack:
        """Typing into an external select of the open form, by its label or name."""
        view = view or self._form(user)
        name = next(iter(filling.assigned(view, {field: typed})))
        block = next(block for block in filling.fields_of(view) if block["block_id"] == name)
        return await self._asked(self.users[user], payloads.in_view(view), block, block["element"], typed, **how)

    async def _asked(self, user: User, where: Body, block: Body, element: Body, typed: str, **how: Any) -> Ack:
        least = element.get("min_query_length", 3)
        assert len(typed) >= least, f"Slack asks for suggestions only from {least} characters on"
        return await self._acted(payloads.suggestion(self, user, where, block, element, typed), **how)

    async def _offered(self, user: User, where: Body, block: Body, element: Body, value: Any) -> list[Body]:
        """The options that somebody can pick from, fetched where they are external."""
        if "external" not in element["type"]:
            return filling.offered(element)
        found: list[Body] = []
        for text in [value] if isinstance(value, str) else value or []:
            found += (await self._asked(user, where, block, element, text)).options
        return found

    def _form(self, user: str) -> Body:
        view = self.modals(user)
        assert view is not None, f"{user} has no form open"
        return view

    async def submit(self, user: str, values: Mapping[str, Any], view: Body | None = None, **how: Any) -> Ack:
        """Fills the open form by labels or names and sends it, if Slack's own client lets it through."""
        view = view or self._form(user)
        meant = filling.assigned(view, values)
        for block in filling.fields_of(view):
            await self._fill(self.users[user], view, block, meant)
        return await self._acted(payloads.submission(self, self.users[user], view), **how)

    async def _fill(self, user: User, view: Body, block: Body, meant: Mapping[str, Any]) -> None:
        name, element, state = block["block_id"], block["element"], view["state"]["values"]
        fields = state.setdefault(name, {})
        if name in meant:
            fields[element["action_id"]] = await self._filled(user, view, block, meant[name])
        else:
            fields.setdefault(element["action_id"], filling.initial(element))
        why = filling.stopped(block, fields[element["action_id"]])
        if why:
            raise filling.Unfit(why)

    async def _filled(self, user: User, view: Body, block: Body, value: Any) -> Body:
        element = block["element"]
        if element["type"] not in filling.CHOSEN:
            return filling.typed(self, element, value)
        options = await self._offered(user, payloads.in_view(view), block, element, value)
        return filling.chosen(element, options, value)

    async def leaves(self, user: str, **how: Any) -> Ack | None:
        """Closes the open form; the app hears of it only when it asked to."""
        view = self.stacks[user].pop()
        if not view["notify_on_close"]:
            return None
        return await self._acted(payloads.closed(self, self.users[user], view), **how)

    async def until(self, true: Callable[[], Any], seconds: float = 5.0) -> Any:
        """Waits until something holds, as what comes after the ack takes its time; gives what held."""
        for _look in range(int(seconds / LOOK_SECONDS)):
            if found := true():
                return found
            await asyncio.sleep(LOOK_SECONDS)
        raise AssertionError(f"nothing came of it in {seconds:g} s")


def _names(element: Body) -> tuple[str, str]:
    return element["action_id"], element.get("placeholder", {}).get("text", "")


def encoded(sent: Sent) -> tuple[str, str]:
    """The body exactly as Slack writes it, and its content type."""
    if sent.kind == "event":
        return json.dumps(sent.payload), "application/json"
    fields = sent.payload if sent.kind == "command" else {"payload": json.dumps(sent.payload)}
    return urlencode(fields), "application/x-www-form-urlencoded"


def signed(secret: str, body: str, at: float) -> dict[str, str]:
    """Slack's signature, version 0."""
    base = f"v0:{int(at)}:{body}".encode()
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(int(at)), "X-Slack-Signature": f"v0={digest}"}
