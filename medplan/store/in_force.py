"""Revisions that say what an organisation's patients take on some days, patient by patient."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlalchemy.orm import Session

from medplan.store.tables import PatientRow, PlanRow, RevisionRow, in_force

_OF_PLAN = and_(
    PatientRow.organisation_id == PlanRow.organisation_id, PatientRow.id == PlanRow.patient_id
)


def patients_with_plans(
    session: Session,
    organisation_id: UUID,
    first: date,
    last: date,
    *,
    after: UUID | None,
    limit: int,
) -> Sequence[UUID]:
    """Name patients that have an issued plan on these days, by age of their record, at most
    `limit`, beginning after the patient `after`. An erased patient is nobody's any more."""
    query = (
        select(PlanRow.patient_id)
        .join(PatientRow, _OF_PLAN)
        .where(_on_days(organisation_id, first, last), PatientRow.wrapped_key.is_not(None))
        .distinct()
        .order_by(PlanRow.patient_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(PlanRow.patient_id > after)
    return session.scalars(query).all()


def current_revisions(
    session: Session, organisation_id: UUID, first: date, last: date, patients: Sequence[UUID]
) -> Sequence[Row[PlanRow, RevisionRow]]:
    """Read the current revisions of these patients' plans on these days, by patient and plan."""
    return session.execute(
        select(PlanRow, RevisionRow)
        .join(
            RevisionRow,
            and_(
                RevisionRow.organisation_id == PlanRow.organisation_id,
                RevisionRow.plan_id == PlanRow.id,
                RevisionRow.number == PlanRow.revision,
            ),
        )
        .where(_on_days(organisation_id, first, last), PlanRow.patient_id.in_(patients))
        .order_by(PlanRow.patient_id, PlanRow.id)
    ).all()


def revisions_in_force(
    session: Session, organisation_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Row[PlanRow, RevisionRow]]:
    """Read the current revisions of plans that are active or on hold, by plan, at most `limit`,
    beginning after the plan `after`. An erased patient's can't be read."""
    query = (
        select(PlanRow, RevisionRow)
        .join(
            RevisionRow,
            and_(
                RevisionRow.organisation_id == PlanRow.organisation_id,
                RevisionRow.plan_id == PlanRow.id,
                RevisionRow.number == PlanRow.revision,
            ),
        )
        .join(PatientRow, _OF_PLAN)
        .where(
            PlanRow.organisation_id == organisation_id,
            in_force(),
            PatientRow.wrapped_key.is_not(None),
        )
        .order_by(PlanRow.id)
        .limit(limit)
    )
    return session.execute(query if after is None else query.where(PlanRow.id > after)).all()


def _on_days(organisation_id: UUID, first: date, last: date) -> ColumnElement[bool]:
    """Issued plans with doses on these days; a plan whose days are not known counts."""
    return and_(
        PlanRow.organisation_id == organisation_id,
        PlanRow.revision.is_not(None),
        or_(PlanRow.first_day.is_(None), PlanRow.first_day <= last),
        or_(PlanRow.last_day.is_(None), PlanRow.last_day >= first),
    )
