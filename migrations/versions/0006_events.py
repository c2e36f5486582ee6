"""Number what happens to plans, and keep what a worker has to do about it.

Only new tables: the previous release writes none of them and keeps working. The partial index
holds the tasks that are not over, so that looking for one stays quick however many were done.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OPEN = sa.text("done_at IS NULL AND dead_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "head",
        sa.Column("organisation_id", sa.Uuid(), primary_key=True),
        sa.Column("event_number", sa.BigInteger(), nullable=False, server_default="0"),
        _of_organisation(),
    )
    op.create_table(
        "event",
        *_key(),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "plan_id"], ["plan.organisation_id", "plan.id"]
        ),
        sa.UniqueConstraint("organisation_id", "number"),
    )
    _make_outbox()


def downgrade() -> None:
    for table in ("outbox", "event", "head"):
        op.drop_table(table)


def _make_outbox() -> None:
    op.create_table(
        "outbox",
        *_key(),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("lease_owner", sa.String(80), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(200), nullable=True),
        _of_organisation(),
    )
    op.create_index(
        "ix_outbox_available_at",
        "outbox",
        ["available_at"],
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    )


def _key() -> tuple[sa.Column[object], sa.Column[object]]:
    return (
        sa.Column("organisation_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
    )


def _of_organisation() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["organisation_id"], ["organisation.organisation_id"])
