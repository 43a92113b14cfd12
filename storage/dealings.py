"""The tables of what happens around a piece of work: drafts, recommendations, questions, and how far it was told."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.columns import Owned, at, own_id, to


class Draft(Owned, table=True):
    """An opportunity that somebody has begun to post, and the channel they did it in; `answers` as JSON.

    `message` is the one that it was made of, if it was.
    """

    __table_args__ = (UniqueConstraint("community_id", "number"),)
    id: int = own_id()
    number: int
    member_id: int = to("member.id")
    answers: str
    place_id: int = to("place.id", index=False)
    channel: str = ""
    saved_at: datetime = at()
    message: str = Field(default="", index=True)


class Report(Owned, table=True):
    """A member says that an opportunity is closed, broken, or a duplicate; `answered_at`: its poster said no."""

    __table_args__ = (UniqueConstraint("opportunity_id", "member_id"),)
    id: int = own_id()
    opportunity_id: int = to("opportunity.id")
    member_id: int = to("member.id")
    why: str
    reported_at: datetime = at()
    answered_at: datetime | None = at(None)


class Referral(Owned, table=True):
    """A member passed an opportunity to a peer, and said why."""

    __table_args__ = (UniqueConstraint("opportunity_id", "giver_id", "member_id"),)
    id: int = own_id()
    opportunity_id: int = to("opportunity.id")
    giver_id: int = to("member.id")
    member_id: int = to("member.id")
    why: str
    referred_at: datetime = at(index=True)


class Remark(Owned, table=True):
    """A question or an answer between a poster and someone who may take the work, before names are exchanged."""

    id: int = own_id()
    opportunity_id: int = to("opportunity.id")
    member_id: int = to("member.id")
    by_poster: bool
    words: str
    said_at: datetime = at()


class Reach(Owned, table=True):
    """How far a digest told of an opportunity: how many fitted well enough, and how many were written to."""

    __table_args__ = (UniqueConstraint("digest_id", "opportunity_id"),)
    id: int = own_id()
    digest_id: int = to("digest.id")
    opportunity_id: int = to("opportunity.id")
    fitting: int
    told: int


class LeftOut(Owned, table=True):
    """One of those who fitted best among the ones a digest did not write to, so that attention spreads."""

    __table_args__ = (UniqueConstraint("digest_id", "opportunity_id", "member_id"),)
    id: int = own_id()
    digest_id: int = to("digest.id")
    opportunity_id: int = to("opportunity.id")
    member_id: int = to("member.id")
    score: float
