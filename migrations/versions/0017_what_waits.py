"""Find what waits for somebody by indexes of plans in force and of calendars that are behind.

Most plans of a practice are over and keep their last days: a work list would read through them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_DAYS = ("next_review", "next_stop", "next_decision")
_IN_FORCE = sa.text("status IN ('active', 'on-hold')")
_LAG = "sequence - coalesce(served_sequence, -1)"
_BEHIND = sa.text(f"revoked_at IS NULL AND {_LAG} > 0")


def upgrade() -> None:
    op.create_index(
        "ix_plan_organisation_id_status_id", "plan", ["organisation_id", "status", "id"]
    )
    for day in _DAYS:
        op.create_index(
            f"ix_plan_in_force_{day}",
            "plan",
            ["organisation_id", day, "id"],
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        )
    op.create_index(
        "ix_feed_behind",
        "feed",
        ["organisation_id", "expires_at"],
        sqlite_where=_BEHIND,
        postgresql_where=_BEHIND,
    )
    if op.get_context().dialect.name == "postgresql":  # or it takes all calendars to be behind
        op.execute(f"CREATE STATISTICS feed_lag ON ({_LAG}) FROM feed")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP STATISTICS feed_lag")
    op.drop_index("ix_feed_behind", "feed")
    for day in _DAYS:
        op.drop_index(f"ix_plan_in_force_{day}", "plan")
    op.drop_index("ix_plan_organisation_id_status_id", "plan")
