"""The tables of people, skills, thanks, intros and work. What belongs to a community inherits `Owned`."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, event
from sqlmodel import Field, SQLModel

from storage.columns import Owned, at, once, own_id, to
from storage.types import SORTED


class Community(SQLModel, table=True):
    """A professional collective, on as many platforms as it likes."""

    id: int = own_id()
    name: str
    zone: str = "UTC"
    created_at: datetime = at()


class Place(SQLModel, table=True):
    """A Slack team, a Discord guild or the terminal; `home` is the channel that it has for everybody, if any."""

    __table_args__ = (UniqueConstraint("platform", "key"),)
    id: int = own_id()
    community_id: int = to("community.id")
    platform: str
    key: str
    name: str = ""
    bot_key: str = ""
    home: str = ""


class Member(Owned, table=True):
    """A person of the collective, whatever their accounts. Number 0 is the bot itself."""

    __table_args__ = (UniqueConstraint("community_id", "number"), Index(None, "community_id", "folded"))
    id: int = own_id()
    number: int
    name: str
    folded: str = Field(default="", sa_type=SORTED)  # pyright: ignore[reportArgumentType, reportCallIssue]
    kind: str = "person"
    about: str = ""
    zone: str = ""
    zone_changed_at: datetime | None = at(None)
    hours: int | None = None
    free_from: date | None = None
    named_in_digest: bool = True
    on_boards: bool = True
    tips: int = 3
    named_in_credentials: bool = False
    tips_every: int = 1
    quiet_from: int = 22
    quiet_to: int = 7
    admin: bool = False
    granted: bool = False
    vetted: bool = False
    joined_at: datetime = at()
    greeted_at: datetime | None = at(None)
    left_at: datetime | None = at(None)
    same_as_id: int | None = to("member.id", None)


class Account(Owned, table=True):
    """How a member is called in one place, and whether its platform says that they are admin there."""

    __table_args__ = (UniqueConstraint("place_id", "key"),)
    id: int = own_id()
    member_id: int = to("member.id")
    place_id: int = to("place.id")
    key: str
    admin: bool = False


class Skill(Owned, table=True):
    """A canonical skill that somebody claimed or needs."""

    __table_args__ = (UniqueConstraint("community_id", "normal"),)
    id: int = own_id()
    name: str
    normal: str
    area: str = ""


class Alias(Owned, table=True):
    """Another name of a skill, learned by this community."""

    __table_args__ = (UniqueConstraint("community_id", "normal"),)
    id: int = own_id()
    skill_id: int = to("skill.id")
    normal: str
    name: str = ""


class Claim(Owned, table=True):
    """A member says: I can do this."""

    __table_args__ = (UniqueConstraint("member_id", "skill_id"),)
    id: int = own_id()
    member_id: int = to("member.id")
    skill_id: int = to("skill.id")
    level: str
    evidence: str = ""
    claimed_at: datetime = at(index=True)
    dropped_at: datetime | None = at(None)


class Vouch(Owned, table=True):
    """Another member says: I have seen them do it."""

    __table_args__ = (UniqueConstraint("claim_id", "voucher_id"),)
    id: int = own_id()
    claim_id: int = to("claim.id")
    voucher_id: int = to("member.id")
    note: str = ""
    vouched_at: datetime = at()


class Kudos(Owned, table=True):
    """A thank-you in the giver's words, or by a reaction; whoever gives it gives it once for one source."""

    __table_args__ = (
        UniqueConstraint("community_id", "number"),
        Index(None, "giver_id", "given_at"),
        once("uq_kudos_giver_id_source", "undone_at IS NULL", "giver_id", "source"),
    )
    id: int = own_id()
    number: int
    giver_id: int = to("member.id", index=False)
    reason: str
    skill_id: int | None = to("skill.id", None)
    source: str = Field(default="", index=True)
    message: str = Field(default="", index=True)
    link: str = ""
    emoji: str = ""
    given_at: datetime = at(index=True)
    undone_at: datetime | None = at(None)
    revoked: str = ""


class Thanked(Owned, table=True):
    """One of the people whom a kudos thanks."""

    __table_args__ = (UniqueConstraint("kudos_id", "member_id"),)
    id: int = own_id()
    kudos_id: int = to("kudos.id")
    member_id: int = to("member.id")
    hidden_at: datetime | None = at(None)


