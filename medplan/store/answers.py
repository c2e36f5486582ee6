"""Answers kept for POSTs that are sent again."""

from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, make_transient_to_detached

from medplan.store.tables import IdempotencyRow
from medplan.store.tables.inserting import insert_unless_there


def claim(session: Session, row: IdempotencyRow) -> bool:
    """Add the row unless its key is taken. Waits for another transaction that holds the key."""
    columns = {attribute.key: getattr(row, attribute.key) for attribute in inspect(row).attrs}
    if not insert_unless_there(session.connection(), IdempotencyRow, columns):
        return False
    make_transient_to_detached(row)
    session.add(row)
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
