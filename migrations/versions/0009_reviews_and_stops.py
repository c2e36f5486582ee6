"""Keep a plan's next review and next stop beside it, so that lists are narrowed by columns.

Plans in force get theirs here, counted from the day of their last revision. Those texts are sealed,
so this needs the configured keys (MEDPLAN_DATA_KEYS).
"""

import json
from datetime import date

import sqlalchemy as sa
from alembic import context, op

from medplan.store.keys import KEYS, MasterKeys, open_sealed

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_COLUMNS = ("next_review", "next_stop")


def upgrade() -> None:
    for column in _COLUMNS:
        op.add_column("plan", sa.Column(column, sa.Date(), nullable=True))
        op.create_index(f"ix_plan_organisation_id_{column}", "plan", ["organisation_id", column])
    op.create_index("ix_plan_organisation_id_updated_at", "plan", ["organisation_id", "updated_at"])
    if (
        not context.is_offline_mode()
    ):  # as SQL, the step before has made sure that there are no plans
        _fill()


def downgrade() -> None:
    op.drop_index("ix_plan_organisation_id_updated_at", "plan")
    for column in _COLUMNS:
        op.drop_index(f"ix_plan_organisation_id_{column}", "plan")
        op.drop_column("plan", column)


def _fill() -> None:
    connection = op.get_bind()
    keys = connection.get_execution_options()[KEYS]
    assert isinstance(keys, MasterKeys)  # noqa: S101 - tells the type checker what Database put
    plan, revision, patient = _tables()
    same = (plan.c.organisation_id == revision.c.organisation_id) & (
        patient.c.organisation_id == plan.c.organisation_id
    )
    asked = (
        sa.select(plan.c.organisation_id, plan.c.id, revision.c.id, revision.c.plan)
        .add_columns(revision.c.made_at, patient.c.id, patient.c.wrapped_key)
        .where(same, revision.c.plan_id == plan.c.id, revision.c.number == plan.c.revision)
        .where(patient.c.id == plan.c.patient_id, plan.c.status.in_(("active", "on-hold")))
    )
    rows = connection.execute(asked).all()
    for organisation_id, plan_id, row_id, text, made_at, owner, wrapped in rows:
        key = keys.unwrap(owner, wrapped)
        document = json.loads(open_sealed([key], f"revision.plan.{row_id.hex}", text))
        since = made_at.date().isoformat()
        days = {
            "next_review": [review["day"] for review in document.get("reviews", ())],
            "next_stop": [stop["last_dose_day"] for stop in document.get("stops", ())],
        }
        first = {
            name: min((d for d in of if d >= since), default=None) for name, of in days.items()
        }
        connection.execute(
            plan.update()
            .where(plan.c.organisation_id == organisation_id, plan.c.id == plan_id)
            .values({name: day and date.fromisoformat(day) for name, day in first.items()})
        )


def _tables() -> tuple[sa.TableClause, sa.TableClause, sa.TableClause]:
    """Name what this step reads of plans, revisions and patients."""
    ids = ("organisation_id", "id", "plan_id", "patient_id")
    columns = {
        "plan": (
            ("status", sa.Text()),
            ("revision", sa.Integer()),
            *((name, sa.Date()) for name in _COLUMNS),
        ),
        "revision": (("number", sa.Integer()), ("plan", sa.Text()), ("made_at", sa.DateTime())),
        "patient": (("wrapped_key", sa.LargeBinary()),),
    }
    plan, revision, patient = (
        sa.table(
            name,
            *(sa.column(column, sa.Uuid()) for column in ids),
            *(sa.column(column, kind) for column, kind in more),
        )
        for name, more in columns.items()
    )
    return plan, revision, patient
