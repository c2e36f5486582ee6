"""Audit lines are chained: whatever is done to them shows, and a signed head shows a cut end."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from medplan.services.access import Caller, Role
from medplan.services.audit.checking import Trouble, check_audit
from medplan.services.audit.heads import HeadsError, SigningKey, export_heads, read_heads
from medplan.services.audit.lines import note, note_by_operator, reading
from medplan.services.refusals import NotFoundError
from medplan.store.audit_chain import FIRST_HASH, line_hash
from medplan.store.database import Database, bind
from medplan.store.ids import new_id
from medplan.store.late_lines import Line
from medplan.store.tables import AuditRow, HeadRow, OrganisationRow

NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
LINES = 12

Tampering = Callable[[Connection, UUID, int, random.Random], None]


@pytest.fixture
def organisation_id(database: Database) -> UUID:
    """An invented organisation with some lines, beside another that is left alone."""
    made = [add_organisation(database, name) for name in ("Invented", "Untouched")]
    for organisation_id in made:
        for n in range(LINES):
            with database.writing_for(organisation_id) as session:
                at = NOW + timedelta(seconds=n)
                note_by_operator(session, organisation_id, at, "plan.read", f"pln_{n}")
    return made[0]


def add_organisation(database: Database, name: str) -> UUID:
    row = OrganisationRow(organisation_id=new_id(NOW), name=name, created_at=NOW)
    with database.writing.begin() as session:
        bind(session, row.organisation_id)
        session.add(row)
    return row.organisation_id


def line(organisation_id: UUID, number: int) -> ColumnElement[bool]:
    return (AuditRow.organisation_id == organisation_id) & (AuditRow.number == number)


def alter(connection: Connection, whose: UUID, number: int, luck: random.Random) -> None:
    """Change one thing of a line, to anything else that fits its column."""
    new: dict[str, object] = {
        "act": "plan.issue",
        "subject": "pln_another",
        "user_id": new_id(NOW),
        "at": NOW - timedelta(microseconds=1),
        "id": new_id(NOW),
        "hash": "f" * 64,
    }
    column = luck.choice(sorted(new))
    connection.execute(update(AuditRow).where(line(whose, number)).values({column: new[column]}))


def remove(connection: Connection, whose: UUID, number: int, _luck: random.Random) -> None:
    connection.execute(delete(AuditRow).where(line(whose, number)))


def remove_and_close_up(
    connection: Connection, whose: UUID, number: int, luck: random.Random
) -> None:
    """Remove a line and number the rest anew; the head too."""
    remove(connection, whose, number, luck)
    for later in range(number + 1, LINES + 1):
        renumber(connection, whose, later, later - 1)
    connection.execute(
        update(HeadRow).where(HeadRow.organisation_id == whose).values(audit_number=LINES - 1)
    )


def swap(connection: Connection, whose: UUID, number: int, luck: random.Random) -> None:
    other = luck.choice([n for n in range(1, LINES + 1) if n != number])
    for before, after in ((number, -1), (other, number), (-1, other)):
        renumber(connection, whose, before, after)


def insert_between(connection: Connection, whose: UUID, number: int, _luck: random.Random) -> None:
    """Insert a line that fits the one before it, and number the rest on; the head too."""
    for later in range(LINES, number, -1):
        renumber(connection, whose, later, later + 1)
    before = connection.execute(select(AuditRow.hash).where(line(whose, number))).scalar_one()
    add(connection, whose, number + 1, before)
    connection.execute(
        update(HeadRow).where(HeadRow.organisation_id == whose).values(audit_number=LINES + 1)
    )


def append(connection: Connection, whose: UUID, _number: int, _luck: random.Random) -> None:
    last = connection.execute(select(AuditRow.hash).where(line(whose, LINES))).scalar_one()
    add(connection, whose, LINES + 1, last)


def cut_off(connection: Connection, whose: UUID, number: int, _luck: random.Random) -> None:
    connection.execute(
        delete(AuditRow).where(AuditRow.organisation_id == whose, AuditRow.number >= number)
    )


def write_anew(connection: Connection, whose: UUID, number: int, _luck: random.Random) -> None:
    """Write every hash anew from a line on, but not the head."""
    connection.execute(update(AuditRow).where(line(whose, number)).values(act="plan.issue"))
    last = FIRST_HASH
    rows = connection.execute(
        select(*AuditRow.__table__.c)
        .where(AuditRow.organisation_id == whose)
        .order_by(AuditRow.number)
    ).all()
    for row in rows:
        last = line_hash(
            last,
            row.number,
            Line(whose, row.id, row.at, row.user_id, row.act, row.subject),
        )
        connection.execute(update(AuditRow).where(line(whose, row.number)).values(hash=last))


def renumber(connection: Connection, whose: UUID, before: int, after: int) -> None:
    connection.execute(update(AuditRow).where(line(whose, before)).values(number=after))


def add(connection: Connection, whose: UUID, number: int, before: str) -> None:
    added = Line(whose, new_id(NOW), NOW, None, "plan.read", "pln_added")
    connection.execute(
        insert(AuditRow).values(
            organisation_id=whose,
            id=added.id,
            number=number,
            hash=line_hash(before, number, added),
            at=added.at,
            user_id=None,
            act=added.act,
            subject=added.subject,
        )
    )


def tampered(seen: Database, whose: UUID, how: Tampering, number: int, luck: random.Random) -> None:
    """Do it as somebody who owns the database and takes the triggers away."""
    with seen.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER ALL")
        else:
            for act in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS audit_refuses_{act}")
        how(connection, whose, number, luck)


@pytest.mark.usefixtures("organisation_id")
def test_untouched_chains_are_whole(database: Database) -> None:
    checked = check_audit(database)

    assert (checked.lines, checked.organisations, list(checked.faults)) == (2 * LINES, 2, [])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "how",
    [alter, remove, remove_and_close_up, swap, insert_between, append, cut_off, write_anew],
)
def test_whatever_is_done_to_a_line_shows(
    database: Database, seen: Database, organisation_id: UUID, how: Tampering, seed: int
) -> None:
    luck = random.Random(seed)  # noqa: S311 - faults, not secrets
    tampered(seen, organisation_id, how, luck.randint(1, LINES - 1), luck)

    faults = check_audit(database).faults

    assert faults
    assert {fault.organisation_id for fault in faults} == {organisation_id}


def test_a_head_kept_elsewhere_shows_an_end_cut_off_with_its_head(
    database: Database, seen: Database, organisation_id: UUID
) -> None:
    key = SigningKey(SigningKey.make())
    document = json.loads(json.dumps(export_heads(database, key, NOW)))

    def cut_and_hide(connection: Connection, whose: UUID, number: int, luck: random.Random) -> None:
        cut_off(connection, whose, number, luck)
        last = connection.execute(select(AuditRow.hash).where(line(whose, number - 1))).scalar_one()
        connection.execute(
            update(HeadRow)
            .where(HeadRow.organisation_id == whose)
            .values(audit_number=number - 1, audit_hash=last)
        )

    tampered(seen, organisation_id, cut_and_hide, 9, random.Random())  # noqa: S311 # any damage will do, no secret

    assert check_audit(database).faults == []
    (fault,) = check_audit(database, read_heads(document, key.public)).faults
    assert (fault.organisation_id, fault.number) == (organisation_id, 9)
    assert fault.trouble is Trouble.CUT_OFF


def test_chains_that_went_on_still_hold_an_older_head(
    database: Database, organisation_id: UUID
) -> None:
    key = SigningKey(SigningKey.make())
    document = export_heads(database, key, NOW)
    with database.writing_for(organisation_id) as session:
        note_by_operator(session, organisation_id, NOW, "plan.read", "pln_later")

    assert check_audit(database, read_heads(document, key.public)).faults == []


@pytest.mark.usefixtures("organisation_id")
def test_heads_are_of_the_key_that_signed_them(database: Database) -> None:
    key, other = SigningKey(SigningKey.make()), SigningKey(SigningKey.make())
    document = export_heads(database, key, NOW)
    forged = document | {"heads": []}

    for wrong, public in ((document, other.public), (forged, key.public), ([], key.public)):
        with pytest.raises(HeadsError):
            read_heads(wrong, public)
    with pytest.raises(HeadsError, match="32 bytes"):
        SigningKey("c2hvcnQ=")


@pytest.mark.usefixtures("organisation_id")
@pytest.mark.parametrize("act", ["UPDATE audit SET act = 'x'", "DELETE FROM audit"])
def test_the_database_refuses_to_change_a_line(database: Database, act: str) -> None:
    with (
        pytest.raises((IntegrityError, ProgrammingError), match=r"written once|permission denied"),
        database.engine.begin() as connection,
    ):
        connection.exec_driver_sql(act)


def test_a_change_that_is_undone_leaves_no_line(database: Database, organisation_id: UUID) -> None:
    caller = Caller(organisation_id, new_id(NOW), Role.PRESCRIBER, NOW)

    def change() -> None:
        with database.writing_for(organisation_id) as session:
            note(session, caller, "plan.issue", "pln_1")
            raise NotFoundError

    def look() -> None:
        with reading(database, caller, "plan.read", "pln_1"):
            raise NotFoundError

    for refused in (change, look):
        with pytest.raises(NotFoundError):
            refused()

    assert check_audit(database).lines == 2 * LINES
    with reading(database, caller, "plan.read", "pln_1"):
        pass
    assert check_audit(database).lines == 2 * LINES + 1
