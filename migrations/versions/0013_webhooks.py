"""Tell other systems of events at addresses of their own.

Only new tables: the previous release writes none of them and keeps working.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook_endpoint",
        *_key(),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=True),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("former_secret", sa.Text(), nullable=True),
        _instant("former_until", nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        _instant("created_at"),
        _instant("ended_at", nullable=True),
        sa.Column("busy_owner", sa.String(100), nullable=True),
        _instant("busy_until", nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("slow", sa.Boolean(), nullable=False),
        _belongs("created_by", "user_account"),
    )
    op.create_table(
        "webhook_delivery",
        *_key(),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _instant("available_at"),
        _instant("done_at", nullable=True),
        _instant("dead_at", nullable=True),
        sa.Column("last_error", sa.String(200), nullable=True),
        _belongs("endpoint_id", "webhook_endpoint"),
        _belongs("event_id", "event"),
        sa.UniqueConstraint("organisation_id", "endpoint_id", "event_id"),
    )
    op.create_index("ix_webhook_delivery_available_at", "webhook_delivery", ["available_at"])


def downgrade() -> None:
    op.drop_table("webhook_delivery")
    op.drop_table("webhook_endpoint")


def _key() -> tuple[sa.Column[object], sa.Column[object]]:
    return (
        sa.Column("organisation_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
    )


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _belongs(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", column], [f"{table}.organisation_id", f"{table}.id"]
    )
