"""Plans that wait for somebody of an organisation, found by columns and never by reading plans."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from medplan.store.tables import FeedRow, PatientRow, PlanRow, in_force, is_behind


def plans_until(
    session: Session,
    organisation_id: UUID,
    column: InstrumentedAttribute[date | None],
    day: date,
    *,
    limit: int,
) -> Sequence[PlanRow]:
    """List plans in force whose day in a column is `day` or earlier, the earliest first."""
    wanted = _of(organisation_id).where(in_force(), column <= day)
    return session.scalars(wanted.order_by(column, PlanRow.id).limit(limit)).all()


def drafts(session: Session, organisation_id: UUID, *, limit: int) -> Sequence[PlanRow]:
    """List drafts, the newest first."""
    wanted = _of(organisation_id).where(PlanRow.status == "draft")
    return session.scalars(wanted.order_by(PlanRow.id.desc()).limit(limit)).all()


def stale_feeds(
    session: Session, organisation_id: UUID, now: datetime, *, changed_before: datetime, limit: int
) -> Sequence[Row[PlanRow, FeedRow]]:
    """List live feeds of plans in force that were fetched before and not since their last change,
    where that change is older than some instant."""
    wanted = (
        select(PlanRow, FeedRow)
        .join(
            FeedRow,
            (FeedRow.organisation_id == PlanRow.organisation_id) & (FeedRow.plan_id == PlanRow.id),
        )
        .where(
            PlanRow.organisation_id == organisation_id,
            in_force(),
            PlanRow.patient.has(PatientRow.erased_at.is_(None)),
            PlanRow.updated_at < changed_before,
            is_behind(now),
            FeedRow.last_fetched.is_not(None),
        )
    )
    return session.execute(wanted.order_by(PlanRow.updated_at, FeedRow.id).limit(limit)).all()


def _of(organisation_id: UUID) -> Select[PlanRow]:
    return select(PlanRow).where(
        PlanRow.organisation_id == organisation_id,
        PlanRow.patient.has(PatientRow.erased_at.is_(None)),
    )
