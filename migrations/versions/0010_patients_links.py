"""Give patients links to their own plan, and keep what they say they noticed.

Only new tables: the previous release writes neither and keeps working.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "patient_link",
        *_key(),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("may", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        _belongs("plan_id", "plan"),
        _belongs("user_id", "user_account"),
        _belongs("created_by", "user_account"),
        sa.UniqueConstraint("token_sha256", "organisation_id"),
    )
    op.create_index(
        "ix_patient_link_organisation_id_plan_id", "patient_link", ["organisation_id", "plan_id"]
    )
    op.create_table(
        "check_in",
        *_key(),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("noticed", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        _belongs("plan_id", "plan"),
        _belongs("made_by", "user_account"),
        _belongs("answered_by", "user_account"),
    )
    op.create_index(
        "ix_check_in_organisation_id_plan_id", "check_in", ["organisation_id", "plan_id"]
    )
    op.create_index("ix_check_in_organisation_id_level", "check_in", ["organisation_id", "level"])


def downgrade() -> None:
    op.drop_table("check_in")
    op.drop_table("patient_link")


def _key() -> tuple[sa.Column[object], sa.Column[object]]:
    return (
        sa.Column("organisation_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
    )


def _belongs(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", column], [f"{table}.organisation_id", f"{table}.id"]
    )
