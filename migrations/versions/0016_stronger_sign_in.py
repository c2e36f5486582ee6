"""Keep since when an organisation asks everybody for a second factor, and when the holder of a
session last proved who they are.

Of sessions that an earlier release began it is not known: they have to prove it again first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "organisation",
        sa.Column("second_factor_since", sa.DateTime(timezone=True), nullable=True),
    )
    op.add_column("web_session", sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("web_session", "proven_at")
    op.drop_column("organisation", "second_factor_since")
