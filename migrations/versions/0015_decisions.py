"""Keep a plan's next day of decision beside it, so that a work list need not read plans.

It is empty of a plan issued by an earlier release until its next revision.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_INDEX = "ix_plan_organisation_id_next_decision"


def upgrade() -> None:
    op.add_column("plan", sa.Column("next_decision", sa.Date(), nullable=True))
    op.create_index(_INDEX, "plan", ["organisation_id", "next_decision"])


def downgrade() -> None:
    op.drop_index(_INDEX, "plan")
    op.drop_column("plan", "next_decision")
