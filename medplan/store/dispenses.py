"""What was supplied for plans, and what pharmacists say of them, found by plan."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from medplan.store.tables import CounterCheckRow, DispenseRow


def list_dispenses(session: Session, organisation_id: UUID, plan_id: UUID) -> Sequence[DispenseRow]:
    """List a plan's supplies, as they were recorded."""
    return session.scalars(
        select(DispenseRow)
        .where(DispenseRow.organisation_id == organisation_id, DispenseRow.plan_id == plan_id)
        .order_by(DispenseRow.id)
    ).all()


def list_counter_checks(
    session: Session, organisation_id: UUID, plan_id: UUID
) -> Sequence[CounterCheckRow]:
    """List what pharmacists said of a plan, first to last."""
    return session.scalars(
        select(CounterCheckRow)
        .where(
            CounterCheckRow.organisation_id == organisation_id,
            CounterCheckRow.plan_id == plan_id,
        )
        .order_by(CounterCheckRow.id)
    ).all()


def find_counter_check(
    session: Session, organisation_id: UUID, plan_id: UUID, check_id: UUID
) -> CounterCheckRow | None:
    """Find one of this very plan, and keep others from answering it meanwhile."""
    return session.scalar(
        select(CounterCheckRow)
        .where(
            CounterCheckRow.organisation_id == organisation_id,
            CounterCheckRow.plan_id == plan_id,
            CounterCheckRow.id == check_id,
        )
        .with_for_update()
    )
