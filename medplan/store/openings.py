"""Plans that an auditor opened with a reason, found."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from medplan.store.tables import OpeningRow, PatientRow, PlanRow, UserRow

Opened = Row[PlanRow, OpeningRow, UserRow]
"""A plan, its opening, and the account of whoever opened it."""


def opened_plans(
    session: Session, organisation_id: UUID, user_id: UUID, now: datetime
) -> Sequence[UUID]:
    """List the plans that somebody has open at an instant."""
    return session.scalars(
        select(OpeningRow.plan_id).where(
            OpeningRow.organisation_id == organisation_id,
            OpeningRow.user_id == user_id,
            OpeningRow.closes_at > now,
        )
    ).all()


def openings_of(session: Session, organisation_id: UUID, plan_id: UUID) -> Sequence[Opened]:
    """List a plan's openings, newest first."""
    wanted = _openings(organisation_id).where(OpeningRow.plan_id == plan_id)
    return session.execute(wanted).all()


def openings_since(
    session: Session, organisation_id: UUID, since: datetime, *, limit: int
) -> Sequence[Opened]:
    """List an organisation's openings since an instant, newest first."""
    wanted = _openings(organisation_id).where(
        OpeningRow.opened_at >= since, PlanRow.patient.has(PatientRow.erased_at.is_(None))
    )
    return session.execute(wanted.limit(limit)).all()


def _openings(organisation_id: UUID) -> Select[PlanRow, OpeningRow, UserRow]:
    of_plan = (PlanRow.organisation_id == OpeningRow.organisation_id) & (
        PlanRow.id == OpeningRow.plan_id
    )
    of_user = (UserRow.organisation_id == OpeningRow.organisation_id) & (
        UserRow.id == OpeningRow.user_id
    )
    return (
        select(PlanRow, OpeningRow, UserRow)
        .join(OpeningRow, of_plan)
        .join(UserRow, of_user)
        .where(OpeningRow.organisation_id == organisation_id)
        .order_by(OpeningRow.id.desc())
    )
