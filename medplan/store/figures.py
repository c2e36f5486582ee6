"""Counts over an organisation's rows, for whoever watches over the service; nobody is named."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from medplan.store.tables import FeedRow, OrganisationRow, OutboxRow, PlanRow, in_force, is_behind


def organisations(session: Session) -> list[UUID]:
    """List the organisations there are."""
    return list(session.scalars(select(OrganisationRow.organisation_id)))


def plans_by_status(session: Session, organisation_id: UUID) -> Mapping[str, int]:
    """Count plans by their status."""
    counted = (
        select(PlanRow.status, func.count())
        .where(PlanRow.organisation_id == organisation_id)
        .group_by(PlanRow.status)
    )
    return {row[0]: row[1] for row in session.execute(counted)}


def overdue_stops(session: Session, organisation_id: UUID, today: date) -> int:
    """Count plans in force one of whose medicines should have stopped since anybody acted."""
    counted = select(func.count()).where(
        PlanRow.organisation_id == organisation_id,
        in_force(),
        PlanRow.next_stop < today,
    )
    return session.execute(counted).scalar_one()


def stale_feeds(session: Session, organisation_id: UUID, now: datetime) -> int:
    """Count live feeds that have not given anybody what they show now."""
    counted = select(func.count()).where(FeedRow.organisation_id == organisation_id, is_behind(now))
    return session.execute(counted).scalar_one()


def oldest_task(session: Session) -> datetime | None:
    """Say since when the oldest task that is neither done nor given up has waited."""
    waiting = select(func.min(OutboxRow.created_at)).where(
        OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None)
    )
    return session.execute(waiting).scalar()


def dead_tasks(session: Session) -> int:
    """Count tasks that were given up."""
    counted = select(func.count()).where(OutboxRow.dead_at.is_not(None))
    return session.execute(counted).scalar_one()
