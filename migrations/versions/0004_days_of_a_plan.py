"""Keep on which days a plan's doses fall, so that lists can be narrowed without reading plans.

Both may be empty: of a draft, and of a plan issued by an earlier release until its next revision.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_INDEX = "ix_plan_organisation_id_last_day"


def upgrade() -> None:
    op.add_column("plan", sa.Column("first_day", sa.Date(), nullable=True))
    op.add_column("plan", sa.Column("last_day", sa.Date(), nullable=True))
    op.create_index(_INDEX, "plan", ["organisation_id", "last_day"])


def downgrade() -> None:
    op.drop_index(_INDEX, "plan")
    op.drop_column("plan", "last_day")
    op.drop_column("plan", "first_day")
