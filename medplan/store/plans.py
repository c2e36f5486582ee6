"""Plans, their drafts and their revisions, always within one organisation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from medplan.store.tables import DraftRow, PlanRow, RevisionRow


@dataclass(frozen=True, slots=True)
class PlanFilter:
    """Which plans a list shows; None leaves a bound out."""

    status: str | None = None
    patient: str | None = None
    updated_since: datetime | None = None


def find_plan(
    session: Session, organisation_id: UUID, plan_id: UUID, *, lock: bool = False
) -> PlanRow | None:
    """Find a plan; `lock` keeps other writers from it until this transaction ends."""
    return session.get(PlanRow, (organisation_id, plan_id), with_for_update=lock or None)


def find_draft(session: Session, organisation_id: UUID, plan_id: UUID) -> DraftRow | None:
    """Find what a draft plan holds."""
    return session.get(DraftRow, (organisation_id, plan_id))


def find_revision(
    session: Session, organisation_id: UUID, plan_id: UUID, number: int
) -> RevisionRow | None:
    """Find one revision of a plan."""
    return session.scalar(_revisions(organisation_id, plan_id).where(RevisionRow.number == number))


def list_revisions(session: Session, organisation_id: UUID, plan_id: UUID) -> Sequence[RevisionRow]:
    """List a plan's revisions, first to last."""
    return session.scalars(_revisions(organisation_id, plan_id).order_by(RevisionRow.number)).all()


def newest_plans(
    session: Session,
    organisation_id: UUID,
    wanted: PlanFilter,
    *,
    older_than: UUID | None,
    limit: int,
) -> Sequence[PlanRow]:
    """List plans from the newest down, at most `limit`, beginning after `older_than`."""
    query = _plans(organisation_id, wanted).order_by(PlanRow.id.desc()).limit(limit)
    if older_than is not None:
        query = query.where(PlanRow.id < older_than)
    return session.scalars(query).all()


def _revisions(organisation_id: UUID, plan_id: UUID) -> Select[RevisionRow]:
    return select(RevisionRow).where(
        RevisionRow.organisation_id == organisation_id, RevisionRow.plan_id == plan_id
    )


def _plans(organisation_id: UUID, wanted: PlanFilter) -> Select[PlanRow]:
    query = select(PlanRow).where(PlanRow.organisation_id == organisation_id)
    if wanted.status is not None:
        query = query.where(PlanRow.status == wanted.status)
    if wanted.patient is not None:
        query = query.where(PlanRow.patient_reference == wanted.patient)
    if wanted.updated_since is not None:
        query = query.where(PlanRow.updated_at >= wanted.updated_since)
    return query
