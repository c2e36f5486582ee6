"""Let the database itself refuse to change or remove a revision.

What was issued is kept as issued, also when a program errs. Existing rows stay as they are.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_REFUSAL = "a revision is written once"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER revision_refuses_{act.lower()} BEFORE {act} ON revision "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_revision_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$"
    )
    op.execute(
        "CREATE TRIGGER revision_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON revision "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_revision_change()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER revision_refuses_update")
        op.execute("DROP TRIGGER revision_refuses_delete")
        return
    op.execute("DROP TRIGGER revision_refuses_change ON revision")
    op.execute("DROP FUNCTION refuse_revision_change()")
