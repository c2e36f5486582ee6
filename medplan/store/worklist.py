"""Plans that wait for somebody of an organisation, found by columns and never by reading plans."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BindParameter, Row, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from medplan.store.tables import FeedRow, PatientRow, PlanRow, in_force, is_behind

# Built once: this is asked whenever somebody comes to their work.
_OF_ORGANISATION = (
    PlanRow.organisation_id == bindparam("organisation"),
    PlanRow.patient.has(PatientRow.erased_at.is_(None)),
)
_MOST: BindParameter[int] = bindparam("most")
_UNTIL = {
    column.key: select(PlanRow)
    .where(*_OF_ORGANISATION, in_force(), column <= bindparam("day"))
    .order_by(column, PlanRow.id)
    .limit(_MOST)
    for column in (PlanRow.next_review, PlanRow.next_stop, PlanRow.next_decision)
}
_DRAFTS = (
    select(PlanRow)
    .where(*_OF_ORGANISATION, PlanRow.status == "draft")
    .order_by(PlanRow.id.desc())
    .limit(_MOST)
)
_STALE = (
    select(PlanRow, FeedRow)
    .join(
        FeedRow,
        (FeedRow.organisation_id == PlanRow.organisation_id) & (FeedRow.plan_id == PlanRow.id),
    )
    .where(
        *_OF_ORGANISATION,
        in_force(),
        PlanRow.updated_at < bindparam("changed_before"),
        is_behind(bindparam("now")),
        FeedRow.last_fetched.is_not(None),
    )
    .order_by(PlanRow.updated_at, FeedRow.id)
    .limit(_MOST)
)


def plans_until(
    session: Session,
    organisation_id: UUID,
    column: InstrumentedAttribute[date | None],
    day: date,
    *,
    limit: int,
) -> Sequence[PlanRow]:
    """List plans in force whose next review, stop or decision is on `day` or earlier, the earliest
    first."""
    asked = {"organisation": organisation_id, "day": day, "most": limit}
    return session.scalars(_UNTIL[column.key], asked).all()


def drafts(session: Session, organisation_id: UUID, *, limit: int) -> Sequence[PlanRow]:
    """List drafts, the newest first."""
    return session.scalars(_DRAFTS, {"organisation": organisation_id, "most": limit}).all()


def stale_feeds(
    session: Session, organisation_id: UUID, now: datetime, *, changed_before: datetime, limit: int
) -> Sequence[Row[PlanRow, FeedRow]]:
    """List live feeds of plans in force that were fetched before and not since their last change,
    where that change is older than some instant."""
    asked = {
        "organisation": organisation_id,
        "now": now,
        "changed_before": changed_before,
        "most": limit,
    }
    return session.execute(_STALE, asked).all()
