"""Addresses that are told of events, and what each is still to be told.

A worker holds an address while it sends there, by a lease on the database's clock: one message
after the other, so that a slow receiver takes up one worker at most and never its neighbours'.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from medplan.store.database_time import DatabaseTime
from medplan.store.tables import EventRow, WebhookDeliveryRow, WebhookEndpointRow

_OF_ENDPOINT = and_(
    WebhookEndpointRow.organisation_id == WebhookDeliveryRow.organisation_id,
    WebhookEndpointRow.id == WebhookDeliveryRow.endpoint_id,
)
_OPEN = (WebhookDeliveryRow.done_at.is_(None), WebhookDeliveryRow.dead_at.is_(None))
_BRISK = and_(WebhookEndpointRow.failures == 0, WebhookEndpointRow.slow.is_(False))


@dataclass(frozen=True, slots=True)
class Held:
    """A message that a worker holds, and the address it is for."""

    organisation_id: UUID
    delivery_id: UUID
    endpoint_id: UUID
    event_id: UUID
    attempts: int


def find_endpoint(
    session: Session, organisation_id: UUID, endpoint_id: UUID, *, owner_id: UUID | None
) -> WebhookEndpointRow | None:
    """Find an address that is still told; `owner_id` narrows to one owner's."""
    return session.scalar(
        _endpoints(organisation_id, owner_id, WebhookEndpointRow.id == endpoint_id)
    )


def list_endpoints(
    session: Session, organisation_id: UUID, *, owner_id: UUID | None
) -> Sequence[WebhookEndpointRow]:
    """List the addresses that are still told, first to last."""
    return session.scalars(
        _endpoints(organisation_id, owner_id).order_by(WebhookEndpointRow.id)
    ).all()


def count_open(session: Session, organisation_id: UUID, endpoint_id: UUID) -> tuple[int, int]:
    """Count what an address still waits for, and what was given up."""
    row = session.execute(
        select(
            func.count().filter(*_OPEN),
            func.count().filter(WebhookDeliveryRow.dead_at.is_not(None)),
        ).where(*_of(organisation_id, endpoint_id))
    ).one()
    return row[0], row[1]


def list_told(session: Session, event: EventRow) -> frozenset[UUID]:
    """List the addresses that a message of an event was made for."""
    made = select(WebhookDeliveryRow.endpoint_id).where(
        WebhookDeliveryRow.organisation_id == event.organisation_id,
        WebhookDeliveryRow.event_id == event.id,
    )
    return frozenset(session.scalars(made))


def claim_deliveries(
    session: Session, owner: str, *, lease_s: int, brisk: bool, most: int
) -> Sequence[Held]:
    """Hold the address whose message has waited longest, of those that nobody holds, and up to so
    many messages that are due there; `brisk` passes by addresses that failed or were slow."""
    due = (
        select(WebhookEndpointRow)
        .join(WebhookDeliveryRow, _OF_ENDPOINT)
        .where(
            *_OPEN,
            WebhookDeliveryRow.available_at <= DatabaseTime(),
            WebhookEndpointRow.ended_at.is_(None),
            _free(),
        )
        .order_by(WebhookDeliveryRow.available_at)
        .limit(1)
        .with_for_update(skip_locked=True, of=WebhookEndpointRow)
    )
    endpoint = session.scalar(due.where(_BRISK) if brisk else due)
    if endpoint is None:
        return []
    session.execute(
        update(WebhookEndpointRow)
        .where(
            WebhookEndpointRow.organisation_id == endpoint.organisation_id,
            WebhookEndpointRow.id == endpoint.id,
        )
        .values(busy_owner=owner, busy_until=DatabaseTime(lease_s))
        .execution_options(synchronize_session=False)
    )
    rows = _due_at(session, endpoint, most)
    for row in rows:
        row.attempts += 1
    return [
        Held(row.organisation_id, row.id, row.endpoint_id, row.event_id, row.attempts)
        for row in rows
    ]


def _due_at(session: Session, endpoint: WebhookEndpointRow, most: int) -> list[WebhookDeliveryRow]:
    due = (
        select(WebhookDeliveryRow)
        .where(*_of(endpoint.organisation_id, endpoint.id), *_OPEN)
        .where(WebhookDeliveryRow.available_at <= DatabaseTime())
        .order_by(WebhookDeliveryRow.available_at)
    )
    return [*session.scalars(due.limit(most))]


