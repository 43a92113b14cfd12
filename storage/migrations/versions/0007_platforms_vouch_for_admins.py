"""platforms vouch for admins, places have a home channel, what was delivered has a receipt"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = '0007'
down_revision: str | None = '0006'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Defaults are plain words: an expression would make SQLite copy the table, and lose what refers to it.
TEXT = sqlmodel.sql.sqltypes.AutoString()
ADDED = (
    ('account', 'admin', sa.Boolean(), '0'),
    ('member', 'granted', sa.Boolean(), '0'),
    ('outbox', 'receipt', TEXT, ''),
    ('place', 'home', TEXT, ''),
)


def upgrade() -> None:
    """Forward: whoever is admin stays it, whatever a platform may say."""
    for table, name, kind, value in ADDED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=value))
    op.execute(sa.text("UPDATE member SET granted = admin WHERE kind = 'person'"))


def downgrade() -> None:
    """Back."""
    for table, name, _kind, _value in reversed(ADDED):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(name)