class Entry(Owned, table=True):
    """One row of the ledger of reputation: never changed, only reversed by another row, once.

    A merge of two skills files it under the other one, and files it back when it is undone; nothing else of it moves.

    `turn` counts how often the same word was taken back before, so that it cannot stand twice at one time.
    """

    __table_args__ = (
        UniqueConstraint("reverses_id"),
        Index(None, "kind", "source"),
        once("uq_entry_once", "reverses_id IS NULL", "source", "kind", "giver_id", "receiver_id", "turn"),
    )
    id: int = own_id()
    kind: str
    source: str
    giver_id: int = to("member.id")
    receiver_id: int = to("member.id")
    skill_id: int | None = to("skill.id", None)
    weight: float
    turn: int = 0
    entered_at: datetime = at()
    reverses_id: int | None = to("entry.id", None, index=False)


class Standing(Owned, table=True):
    """A member's standing as last computed from the ledger; without a skill, overall. `told_at`: that it fades."""

    __table_args__ = (UniqueConstraint("member_id", "skill_id"),)
    id: int = own_id()
    member_id: int = to("member.id", index=False)
    skill_id: int | None = to("skill.id", None)
    value: float
    voices: int = 0
    computed_at: datetime = at()
    told_at: datetime | None = at(None)


class Intro(Owned, table=True):
    """Someone asks to meet someone who can help; both agree before either is named."""

    __table_args__ = (UniqueConstraint("community_id", "number"),)
    id: int = own_id()
    number: int
    asker_id: int = to("member.id")
    expert_id: int | None = to("member.id", None)
    need: str
    state: str = Field(default="choosing", index=True)
    asked_at: datetime = at()
    answered_at: datetime | None = at(None)


class Candidate(Owned, table=True):
    """One of the people proposed for an intro, by number, so that the asker can pick without a name."""

    __table_args__ = (UniqueConstraint("intro_id", "rank"),)
    id: int = own_id()
    intro_id: int = to("intro.id")
    rank: int
    member_id: int = to("member.id")


class Opportunity(Owned, table=True):
    """A piece of sourced work; `message` is the one that it was made of, `link` an address that it names."""

    __table_args__ = (UniqueConstraint("community_id", "number"),)
    id: int = own_id()
    number: int
    poster_id: int = to("member.id")
    title: str
    description: str
    seats: int = 1
    hours: int | None = None
    pay: str = ""
    location: str = ""
    starts: date | None = None
    until: date | None = None
    teaser: bool = False
    state: str = Field(default="open", index=True)
    posted_at: datetime = at(index=True)
    tended_at: datetime | None = at(None)
    closed_at: datetime | None = at(None)
    message: str = Field(default="", index=True)
    link: str = Field(default="", index=True)


class Need(Owned, table=True):
    """A skill that an opportunity asks for, at which level at least, and how much it weighs (1 to 3)."""

    __table_args__ = (UniqueConstraint("opportunity_id", "skill_id"),)
    id: int = own_id()
    opportunity_id: int = to("opportunity.id")
    skill_id: int = to("skill.id")
    level: str = "practising"
    weight: int = 2


class Interest(Owned, table=True):
    """A member's answer to an opportunity: curious, interested, passed, declined (by its poster), named, filled."""

    __table_args__ = (UniqueConstraint("opportunity_id", "member_id"),)
    id: int = own_id()
    opportunity_id: int = to("opportunity.id")
    member_id: int = to("member.id")
    state: str
    why: str = ""
    answered_at: datetime = at()
    shown_at: datetime | None = at(None)
    decided_at: datetime | None = at(None)
    decided_why: str = ""


class Digest(Owned, table=True):
    """One weekly digest: posted once, with what it cost to spread attention."""

    __table_args__ = (UniqueConstraint("community_id", "day"),)
    id: int = own_id()
    day: date
    posted_at: datetime = at()
    relevance_lost: float = 0.0
    by_words: bool = False
    written: int = 0


class Tip(Owned, table=True):
    """An opportunity that a digest brought to a member, once, with what spoke for it; `said` is the words (a card)."""

    __table_args__ = (UniqueConstraint("opportunity_id", "member_id"),)
    id: int = own_id()
    opportunity_id: int = to("opportunity.id")
    member_id: int = to("member.id")
    score: float
    cover: float = 0.0
    standing: float = 0.0
    time: float = 0.0
    said: str = ""
    sent_at: datetime = at(index=True)
    told_at: datetime | None = at(None)


@event.listens_for(Member, "before_insert")
@event.listens_for(Member, "before_update")
def _fold(_mapper: object, _connection: object, member: Member) -> None:
    """People are found by name in any case, and quickly."""
    member.folded = member.name.casefold()
