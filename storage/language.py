"""Which embedding model serves, and what is known of each; kept once for the whole installation."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from storage.machinery import LanguageModel, Vector


def of(db: Session, name: str) -> LanguageModel | None:
    """What is known of a model."""
    return db.get(LanguageModel, name)


def serving(db: Session) -> str:
    """The model whose vectors are complete; before that was ever noted, the one that has the most; "" for none."""
    newest = select(LanguageModel.name).where(col(LanguageModel.serves_since).is_not(None))
    noted = db.exec(newest.order_by(col(LanguageModel.serves_since).desc())).first()
    return noted or _fullest(db)


def _fullest(db: Session) -> str:
    query = select(Vector.model).group_by(Vector.model).order_by(func.count().desc(), Vector.model)
    return db.exec(query).first() or ""


def serve(db: Session, name: str, now: datetime) -> None:
    """From now on this model serves."""
    row = of(db, name) or LanguageModel(name=name)
    row.serves_since = now
    db.add(row)


def calibrate(db: Session, name: str, scale: str, cases: int, now: datetime) -> None:
    """Keeps the scale of a model in place of the one before."""
    row = of(db, name) or LanguageModel(name=name)
    row.scale, row.cases, row.calibrated_at = scale, cases, now
    db.add(row)
