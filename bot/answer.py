"""What a request gets: the reply, and how everybody on it is called where it was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import Session

from bot.accounts import accounts_in, keys_in
from bot.ui import Form, No, Reply, mentions


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply, with the accounts of those whom it names at the place of the request.

    `faces` are account keys by member id; `written` are those of the members on a form, as they stand there (`@m12`).
    `again` says that it had been answered before: where an answer is a message of its own, a redelivery says nothing.
    """

    reply: Reply
    faces: Mapping[int, str] = field(default_factory=dict[int, str])
    written: Mapping[str, str] = field(default_factory=dict[str, str])
    again: bool = False


def answered(db: Session, place_id: int, reply: Reply, again: bool = False) -> Answer:
    """The answer, with everybody on it looked up in the session of the reply."""
    faces = accounts_in(db, place_id, mentions(reply))
    return Answer(reply, faces, keys_in(db, place_id, _members_on(form_of(reply))), again)


def form_of(reply: Reply) -> Form | None:
    """The form that a reply opens, or brings back as it was filled in."""
    return reply if isinstance(reply, Form) else reply.again if isinstance(reply, No) else None


def _members_on(form: Form | None) -> list[str]:
    fields = [one for one in form.fields if one.kind == "member"] if form else []
    return [value for one in fields for value in one.values]
