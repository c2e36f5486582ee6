"""Tasks for workers: claimed by one worker at a time, and ended.

A claim is a lease by the database's clock: a worker that dies leaves a task that another may take
once the lease has run out. PostgreSQL's workers skip tasks that another is claiming; on SQLite the
transaction holds the only write lock. Knows nothing of what a task is about.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Update, delete, or_, select, tuple_, update
from sqlalchemy.orm import Session

from medplan.store.database_time import DatabaseTime
from medplan.store.tables import OutboxRow

_OPEN = (OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None))
_KEY = tuple_(OutboxRow.organisation_id, OutboxRow.id)


def claim_tasks(
    session: Session, topics: Collection[str], owner: str, *, lease_s: int, limit: int
) -> Sequence[OutboxRow]:
    """Lease tasks that are due and that nobody holds, the longest waiting first."""
    due = (
        select(OutboxRow.organisation_id, OutboxRow.id)
        .where(
            *_OPEN,
            OutboxRow.topic.in_(topics),
            OutboxRow.available_at <= DatabaseTime(),
            or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until <= DatabaseTime()),
        )
        .order_by(OutboxRow.available_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    keys = [(row.organisation_id, row.id) for row in session.execute(due)]
    if not keys:
        return ()
    leased = (
        update(OutboxRow)
        .where(_KEY.in_(keys))
        .values(
            attempts=OutboxRow.attempts + 1,
            lease_owner=owner,
            lease_until=DatabaseTime(lease_s),
        )
        .returning(OutboxRow)
        .execution_options(synchronize_session=False)
    )
    return sorted(session.scalars(leased), key=lambda row: row.available_at)


def end_tasks(session: Session, keys: Sequence[tuple[UUID, UUID]], owner: str) -> None:
    """Mark tasks (by organisation and id) as done, but those whose lease another worker has now."""
    ended = update(OutboxRow).where(_KEY.in_(keys), OutboxRow.lease_owner == owner, *_OPEN)
    session.execute(
        ended.values(done_at=DatabaseTime()).execution_options(synchronize_session=False)
    )


def postpone_task(
    session: Session,
    organisation_id: UUID,
    task_id: UUID,
    owner: str,
    *,
    seconds: float,
    error: str,
) -> None:
    """Free a task to be tried again after so many seconds, unless its lease was lost."""
    session.execute(
        _held(organisation_id, task_id, owner).values(
            available_at=DatabaseTime(seconds),
            lease_owner=None,
            lease_until=None,
            last_error=error,
        )
    )


def give_up_task(
    session: Session, organisation_id: UUID, task_id: UUID, owner: str, error: str
) -> None:
    """Mark a task as one that nobody will try again, unless its lease was lost."""
    session.execute(
        _held(organisation_id, task_id, owner).values(dead_at=DatabaseTime(), last_error=error)
    )


def drop_done_tasks(session: Session, *, older_than_s: int) -> None:
    """Remove tasks that were done longer ago than that; those given up stay."""
    session.execute(
        delete(OutboxRow)
        .where(OutboxRow.done_at <= DatabaseTime(-older_than_s))
        .execution_options(synchronize_session=False)
    )


def _held(organisation_id: UUID, task_id: UUID, owner: str) -> Update:
    return (
        update(OutboxRow)
        .where(
            OutboxRow.organisation_id == organisation_id,
            OutboxRow.id == task_id,
            OutboxRow.lease_owner == owner,
            *_OPEN,
        )
        .execution_options(synchronize_session=False)
    )
