"""An organisation's audit lines, each holding the hash of all that came before it.

A line's hash is the SHA-256 of the hash before it and of the line's own content as canonical JSON
(sorted keys, no blanks, UTF-8, instants in UTC with microseconds). Whoever adds one holds the
organisation's head until the transaction ends, so the numbers have no gaps.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from medplan.store.heads import make_head
from medplan.store.late_lines import Line
from medplan.store.tables import AuditRow, HeadRow, OrganisationRow

FIRST_HASH = "0" * 64
_AT_A_TIME = 5000
# Every change and every reading adds a line, so these are built once.
_HEAD = HeadRow.metadata.tables[HeadRow.__tablename__]
_LINES = AuditRow.metadata.tables[AuditRow.__tablename__]
_MINE = _HEAD.c.organisation_id == bindparam("mine")
_LOCKED = select(_HEAD.c.audit_number, _HEAD.c.audit_hash).where(_MINE).with_for_update()
_ADDED = _LINES.insert()
_MOVED = _HEAD.update().where(_MINE)
_canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A line as the database has it, with its number and hash."""

    line: Line
    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """How far an organisation's chain has come: its last line's number and hash."""

    organisation_id: UUID
    number: int
    hash: str


def add_lines(session: Session, lines: Sequence[Line]) -> None:
    """Add lines of one organisation to the end of its chain, in this order."""
    session.flush()  # the rows that the lines are about are locked before the head
    mine = {"mine": lines[0].organisation_id}
    found = session.execute(_LOCKED, mine).one_or_none()
    if found is None:
        make_head(session, lines[0].organisation_id)
        found = session.execute(_LOCKED, mine).one()
    number, last = found
    rows = []
    for line in lines:
        number, last = number + 1, line_hash(last, number + 1, line)
        rows.append(
            {
                "organisation_id": line.organisation_id,
                "id": line.id,
                "number": number,
                "hash": last,
                "at": line.at,
                "user_id": line.user_id,
                "act": line.act,
                "subject": line.subject,
            }
        )
    session.execute(_ADDED, rows)
    session.execute(_MOVED, mine | {"audit_number": number, "audit_hash": last})


def line_hash(before: str, number: int, line: Line) -> str:
    """Give the hash of a line that follows the hash `before`."""
    content = {
        "act": line.act,
        "at": line.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "id": str(line.id),
        "number": number,
        "organisation": str(line.organisation_id),
        "subject": line.subject,
        "user": None if line.user_id is None else str(line.user_id),
    }
    text = _canonical(content)
    return hashlib.sha256(bytes.fromhex(before) + text.encode()).hexdigest()


def find_head(session: Session, organisation_id: UUID) -> Head:
    """Give how far a chain has come; number 0 when it has no line."""
    asked = select(HeadRow.audit_number, HeadRow.audit_hash)
    found = session.execute(asked.where(HeadRow.organisation_id == organisation_id)).one_or_none()
    number, last = (0, FIRST_HASH) if found is None else found
    return Head(organisation_id, number, last)


def list_organisations(session: Session) -> Sequence[UUID]:
    """List every organisation, in a session of whoever runs medplan."""
    return session.scalars(
        select(OrganisationRow.organisation_id).order_by(OrganisationRow.organisation_id)
    ).all()


def lines_in_order(session: Session, organisation_id: UUID) -> Iterator[KeptLine]:
    """Give an organisation's lines by number, a few thousand in memory at a time."""
    table = AuditRow.__table__.c
    asked = (
        select(
            table.id, table.at, table.user_id, table.act, table.subject, table.number, table.hash
        )
        .where(table.organisation_id == organisation_id)
        .order_by(table.number)
        .execution_options(yield_per=_AT_A_TIME)
    )
    for row_id, at, user_id, act, subject, number, kept in session.execute(asked):
        yield KeptLine(Line(organisation_id, row_id, at, user_id, act, subject), number, kept)
