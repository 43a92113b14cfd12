"""Work that readers have reported and its poster has not answered for, by word or by deed."""

from collections import Counter

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.dealings import Report
from storage.models import Opportunity

ENOUGH = 2


def reports_of(db: Session, opportunity: Opportunity) -> list[Report]:
    """The unanswered reports, the first first."""
    query = _unanswered().where(Report.opportunity_id == opportunity.id)
    return list(db.exec(query.order_by(col(Report.reported_at), col(Report.id))).all())


def doubted_ones(db: Session) -> set[int]:
    """Open work (ids) that so many have reported that it is not brought to anybody."""
    counts = Counter(one.opportunity_id for one in db.exec(_unanswered().where(Opportunity.state == "open")).all())
    return {one for one, number in counts.items() if number >= ENOUGH}


def _unanswered() -> SelectOfScalar[Report]:
    tended = col(Opportunity.tended_at)
    query = select(Report).join(Opportunity, col(Opportunity.id) == Report.opportunity_id)
    return query.where(col(Report.answered_at).is_(None), tended.is_(None) | (col(Report.reported_at) > tended))
