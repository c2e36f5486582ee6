"""An organisation's audit lines as they are shown: the newest first, with whom a plan is for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from medplan.store.tables import AuditRow


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which lines a list shows; None leaves a bound out. Both bounds of time are included."""

    since: datetime | None = None
    until: datetime | None = None
    subjects: frozenset[str] | None = None


def find_line(session: Session, organisation_id: UUID, line_id: UUID) -> AuditRow | None:
    """Find one line."""
    return session.get(AuditRow, (organisation_id, line_id))


def newest_lines(
    session: Session,
    organisation_id: UUID,
    wanted: LineFilter,
    *,
    older_than: UUID | None,
    limit: int,
) -> Sequence[AuditRow]:
    """List lines from the last one down, at most `limit`, beginning after `older_than`."""
    query = select(AuditRow).where(AuditRow.organisation_id == organisation_id)
    if older_than is not None:
        place = select(AuditRow.number).where(
            AuditRow.organisation_id == organisation_id, AuditRow.id == older_than
        )
        query = query.where(AuditRow.number < place.scalar_subquery())
    if wanted.since is not None:
        query = query.where(AuditRow.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditRow.at <= wanted.until)
    if wanted.subjects is not None:
        query = query.where(AuditRow.subject.in_(wanted.subjects))
    return session.scalars(query.order_by(AuditRow.number.desc()).limit(limit)).all()
