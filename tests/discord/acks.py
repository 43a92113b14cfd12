"""What Discord makes of answers to interactions: the first one within three seconds, more within fifteen minutes."""

from collections.abc import Callable

from tests.discord import talk
from tests.discord.checks import flaws_of_choices, flaws_of_modal
from tests.discord.gateway import Sockets
from tests.discord.marks import (
    AUTOCOMPLETE,
    CHOICES,
    COMMAND,
    COMPONENT,
    EPHEMERAL,
    FORM,
    LATER,
    LATER_UPDATE,
    LOADING,
    MESSAGE,
    MODAL,
    UPDATE,
)
from tests.discord.nouns import Body, Call, Interaction, Post, Refused
from tests.discord.state import APPLICATION
from tests.discord.valid import flaws_of

TO_COMMAND, TO_COMPONENT, TO_FORM = (
    (MESSAGE, LATER, MODAL),
    (MESSAGE, LATER, LATER_UPDATE, UPDATE, MODAL),
    (MESSAGE, LATER),
)

TAKES = {
    COMMAND: TO_COMMAND,
    COMPONENT: TO_COMPONENT,
    AUTOCOMPLETE: (CHOICES,),
    FORM: TO_FORM,
}


def callback(discord: Sockets, call: Call) -> Body | None:
    """`POST /interactions/{}/{}/callback`."""
    met = _fresh(discord, call)
    kind = call.args.get("type")
    takes = (*TAKES[met.type], LATER_UPDATE, UPDATE) if met.type == FORM and met.about else TAKES[met.type]
    if kind not in takes:
        talk.refused_if(discord, call.route, [f"type: {kind} is no answer to {met.name}, only {sorted(takes)}"])
    _judged(discord, call, kind)
    met.kind, met.data = kind, call.args.get("data") or {}
    _DONE.get(kind, _nothing)(discord, call, met)
    met.answered.set()
    return _told(met) if call.query.get("with_response") in ("1", "true") else None


def _fresh(discord: Sockets, call: Call) -> Interaction:
    met = discord.interactions.get(call.params["interaction_token"])
    if met is None or met.id != call.params["interaction_id"]:
        raise Refused(404, 10062)
    if met.kind:
        discord.violations.append(f"{met.name} was answered twice")
        raise Refused(400, 40060)
    if discord.clock() - met.at > discord.answer_seconds:
        raise Refused(404, 10062)
    return met


def _judged(discord: Sockets, call: Call, kind: int) -> None:
    """A body that Discord would not take is turned away, and the interaction stays open."""
    data, described = call.args.get("data") or {}, f"callback {kind}"
    if kind in (MESSAGE, UPDATE):
        talk.checked(discord, call, described, data, whole=kind == MESSAGE)
        return
    checks = {CHOICES: lambda told: flaws_of_choices(told.get("choices") or []), MODAL: flaws_of_modal}
    talk.refused_if(discord, call.route, flaws_of(described, call.args, checks.get(kind, lambda _told: []), data))


def _nothing(discord: Sockets, call: Call, met: Interaction) -> None:
    """Answers that bring no message: choices, a form, an update put off."""
    if met.kind == LATER_UPDATE:
        met.original = met.about


def _posted(discord: Sockets, call: Call, met: Interaction) -> None:
    met.original = _made(discord, met, met.data, call)
    if met.kind == LATER:
        met.original.body["flags"] |= LOADING
    else:
        met.said.set()
        talk.told(discord, met.original)


def _updated(discord: Sockets, call: Call, met: Interaction) -> None:
    assert met.about
    met.original = met.about
    talk.changed(discord, met.about, met.data, call.files)
    talk.told(discord, met.about, "MESSAGE_UPDATE")
    discord.turned.append(met.about)
    met.said.set()


_DONE: dict[int, Callable[[Sockets, Call, Interaction], None]] = {MESSAGE: _posted, LATER: _posted, UPDATE: _updated}


def _made(discord: Sockets, met: Interaction, args: Body, call: Call) -> Post:
    only = met.user if (args.get("flags") or 0) & EPHEMERAL else ""
    post = talk.made(discord, met.channel, args, call.files, only)
    user = discord.users[met.user].described()
    whose = {"id": met.id, "type": met.type, "user": user, "authorizing_integration_owners": {}}
    post.body |= {"interaction_metadata": whose, "webhook_id": APPLICATION}
    return post


def _told(met: Interaction) -> Body:
    """What `with_response` asks for."""
    known: Body = {"id": met.id, "type": met.type}
    resource: Body = {"type": met.kind}
    if met.original:
        known["response_message_id"] = met.original.id
        known["response_message_loading"] = met.kind == LATER
        known["response_message_ephemeral"] = bool(met.original.only)
        if met.kind in (MESSAGE, UPDATE):
            resource["message"] = met.original.body
    return {"interaction": known, "resource": resource}


def _hook(discord: Sockets, call: Call) -> Interaction:
    """The interaction whose token a call carries, while it is good."""
    met = discord.interactions.get(call.params["webhook_token"])
    if met is None or call.params["webhook_id"] != APPLICATION:
        raise Refused(401, 50027)
    if discord.clock() - met.at > discord.token_seconds:
        raise Refused(401, 50027)
    if not met.kind:
        raise Refused(404, 10015)
    return met


def follow_up(discord: Sockets, call: Call) -> Body:
    """`POST /webhooks/{}/{}`: another message; the first one takes the place of one that was put off."""
    met = _hook(discord, call)
    args = talk.checked(discord, call, call.route)
    if met.original and met.original.body["flags"] & LOADING:
        return _finished(discord, call, met, met.original, args)
    post = _made(discord, met, args, call)
    met.later.append(post)
    talk.told(discord, post)
    met.said.set()
    return post.body


def _finished(discord: Sockets, call: Call, met: Interaction, post: Post, args: Body) -> Body:
    """A message of this interaction says something else, or at last something."""
    fresh = bool(post.body["flags"] & LOADING)
    talk.changed(discord, post, args, call.files)
    post.body["flags"] &= ~LOADING
    if not fresh:
        post.body["edited_timestamp"] = discord.now()
        discord.turned.append(post)
    talk.told(discord, post, "MESSAGE_CREATE" if fresh else "MESSAGE_UPDATE")
    met.said.set()
    return post.body


def _named(discord: Sockets, call: Call) -> tuple[Interaction, Post]:
    met = _hook(discord, call)
    name = call.params.get("message_id", "@original")
    posts = [met.original, *met.later] if met.original else met.later
    found = met.original if name == "@original" else next((one for one in posts if one and one.id == name), None)
    if found is None or found not in discord.posts:
        raise Refused(404, 10008)
    return met, found


def get_answer(discord: Sockets, call: Call) -> Body:
    """`GET /webhooks/{}/{}/messages/{}`."""
    return _named(discord, call)[1].body


def edit_answer(discord: Sockets, call: Call) -> Body:
    """`PATCH /webhooks/{}/{}/messages/{}`."""
    met, post = _named(discord, call)
    empty = bool(post.body["flags"] & LOADING)
    described = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
    return _finished(discord, call, met, post, talk.checked(discord, call, described, whole=empty))


def delete_answer(discord: Sockets, call: Call) -> None:
    """`DELETE /webhooks/{}/{}/messages/{}`."""
    met, post = _named(discord, call)
    talk.gone(discord, post)
    met.said.set()
