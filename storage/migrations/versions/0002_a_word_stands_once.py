"""a word stands once"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0002'
down_revision: str | None = '0001'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


EARLIER = """
UPDATE entry SET turn = (
    SELECT count(*) FROM entry AS back
    WHERE back.reverses_id IS NOT NULL AND back.reverses_id < entry.id AND back.source = entry.source
    AND back.kind = entry.kind AND back.giver_id = entry.giver_id AND back.receiver_id = entry.receiver_id
) WHERE reverses_id IS NULL
"""
AS_REVERSED = """
UPDATE entry SET turn = (SELECT word.turn FROM entry AS word WHERE word.id = entry.reverses_id)
WHERE reverses_id IS NOT NULL
"""


def upgrade() -> None:
    """Words that stood, were taken back and stand again are told apart by how often that happened."""
    with op.batch_alter_table('entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('turn', sa.Integer(), nullable=False, server_default='0'))
    op.execute(EARLIER)
    op.execute(AS_REVERSED)
    with op.batch_alter_table('entry', schema=None) as batch_op:
        batch_op.create_index('uq_entry_once', ['source', 'kind', 'giver_id', 'receiver_id', 'turn'], unique=True, sqlite_where=sa.text('reverses_id IS NULL'), postgresql_where=sa.text('reverses_id IS NULL'))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table('entry', schema=None) as batch_op:
        batch_op.drop_index('uq_entry_once', sqlite_where=sa.text('reverses_id IS NULL'), postgresql_where=sa.text('reverses_id IS NULL'))
        batch_op.drop_column('turn')
