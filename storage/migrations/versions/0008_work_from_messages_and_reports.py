"""opportunities are made of messages, and are reported"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

import storage.types

revision: str = '0008'
down_revision: str | None = '0007'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Defaults are plain words: an expression would make SQLite copy the table, and lose what refers to it.
TEXT = sqlmodel.sql.sqltypes.AutoString()
ADDED = (('draft', 'message'), ('opportunity', 'message'), ('opportunity', 'link'))
OWNED = ('community', 'member', 'opportunity')


def upgrade() -> None:
    """Forward."""
    for table, name in ADDED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column(name, TEXT, nullable=False, server_default=''))
        op.create_index(op.f(f'ix_{table}_{name}'), table, [name])
    op.create_table(
        'report',
        *(sa.Column(f'{one}_id', sa.Integer(), nullable=False) for one in OWNED),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('why', TEXT, nullable=False),
        sa.Column('reported_at', storage.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column('answered_at', storage.types.UtcDateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [f'{one}_id'], [f'{one}.id'], name=op.f(f'fk_report_{one}_id_{one}'), ondelete='CASCADE'
            )
            for one in OWNED
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_report')),
        sa.UniqueConstraint('opportunity_id', 'member_id', name=op.f('uq_report_opportunity_id_member_id')),
    )
    for one in OWNED:
        op.create_index(op.f(f'ix_report_{one}_id'), 'report', [f'{one}_id'])


def downgrade() -> None:
    """Back."""
    op.drop_table('report')
    for table, name in reversed(ADDED):
        op.drop_index(op.f(f'ix_{table}_{name}'), table)
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(name)
