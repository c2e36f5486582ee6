"""Chain every organisation's audit lines, and let the database refuse to change or remove one.

Lines of before are chained in the order of their ids, so the table is made anew; the previous
release can't write lines without a number and must be stopped before this step. SQL written out
without a database refuses to run where there are lines already.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import context, op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_FIRST = "0" * 64
_REFUSAL = "an audit line is written once"


def upgrade() -> None:
    op.add_column(
        "head", sa.Column("audit_number", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.add_column(
        "head", sa.Column("audit_hash", sa.String(64), nullable=False, server_default=_FIRST)
    )
    lines = _lines()
    op.drop_table("audit")
    _make_audit(
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.UniqueConstraint("organisation_id", "number"),
    )
    if lines:
        _chain(lines)
    _refuse_changes()


def downgrade() -> None:
    lines = _lines()
    op.drop_table("audit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_audit_change()")
    _make_audit()
    if lines:
        columns = [sa.column(c.name, c.type) for c in _columns()]
        kept = [{column.name: line[column.name] for column in columns} for line in lines]
        op.bulk_insert(sa.table("audit", *columns), kept)
    op.drop_column("head", "audit_hash")
    op.drop_column("head", "audit_number")


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("organisation_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
    ]


def _make_audit(*chain: sa.Column[object] | sa.UniqueConstraint) -> None:
    op.create_table("audit", *_columns(), *chain)


def _lines() -> list[dict[str, object]]:
    """Every line there is, by organisation and age."""
    if context.is_offline_mode():
        op.execute(
            "DO $$ BEGIN IF EXISTS (SELECT FROM audit) THEN RAISE EXCEPTION "
            "'run medplan db upgrade: lines of before must be chained'; END IF; END $$"
        )
        return []
    table = sa.table("audit", *(sa.column(c.name, c.type) for c in _columns()))
    found = op.get_bind().execute(sa.select(table).order_by(table.c.organisation_id, table.c.id))
    return [dict(row._mapping) for row in found]  # noqa: SLF001 - the public name of a row's values


def _chain(lines: Iterable[dict[str, object]]) -> None:
    heads: dict[object, tuple[int, str]] = {}
    chained = []
    for line in lines:
        number, before = heads.get(line["organisation_id"], (0, _FIRST))
        kept = line | {"number": number + 1}
        kept["hash"] = _hash(before, kept)
        heads[line["organisation_id"]] = (number + 1, str(kept["hash"]))
        chained.append(kept)
    added = (sa.column("number", sa.BigInteger()), sa.column("hash", sa.String()))
    columns = [sa.column(c.name, c.type) for c in _columns()]
    op.bulk_insert(sa.table("audit", *columns, *added), chained)
    _write_heads(heads)


def _write_heads(heads: dict[object, tuple[int, str]]) -> None:
    key = sa.column("organisation_id", sa.Uuid())
    table = sa.table("head", key, sa.column("audit_number"), sa.column("audit_hash"))
    connection = op.get_bind()
    there = set(connection.execute(sa.select(table.c.organisation_id)).scalars())
    for organisation_id, (number, last) in heads.items():
        if organisation_id not in there:
            connection.execute(sa.insert(table).values(organisation_id=organisation_id))
        connection.execute(
            sa.update(table)
            .where(table.c.organisation_id == organisation_id)
            .values(audit_number=number, audit_hash=last)
        )


def _hash(before: str, line: dict[str, object]) -> str:
    at, user = line["at"], line["user_id"]
    assert isinstance(at, datetime)  # noqa: S101 - tells the type checker what the column holds
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    text = json.dumps(
        {
            "act": line["act"],
            "at": at.isoformat(timespec="microseconds"),
            "id": str(line["id"]),
            "number": line["number"],
            "organisation": str(line["organisation_id"]),
            "subject": line["subject"],
            "user": None if user is None else str(user),
        },
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )
    return hashlib.sha256(bytes.fromhex(before) + text.encode()).hexdigest()


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_refuses_{act.lower()} BEFORE {act} ON audit "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )
