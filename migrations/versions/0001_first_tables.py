"""Make the first tables: organisations, people, plans, feeds, audit and idempotency.

Every key begins with the organisation. Constraint names follow the convention in
`medplan.store.tables`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("organisation_id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        _instant("created_at"),
        sa.UniqueConstraint("name"),
    )
    _make_people()
    _make_plans()
    _make_feeds()
    _make_records()


def downgrade() -> None:
    for table in (
        "idempotency",
        "audit",
        "feed_body",
        "feed",
        "revision",
        "draft",
        "plan",
        "api_token",
        "user_account",
        "organisation",
    ):
        op.drop_table(table)


def _make_people() -> None:
    op.create_table(
        "user_account",
        *_key(),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        _instant("created_at"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.organisation_id"]),
        sa.UniqueConstraint("email", "organisation_id"),
    )
    op.create_table(
        "api_token",
        *_key(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        _instant("created_at"),
        _instant("revoked_at", nullable=True),
        _belongs_to("user_account", "user_id"),
        sa.UniqueConstraint("token_sha256", "organisation_id"),
    )


def _make_plans() -> None:
    op.create_table(
        "plan",
        *_key(),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("patient_reference", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        _instant("created_at"),
        _instant("updated_at"),
        _belongs_to("user_account", "created_by"),
    )
    op.create_index(
        "ix_plan_organisation_id_patient_reference",
        "plan",
        ["organisation_id", "patient_reference"],
    )
    op.create_table(
        "draft",
        *_key(),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        _belongs_to("plan", "id"),
    )
    op.create_table(
        "revision",
        *_key(),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("formulary_version", sa.String(100), nullable=False),
        sa.Column("tzdata_version", sa.String(20), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        _instant("made_at"),
        sa.Column("reason", sa.Text(), nullable=False),
        _belongs_to("plan", "plan_id"),
        _belongs_to("user_account", "made_by"),
        sa.UniqueConstraint("organisation_id", "plan_id", "number"),
    )


def _make_feeds() -> None:
    op.create_table(
        "feed",
        *_key(),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("detail", sa.String(20), nullable=False),
        sa.Column("alarms", sa.Boolean(), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        _instant("created_at"),
        _instant("expires_at"),
        _instant("revoked_at", nullable=True),
        _belongs_to("plan", "plan_id"),
        _belongs_to("user_account", "created_by"),
        sa.UniqueConstraint("token_sha256", "organisation_id"),
    )
    op.create_index("ix_feed_organisation_id_plan_id", "feed", ["organisation_id", "plan_id"])
    op.create_table(
        "feed_body",
        *_key(),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("etag", sa.String(64), nullable=False),
        _instant("last_modified"),
        _belongs_to("feed", "id"),
    )


def _make_records() -> None:
    op.create_table(
        "audit",
        *_key(),
        _instant("at"),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
    )
    op.create_table(
        "idempotency",
        *_key(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("route", sa.String(200), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        _instant("created_at"),
        _belongs_to("user_account", "user_id"),
        sa.UniqueConstraint("organisation_id", "user_id", "route", "key"),
    )


def _key() -> tuple[sa.Column[object], sa.Column[object]]:
    return (
        sa.Column("organisation_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
    )


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _belongs_to(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", column], [f"{table}.organisation_id", f"{table}.id"]
    )
