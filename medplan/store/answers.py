"""Answers kept for POSTs that are sent again."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from medplan.store.tables import IdempotencyRow


def claim(session: Session, row: IdempotencyRow) -> bool:
    """Add the row unless its key is taken. Waits for another transaction that holds the key."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def find_answer(
    session: Session, organisation_id: UUID, user_id: UUID, route: str, key: str
) -> IdempotencyRow | None:
    """Find the answer kept under a key."""
    return session.scalar(
        select(IdempotencyRow).where(
            IdempotencyRow.organisation_id == organisation_id,
            IdempotencyRow.user_id == user_id,
            IdempotencyRow.route == route,
            IdempotencyRow.key == key,
        )
    )