def release(session: Session, held: Held, owner: str, *, well: bool, slow: bool) -> bool:
    """Free the address that a worker held, and keep how it did; False when the lease was lost."""
    failures = 0 if well else WebhookEndpointRow.failures + 1
    freed = session.execute(
        update(WebhookEndpointRow)
        .where(
            WebhookEndpointRow.organisation_id == held.organisation_id,
            WebhookEndpointRow.id == held.endpoint_id,
            WebhookEndpointRow.busy_owner == owner,
        )
        .values(busy_owner=None, busy_until=None, failures=failures, slow=slow)
        .returning(WebhookEndpointRow.id)
        .execution_options(synchronize_session=False)
    )
    return freed.one_or_none() is not None


def end_delivery(session: Session, held: Held) -> None:
    """Mark a message as told, and let what waits for the same address be tried at once."""
    _change(session, held, done_at=DatabaseTime(), last_error=None)
    session.execute(
        update(WebhookDeliveryRow)
        .where(*_of(held.organisation_id, held.endpoint_id), *_OPEN)
        .where(WebhookDeliveryRow.available_at > DatabaseTime())
        .values(available_at=DatabaseTime())
        .execution_options(synchronize_session=False)
    )


def put_back_delivery(session: Session, held: Held) -> None:
    """Let a message that was held and not tried wait as before."""
    _change(session, held, attempts=held.attempts - 1)


def postpone_delivery(session: Session, held: Held, seconds: float, error: str) -> None:
    """Let a message be tried again after so many seconds."""
    _change(session, held, available_at=DatabaseTime(seconds), last_error=error)


def give_up_delivery(session: Session, held: Held, error: str) -> None:
    """Mark a message as one that nobody tries again by itself."""
    _change(session, held, dead_at=DatabaseTime(), last_error=error)


def revive_deliveries(session: Session, organisation_id: UUID, endpoint_id: UUID) -> int:
    """Let what was given up for an address be tried again from the start; say how many."""
    revived = session.execute(
        update(WebhookDeliveryRow)
        .where(*_of(organisation_id, endpoint_id), WebhookDeliveryRow.dead_at.is_not(None))
        .values(dead_at=None, attempts=0, available_at=DatabaseTime())
        .returning(WebhookDeliveryRow.id)
        .execution_options(synchronize_session=False)
    )
    return len(revived.all())


def end_endpoints(session: Session, organisation_id: UUID, owner_id: UUID, now: datetime) -> None:
    """End every address of an owner."""
    session.execute(
        update(WebhookEndpointRow)
        .where(
            WebhookEndpointRow.organisation_id == organisation_id,
            WebhookEndpointRow.created_by == owner_id,
            WebhookEndpointRow.ended_at.is_(None),
        )
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


def find_event(session: Session, organisation_id: UUID, event_id: UUID) -> EventRow | None:
    """Find one event."""
    return session.get(EventRow, (organisation_id, event_id))


def list_events(
    session: Session, organisation_id: UUID, *, after: UUID | None, kind: str | None, limit: int
) -> Sequence[EventRow]:
    """List events in the order in which they became known, beginning after the event `after`."""
    query = (
        select(EventRow)
        .where(EventRow.organisation_id == organisation_id)
        .order_by(EventRow.number)
        .limit(limit)
    )
    if after is not None:
        seen = (
            select(EventRow.number)
            .where(EventRow.organisation_id == organisation_id, EventRow.id == after)
            .scalar_subquery()
        )
        query = query.where(EventRow.number > seen)
    if kind is not None:
        query = query.where(EventRow.kind == kind)
    return session.scalars(query).all()


def _endpoints(
    organisation_id: UUID, owner_id: UUID | None, *more: ColumnElement[bool]
) -> Select[WebhookEndpointRow]:
    query = select(WebhookEndpointRow).where(
        WebhookEndpointRow.organisation_id == organisation_id,
        WebhookEndpointRow.ended_at.is_(None),
        *more,
    )
    return query if owner_id is None else query.where(WebhookEndpointRow.created_by == owner_id)


def _of(organisation_id: UUID, endpoint_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        WebhookDeliveryRow.organisation_id == organisation_id,
        WebhookDeliveryRow.endpoint_id == endpoint_id,
    )


def _free() -> ColumnElement[bool]:
    return or_(
        WebhookEndpointRow.busy_until.is_(None), WebhookEndpointRow.busy_until <= DatabaseTime()
    )


def _change(session: Session, held: Held, **values: object) -> None:
    session.execute(
        update(WebhookDeliveryRow)
        .where(
            WebhookDeliveryRow.organisation_id == held.organisation_id,
            WebhookDeliveryRow.id == held.delivery_id,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
