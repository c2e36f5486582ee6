"""Plans, their drafts and their revisions, always within one organisation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, defer

from medplan.store.keys import ErasedError
from medplan.store.tables import DraftRow, PatientRow, PlanRow, RevisionRow, in_force
from medplan.store.tables.sealing import is_patient

_HIGHEST = 2**31 - 1
_IN_SHORT = (
    defer(RevisionRow.request, raiseload=True),
    defer(RevisionRow.plan, raiseload=True),
)


@dataclass(frozen=True, slots=True)
class PlanFilter:
    """Which plans a list shows; None leaves a bound out."""

    status: str | None = None
    patient: str | None = None
    review_before: date | None = None
    stop_before: date | None = None
    updated_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Beside which plan a page stands: just after it in age, or just before."""

    plan_id: UUID
    older: bool


def find_plan(
    session: Session, organisation_id: UUID, plan_id: UUID, *, lock: bool = False
) -> PlanRow | None:
    """Find a plan; `lock` keeps other writers from it until this transaction ends.

    Raises:
        ErasedError: its patient's data has been erased.
    """
    locked = {"of": PlanRow} if lock else None
    row = session.get(PlanRow, (organisation_id, plan_id), with_for_update=locked)
    if row is not None and row.patient.erased_at is not None:
        raise ErasedError
    return row


def find_draft(session: Session, organisation_id: UUID, plan_id: UUID) -> DraftRow | None:
    """Find what a draft plan holds."""
    return session.get(DraftRow, (organisation_id, plan_id))


def find_revision(
    session: Session, organisation_id: UUID, plan_id: UUID, number: int
) -> RevisionRow | None:
    """Find one revision of a plan."""
    if number > _HIGHEST:  # no column holds it, so none has it
        return None
    return session.scalar(_revisions(organisation_id, plan_id).where(RevisionRow.number == number))


def list_revisions(session: Session, organisation_id: UUID, plan_id: UUID) -> Sequence[RevisionRow]:
    """List a plan's revisions, first to last."""
    return session.scalars(_revisions(organisation_id, plan_id).order_by(RevisionRow.number)).all()


def revisions_in_short(
    session: Session, organisation_id: UUID, plan_id: UUID
) -> Sequence[RevisionRow]:
    """List a plan's revisions, first to last, without their documents: those can't be asked for,
    unless this session has read them already."""
    wanted = _revisions(organisation_id, plan_id).options(*_IN_SHORT)
    return session.scalars(wanted.order_by(RevisionRow.number)).all()


def newest_plans(
    session: Session,
    organisation_id: UUID,
    wanted: PlanFilter,
    *,
    place: Place | None,
    limit: int,
) -> Sequence[PlanRow]:
    """List plans from the newest down, at most `limit`, on one side of a place."""
    query = _plans(session, organisation_id, wanted).limit(limit)
    if place is None or place.older:
        query = query.order_by(PlanRow.id.desc())
    if place is None:
        return session.scalars(query).all()
    if place.older:
        return session.scalars(query.where(PlanRow.id < place.plan_id)).all()
    query = query.where(PlanRow.id > place.plan_id).order_by(PlanRow.id)
    return session.scalars(query).all()[::-1]


def in_force_beside(session: Session, row: PlanRow) -> Sequence[PlanRow]:
    """List what else of a plan's patient is in force, first to last."""
    others = select(PlanRow).where(
        PlanRow.organisation_id == row.organisation_id,
        PlanRow.patient_id == row.patient_id,
        PlanRow.id != row.id,
        in_force(),
    )
    return session.scalars(others.order_by(PlanRow.id)).all()


def _revisions(organisation_id: UUID, plan_id: UUID) -> Select[RevisionRow]:
    return select(RevisionRow).where(
        RevisionRow.organisation_id == organisation_id, RevisionRow.plan_id == plan_id
    )


def _plans(session: Session, organisation_id: UUID, wanted: PlanFilter) -> Select[PlanRow]:
    theirs: ColumnElement[bool] = PatientRow.erased_at.is_(None)
    if wanted.patient is not None:
        theirs &= is_patient(session.connection(), organisation_id, wanted.patient)
    query = select(PlanRow).where(
        PlanRow.organisation_id == organisation_id, PlanRow.patient.has(theirs)
    )
    return query.where(*_narrowing(wanted))


def _narrowing(wanted: PlanFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.status is not None:
        yield PlanRow.status == wanted.status
    if wanted.review_before is not None:
        yield PlanRow.next_review < wanted.review_before
    if wanted.stop_before is not None:
        yield PlanRow.next_stop < wanted.stop_before
    if wanted.updated_since is not None:
        yield PlanRow.updated_at >= wanted.updated_since
