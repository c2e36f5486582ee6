"""The line that every change and every reading of a plan leaves: no line, no change, no answer.

Lines are chained per organisation, so that an altered, removed or inserted one shows
(`audit_checking`). They hold ids only: erasing a patient leaves the chain whole.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.services.access import Caller
from medplan.store.audit_chain import Line, add_line
from medplan.store.database import Database
from medplan.store.ids import new_id


def note(session: Session, caller: Caller, act: str, subject: str) -> None:
    """Write that the caller did `act` to `subject` (an outward id; never a name or a dose)."""
    _write(session, caller.organisation_id, caller.user_id, caller.at, act, subject)


def note_by_operator(
    session: Session, organisation_id: UUID, now: datetime, act: str, subject: str
) -> None:
    """Write what somebody did who runs medplan rather than signs in, or what medplan did itself."""
    _write(session, organisation_id, None, now, act, subject)


@contextmanager
def reading(database: Database, caller: Caller, act: str, subject: str) -> Iterator[Session]:
    """Read for the caller, then write that they saw `subject`; without the line nothing is
    answered. What is refused within is not seen, and leaves none."""
    with database.reading_for(caller.organisation_id) as session:
        yield session
    with database.writing_for(caller.organisation_id) as session:
        note(session, caller, act, subject)


def _write(
    session: Session,
    organisation_id: UUID,
    user_id: UUID | None,
    at: datetime,
    act: str,
    subject: str,
) -> None:
    add_line(session, Line(organisation_id, new_id(at), at, user_id, act, subject))
