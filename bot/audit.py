"""`audit`: what admins changed, so that every one of them can answer for it."""

import re
from collections.abc import Sequence
from typing import Annotated

from sqlmodel import Session, col, select

from bot import people
from bot.command import command
from bot.ctx import Ctx
from bot.kinds import Ask
from bot.line import write
from bot.pages import paged
from bot.text import Text, clamp, md
from bot.ui import Reply, card
from storage.machinery import Audit
from storage.models import Member

MOST, LONGEST = 500, 200
_NUMBERED = re.compile(r"@m(\d{1,9})\b")


@command("audit", "What admins changed here, and when", example="audit @ben", admin=True, first=11)
def audit(
    ctx: Ctx,
    by: Annotated[Member | None, Ask("By whom?", hint="empty: everybody", gone=True)] = None,
    page: Annotated[int, Ask("Page", least=1)] = 1,
) -> Reply:
    """The newest first; people are called by the names that they have now."""
    query = select(Audit).where(Audit.member_id == by.id) if by else select(Audit)
    rows = ctx.db.exec(query.order_by(col(Audit.done_at).desc(), col(Audit.id).desc()).limit(MOST)).all()
    if not rows:
        return card("{who} has changed nothing yet.", who=by) if by else card("No admin has changed anything yet.")
    admins, names = people.by_ids(ctx.db, (row.member_id for row in rows)), _names(ctx.db, rows)
    again = write(audit, {"by": by} if by else {})
    nodes = paged(rows, page, lambda row: _told(row, admins[row.member_id], names), lambda at: f"{again} page:{at}")
    return card("What admins changed", *nodes)


def _names(db: Session, rows: Sequence[Audit]) -> dict[int, str]:
    """Those who are meant by `@m12`."""
    numbers = {int(number) for row in rows for number in _NUMBERED.findall(row.line)}
    return dict(db.exec(select(Member.number, Member.name).where(col(Member.number).in_(numbers))).all())


def _told(row: Audit, admin: Member, names: dict[int, str]) -> Text:
    said = _NUMBERED.sub(lambda found: f"@{names.get(int(found[1]), found[0][1:])}", row.line)
    return md("{when}, {who}: {said}", when=row.done_at, who=admin, said=clamp(said, LONGEST))
