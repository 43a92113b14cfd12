"""What the scenarios of this folder have in common."""

from datetime import UTC, datetime

from bot.credential import Endorser, Statement, new_key, sign

SAID = Statement(
    "Ångström & Co",
    "Béa <x>",
    datetime(2026, 10, 5, 9, 1, 2, tzinfo=UTC),
    "2.31",
    4,
    (("Docker", "1.20"), ("C++", "0.40"), ("日本語", "0.10")),
    (Endorser("ana", "vouched", "Great @here"), Endorser("ben", "thanked 3 times")),
)


PUBLIC, PRIVATE = new_key()


DATA = sign(SAID, "r1", PUBLIC, PRIVATE)


def leaves(value, path=()):
    """The paths to every text of a document."""
    if isinstance(value, str):
        yield path
        return
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from leaves(inner, (*path, key))
