"""What patients said that they noticed, by plan or by how bad it is."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from medplan.store.tables import CheckInRow


def find_check_in(
    session: Session, organisation_id: UUID, plan_id: UUID, check_in_id: UUID
) -> CheckInRow | None:
    """Find a check-in of this very plan."""
    return session.scalar(_check_ins(organisation_id, plan_id).where(CheckInRow.id == check_in_id))


def list_check_ins(
    session: Session, organisation_id: UUID, plan_id: UUID, *, limit: int
) -> Sequence[CheckInRow]:
    """List a plan's check-ins, the newest first."""
    wanted = _check_ins(organisation_id, plan_id).order_by(CheckInRow.id.desc())
    return session.scalars(wanted.limit(limit)).all()


def unanswered(
    session: Session, organisation_id: UUID, level: str, *, limit: int
) -> Sequence[CheckInRow]:
    """List the organisation's check-ins of a level that nobody has answered, the oldest first."""
    wanted = select(CheckInRow).where(
        CheckInRow.organisation_id == organisation_id,
        CheckInRow.level == level,
        CheckInRow.answered_at.is_(None),
    )
    return session.scalars(wanted.order_by(CheckInRow.id).limit(limit)).all()


def with_unanswered(
    session: Session, organisation_id: UUID, level: str, plan_ids: Collection[UUID]
) -> frozenset[UUID]:
    """Say which of some plans have a check-in of a level that nobody has answered."""
    wanted = select(CheckInRow.plan_id).where(
        CheckInRow.organisation_id == organisation_id,
        CheckInRow.plan_id.in_(plan_ids),
        CheckInRow.level == level,
        CheckInRow.answered_at.is_(None),
    )
    return frozenset(session.scalars(wanted))


def _check_ins(organisation_id: UUID, plan_id: UUID) -> Select[CheckInRow]:
    return select(CheckInRow).where(
        CheckInRow.organisation_id == organisation_id, CheckInRow.plan_id == plan_id
    )
