"""What was supplied for plans, found by id and listed newest first."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from medplan.store.tables import DispenseRow


def find_dispense(session: Session, organisation_id: UUID, dispense_id: UUID) -> DispenseRow | None:
    """Find one supply."""
    return session.get(DispenseRow, (organisation_id, dispense_id))


def newest_dispenses(
    session: Session,
    organisation_id: UUID,
    plans: Collection[UUID] | None,
    *,
    older_than: UUID | None,
    limit: int,
) -> Sequence[DispenseRow]:
    """List supplies from the newest down, of some plans or all (None), at most `limit`."""
    query = select(DispenseRow).where(DispenseRow.organisation_id == organisation_id)
    if plans is not None:
        query = query.where(DispenseRow.plan_id.in_(plans))
    if older_than is not None:
        query = query.where(DispenseRow.id < older_than)
    return session.scalars(query.order_by(DispenseRow.id.desc()).limit(limit)).all()
