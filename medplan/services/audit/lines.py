"""The line that every change and every reading of a plan leaves: no line, no change.

Lines are chained per organisation, so that an altered, removed or inserted one shows
(`audit_checking`). They hold ids only: erasing a patient leaves the chain whole.

While the database can be read but takes no changes, plans can still be looked at: what a patient
takes must be known then too. Each such reading is told to the log at once and written to the chain
as soon as that is possible (`write_late`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from medplan.services.access import Caller
from medplan.store.audit_chain import add_lines
from medplan.store.database import Database, refuses_changes
from medplan.store.ids import new_id
from medplan.store.late_lines import Line

_log: structlog.stdlib.BoundLogger = structlog.get_logger("medplan")


def note(session: Session, caller: Caller, act: str, subject: str) -> None:
    """Write that the caller did `act` to `subject` (an outward id; never a name or a dose)."""
    _write(session, caller.organisation_id, caller.user_id, caller.at, act, subject)


def note_by_operator(
    session: Session, organisation_id: UUID, now: datetime, act: str, subject: str
) -> None:
    """Write what somebody did who runs medplan rather than signs in, or what medplan did itself."""
    _write(session, organisation_id, None, now, act, subject)


@contextmanager
def reading(
    database: Database, caller: Caller, act: str, subject: str, *, also: Sequence[str] = ()
) -> Iterator[Session]:
    """Read for the caller, then write that they saw `subject`; what is refused within is not seen,
    and leaves no line. A reading that is `also` another one leaves a line for each.

    Raises:
        TooManyLateError: the line can't be written, and too many wait for that already.
    """
    with database.reading_for(caller.organisation_id) as session:
        yield session
    organisation_id, at = caller.organisation_id, caller.at
    lines = [
        Line(organisation_id, new_id(at), at, caller.user_id, seen, subject)
        for seen in (act, *also)
    ]
    try:
        with database.writing_for(organisation_id) as session:
            add_lines(session, lines)
    except DBAPIError as error:
        if not refuses_changes(error):
            raise
        for line in lines:
            database.late.wait(line)
            _tell(line)


def write_late(database: Database) -> None:
    """Write the lines of readings that the database could not take when they happened."""
    lines = database.late.take()
    try:
        while lines:
            organisation_id = lines[0].organisation_id
            with database.writing_for(organisation_id) as session:
                add_lines(session, [x for x in lines if x.organisation_id == organisation_id])
            lines = [line for line in lines if line.organisation_id != organisation_id]
    except SQLAlchemyError:
        database.late.give_back(lines)
        raise


def _tell(line: Line) -> None:
    """Leave a trace outside the database, should this process end before it writes the line."""
    _log.warning(
        "audit-line-is-late",
        organisation=str(line.organisation_id),
        line=str(line.id),
        at=line.at.isoformat(),
        user=None if line.user_id is None else str(line.user_id),
        act=line.act,
        subject=line.subject,
    )


def _write(
    session: Session,
    organisation_id: UUID,
    user_id: UUID | None,
    at: datetime,
    act: str,
    subject: str,
) -> None:
    add_lines(session, [Line(organisation_id, new_id(at), at, user_id, act, subject)])
