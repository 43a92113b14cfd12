"""Stored embeddings: found by model and content, so that no text is encoded twice, or by nearness."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pgvector.sqlalchemy import VECTOR
from sqlalchemy import Connection, cast, func, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from storage.machinery import Vector

Matrix = NDArray[np.float32]
Row = NDArray[np.float32]
BATCH = 500
INDEX = "hnsw_embedding_"


def digest_of(text: str) -> str:
    """The key of a text's content."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def pack(model: str, kind: str, text: str, rows: Matrix) -> Vector:
    """A matrix (n, d) float32 as it is stored: a point as it is, more rows as float16 (cosines keep to 0.001)."""
    digest = digest_of(text)
    if len(rows) == 1:
        return Vector(model=model, kind=kind, digest=digest, rows=1, point=np.asarray(rows[0], np.float32))
    data = np.ascontiguousarray(rows, dtype=np.float16).tobytes()
    return Vector(model=model, kind=kind, digest=digest, rows=len(rows), data=data)


def unpack(vector: Vector) -> Matrix:
    """The stored matrix (n, d) as float32."""
    if vector.point is not None:
        return np.asarray(vector.point, np.float32)[np.newaxis]
    flat = np.frombuffer(vector.data, dtype=np.float16).astype(np.float32)
    return flat.reshape(vector.rows, -1) if vector.rows else flat.reshape(0, 0)


def stored(db: Session, model: str, kind: str, texts: Iterable[str]) -> dict[str, Matrix]:
    """The matrices of those texts that were encoded before, by text."""
    by_digest = {digest_of(text): text for text in texts}
    wanted = list(by_digest)
    found: dict[str, Matrix] = {}
    for start in range(0, len(wanted), BATCH):
        query = select(Vector).where(
            Vector.model == model, Vector.kind == kind, col(Vector.digest).in_(wanted[start : start + BATCH])
        )
        found.update({by_digest[row.digest]: unpack(row) for row in db.exec(query).all()})
    return found


def count(db: Session, model: str, kind: str) -> int:
    """How many texts of a kind have vectors of a model."""
    return db.exec(select(func.count()).select_from(Vector).where(Vector.model == model, Vector.kind == kind)).one()


def keep(db: Session, vectors: Sequence[Vector]) -> None:
    """Stores what nobody stored before or stores at this moment."""
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = {(one.model, one.kind, one.digest): one.model_dump() for one in vectors}
    if fresh:
        stored_once: Any = insert(Vector).on_conflict_do_nothing()
        db.exec(stored_once, params=[fresh[key] for key in sorted(fresh)])


def nearest(db: Session, model: str, kind: str, query: Row, most: int) -> list[tuple[str, float]]:
    """The digests of the points closest to `query` (d,) with their cosines, best first."""
    if db.get_bind().dialect.name == "postgresql":
        return _nearest_by_index(db, model, kind, query, most)
    found = db.exec(select(Vector.digest, Vector.point).where(*_points(model, kind))).all()
    same = [(digest, point) for digest, point in found if len(point) == len(query)]
    if not same:
        return []
    rows = np.stack([point for _digest, point in same])
    cosines = rows @ query / (np.linalg.norm(rows, axis=1) * np.linalg.norm(query))
    best = np.argsort(-cosines, kind="stable")[:most]
    return [(same[at][0], float(cosines[at])) for at in best]


def _points(model: str, kind: str) -> list[Any]:
    return [Vector.model == model, Vector.kind == kind, col(Vector.point).is_not(None)]


def _nearest_by_index(db: Session, model: str, kind: str, query: Row, most: int) -> list[tuple[str, float]]:
    """pgvector's HNSW; iterative, so that another model's points of the same size do not use up the answers."""
    db.connection().exec_driver_sql("SELECT set_config('hnsw.iterative_scan', 'strict_order', true)")
    point: Any = cast(col(Vector.point), VECTOR(len(query)))
    away = point.cosine_distance(query)
    sized = func.vector_dims(col(Vector.point)) == literal_column(str(len(query)))
    found = select(Vector.digest, away).where(*_points(model, kind), sized).order_by(away).limit(most)
    return [(digest, 1 - distance) for digest, distance in db.exec(found).all()]


def index(connection: Connection) -> None:
    """On PostgreSQL, an HNSW index for each size of point; the connection commits each statement by itself."""
    sizes = connection.exec_driver_sql("SELECT DISTINCT vector_dims(point) FROM embedding WHERE point IS NOT NULL")
    for size in sizes.scalars().all():
        connection.exec_driver_sql(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {INDEX}{size} ON embedding "
            f"USING hnsw ((point::vector({size})) vector_cosine_ops) WHERE vector_dims(point) = {size}"
        )
