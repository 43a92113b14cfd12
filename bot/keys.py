"""The community's signing keys: made at first use, kept encrypted, rotated, the old ones still there to verify with."""

from sqlmodel import col, select

from bot import credential
from bot.ctx import Ctx, Refusal
from storage.records import SigningKey
from storage.secrets import Safe, WrongKey

NO_SAFE = "Signing keys cannot be kept safe here yet: {why} That is for whoever runs me; members can do nothing wrong."


def listed(ctx: Ctx) -> list[SigningKey]:
    """All of them, the one in use first."""
    rows = ctx.db.exec(select(SigningKey).order_by(col(SigningKey.id).desc())).all()
    return sorted(rows, key=lambda row: row.retired_at is not None)


def current(ctx: Ctx) -> SigningKey:
    """The one in use; the first is made when it is needed."""
    for row in listed(ctx):
        if row.retired_at is None:
            return row
    return _made(ctx)


def rotate(ctx: Ctx) -> SigningKey:
    """A new key from now on; what older ones signed stays verifiable with them."""
    for row in listed(ctx):
        row.retired_at = row.retired_at or ctx.now
        ctx.db.add(row)
    return _made(ctx)


def private(ctx: Ctx, key: SigningKey) -> str:
    """The private half, PEM."""
    try:
        return _safe(ctx).decrypt(key.sealed)
    except WrongKey as error:
        raise Refusal(NO_SAFE, why=str(error)) from error


def _made(ctx: Ctx) -> SigningKey:
    public, pem = credential.new_key()
    key = SigningKey(public=public, sealed=_safe(ctx).encrypt(pem), made_at=ctx.now)
    ctx.db.add(key)
    ctx.db.flush()
    return key


def _safe(ctx: Ctx) -> Safe:
    try:
        return ctx.safe()
    except WrongKey as error:
        raise Refusal(NO_SAFE, why=str(error)) from error
