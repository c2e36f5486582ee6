"""Keep what pharmacies supplied for a plan, and what they say of it.

Only new tables: the previous release writes none of them and keeps working.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dispense",
        *_key(),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("supplied", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        _instant("made_at"),
        _belongs("plan_id", "plan"),
        _belongs("made_by", "user_account"),
    )
    op.create_index(
        "ix_dispense_organisation_id_plan_id", "dispense", ["organisation_id", "plan_id"]
    )
    op.create_table(
        "counter_check",
        *_key(),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("proposal", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        _instant("made_at"),
        sa.Column("answer", sa.String(20), nullable=True),
        sa.Column("answer_note", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        _instant("answered_at", nullable=True),
        _belongs("plan_id", "plan"),
        _belongs("made_by", "user_account"),
        _belongs("answered_by", "user_account"),
    )
    op.create_index(
        "ix_counter_check_organisation_id_plan_id", "counter_check", ["organisation_id", "plan_id"]
    )


def downgrade() -> None:
    op.drop_table("counter_check")
    op.drop_table("dispense")


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
