"""Give every patient a key of their own, and seal under it what is kept about them.

Rows of before are sealed here, and opened again on the way down, so both ways need the configured
keys (MEDPLAN_DATA_KEYS). Revisions are written once: their triggers stand aside for this only. The
previous release can't read sealed rows, so it must be stopped before this step.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from uuid import UUID

import sqlalchemy as sa
from alembic import context, op

from medplan.store.ids import new_id
from medplan.store.keys import KEYS, MasterKeys, open_sealed, seal

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_SEALED = {
    "plan": ("id", ("patient_reference",)),
    "draft": ("id", ("request", "plan")),
    "revision": ("plan_id", ("request", "plan", "reason")),
}
_INSTANT = sa.DateTime(timezone=True)
_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'revision'"


def upgrade() -> None:
    op.create_table(
        "patient",
        sa.Column("organisation_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("reference_index", sa.String(64), nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.organisation_id"]),
        sa.UniqueConstraint("organisation_id", "reference_index"),
    )
    op.drop_index("ix_plan_organisation_id_patient_reference", "plan")
    with op.batch_alter_table("plan") as plan:
        plan.add_column(sa.Column("patient_id", sa.Uuid(), nullable=True))
        plan.alter_column("patient_reference", type_=sa.Text(), existing_nullable=False)
    op.execute("DELETE FROM idempotency")
    if context.is_offline_mode():
        op.execute(
            "DO $$ BEGIN IF EXISTS (SELECT FROM plan) THEN RAISE EXCEPTION "
            "'run medplan db upgrade: plans of before must be sealed'; END IF; END $$"
        )
    else:
        _add_patients()
        with _revisions_open():
            _rewrite(seal)
    with op.batch_alter_table("plan") as plan:
        plan.alter_column("patient_id", existing_type=sa.Uuid(), nullable=False)
        plan.create_foreign_key(
            "fk_plan_organisation_id_patient_id",
            "patient",
            ["organisation_id", "patient_id"],
            ["organisation_id", "id"],
        )
        plan.create_index("ix_plan_organisation_id_patient_id", ["organisation_id", "patient_id"])


def downgrade() -> None:
    op.execute("DELETE FROM idempotency")
    with _revisions_open():
        _rewrite(lambda _patient, key, place, text: open_sealed([key], place, text))
    with op.batch_alter_table("plan") as plan:
        plan.drop_index("ix_plan_organisation_id_patient_id")
        plan.drop_constraint("fk_plan_organisation_id_patient_id", type_="foreignkey")
        plan.drop_column("patient_id")
        plan.alter_column("patient_reference", type_=sa.String(200), existing_nullable=False)
        plan.create_index(
            "ix_plan_organisation_id_patient_reference", ["organisation_id", "patient_reference"]
        )
    op.drop_table("patient")


def _keys() -> MasterKeys:
    found = op.get_bind().get_execution_options()[KEYS]
    assert isinstance(found, MasterKeys)  # noqa: S101 - tells the type checker what Database put
    return found


def _table(name: str, *texts: str) -> sa.TableClause:
    """Name what this step reads and writes of a table."""
    ids = ("organisation_id", "id", "plan_id", "patient_id")
    return sa.table(
        name,
        *(sa.column(column, sa.Uuid()) for column in ids),
        *(sa.column(column, sa.Text()) for column in texts),
        sa.column("wrapped_key", sa.LargeBinary()),
        sa.column("created_at", _INSTANT),
    )


def _add_patients() -> None:
    """Make a patient of each reference that an organisation's plans name."""
    connection, keys = op.get_bind(), _keys()
    plan, patient = _table("plan", "patient_reference"), _table("patient", "reference_index")
    names = (plan.c.organisation_id, plan.c.patient_reference)
    first = sa.select(*names, sa.func.min(plan.c.created_at, type_=_INSTANT)).group_by(*names)
    for organisation_id, reference, made_at in connection.execute(first).all():
        now = made_at.replace(tzinfo=UTC)
        made = new_id(now)
        connection.execute(
            patient.insert().values(
                organisation_id=organisation_id,
                id=made,
                reference_index=keys.blind_indexes(organisation_id, reference)[0],
                wrapped_key=keys.new_key(made),
                created_at=now,
            )
        )
        theirs = (names[0] == organisation_id) & (names[1] == reference)
        connection.execute(plan.update().where(theirs).values(patient_id=made))


def _rewrite(change: Callable[[UUID, bytes, str, str], str]) -> None:
    """Change every text about a patient, with the patient's key and the place where it stands."""
    connection, keys = op.get_bind(), _keys()
    plan, patient = _table("plan").alias("whose"), _table("patient")
    its_patient = (patient.c.organisation_id == plan.c.organisation_id) & (
        patient.c.id == plan.c.patient_id
    )
    for name, (plan_id, texts) in _SEALED.items():
        table = _table(name, *texts)
        its_plan = (plan.c.organisation_id == table.c.organisation_id) & (
            plan.c.id == table.c[plan_id]
        )
        columns = (table.c.organisation_id, table.c.id, patient.c.id, patient.c.wrapped_key)
        asked = sa.select(*columns, *(table.c[text] for text in texts)).select_from(
            table.join(plan, its_plan).join(patient, its_patient)
        )
        for organisation_id, row_id, patient_id, wrapped, *kept in connection.execute(asked).all():
            key = keys.unwrap(patient_id, wrapped)
            connection.execute(
                table.update()
                .where(table.c.organisation_id == organisation_id, table.c.id == row_id)
                .values(
                    {
                        text: change(patient_id, key, f"{name}.{text}.{row_id.hex}", value)
                        for text, value in zip(texts, kept, strict=True)
                    }
                )
            )


@contextmanager
def _revisions_open() -> Iterator[None]:
    """Let revisions be changed for a while."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.execute("ALTER TABLE revision DISABLE TRIGGER USER")
        yield
        op.execute("ALTER TABLE revision ENABLE TRIGGER USER")
        return
    triggers = connection.exec_driver_sql(_TRIGGERS).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, made_by in triggers:
        connection.exec_driver_sql(made_by)
