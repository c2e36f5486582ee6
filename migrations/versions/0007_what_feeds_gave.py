"""Know which settings a calendar was last given, and whether its address was sent in the clear.

Both columns may be empty, so the previous release keeps working; a feed that nobody has fetched
since counts as not up to date.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feed", sa.Column("served_sequence", sa.Integer(), nullable=True))
    op.add_column("feed", sa.Column("exposed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("feed", "exposed_at")
    op.drop_column("feed", "served_sequence")
