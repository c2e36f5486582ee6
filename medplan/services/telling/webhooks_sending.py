"""Telling addresses of events: signed (Standard Webhooks), tried again, given up after two days.

An event becomes one message for each address. A message is sent at least once, under the same id
each time; order is not promised. The brisk lane is for addresses that answered well and soon the
last time, and gives them five seconds. All others (new, failing, slow) have a lane of their own and
twenty, so that they hold nobody up; once one answers again, everything that waits for it goes out.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import SystemRandom
from time import monotonic

from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from medplan.documents.json_text import JsonValue
from medplan.outside.addresses import OutsideError
from medplan.outside.calls import TIMEOUT_S
from medplan.services.parts import Parts
from medplan.services.telling.outbox import Task
from medplan.store import webhooks as store
from medplan.store.database_time import DatabaseTime
from medplan.store.ids import EVENT, PLAN, new_id, write_id
from medplan.store.tables import EventRow, WebhookDeliveryRow, WebhookEndpointRow
from medplan.store.webhooks import Held

LEASE_S = 45
WAITS_S = (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 36_000, 72_000)
"""How long to wait after each failed try: ten tries within two days."""
_SLOW_S = 5.0
_MOST_AT_ONCE = 20
_GONE = 410
_random = SystemRandom()


@dataclass(frozen=True, slots=True)
class _Told:
    """How a try went: None for an error means well; `gone` that the address wants no more."""

    error: str | None
    slow: bool
    gone: bool = False


def event_document(row: EventRow) -> dict[str, JsonValue]:
    """An event as it is told, here and in the log: ids and a kind, nothing about anybody."""
    return {
        "id": write_id(EVENT, row.id),
        "type": row.kind,
        "timestamp": row.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "data": {"plan": write_id(PLAN, row.plan_id), "revision": row.revision},
    }


def spread(parts: Parts, task: Task) -> None:
    """Make a message of an event for each address that wants it; doing it twice changes nothing."""
    with parts.database.writing_for(task.organisation_id) as session:
        event = store.find_event(session, task.organisation_id, task.subject_id)
        if event is None:
            return
        told = store.list_told(session, event)
        session.add_all(
            _delivery(event, row)
            for row in store.list_endpoints(session, task.organisation_id, owner_id=None)
            if row.id not in told and (row.kinds is None or event.kind in json.loads(row.kinds))
        )


def send_some(parts: Parts, owner: str, now: datetime, *, brisk: bool) -> int:
    """Send what has waited longest, and what else waits for the same address, until one fails or
    the time is over; tell how many messages were tried."""
    with parts.database.working() as session:
        held = store.claim_deliveries(
            session, owner, lease_s=LEASE_S, brisk=brisk, most=_MOST_AT_ONCE
        )
    if not held:
        return 0
    tried = _send_all(parts, held, now, within_s=_SLOW_S if brisk else TIMEOUT_S)
    last = tried[-1][1]
    with parts.database.writing_for(held[0].organisation_id) as session:
        if store.release(session, held[0], owner, well=last.error is None, slow=last.slow):
            for one, told in tried:
                _keep(session, one, told, now)
            for one in held[len(tried) :]:
                store.put_back_delivery(session, one)
    return len(tried)


def _keep(session: Session, held: Held, told: _Told, now: datetime) -> None:
    if told.error is None:
        store.end_delivery(session, held)
    elif told.gone or held.attempts > len(WAITS_S):
        store.give_up_delivery(session, held, told.error)
        if told.gone:
            row = store.find_endpoint(
                session, held.organisation_id, held.endpoint_id, owner_id=None
            )
            if row is not None:
                row.ended_at = now
    else:
        wait = WAITS_S[held.attempts - 1] * _random.uniform(0.8, 1.2)
        store.postpone_delivery(session, held, wait, told.error)


def _send_all(
    parts: Parts, held: Sequence[Held], now: datetime, *, within_s: float
) -> list[tuple[Held, _Told]]:
    """Send to one address, message after message; each at least is tried that begins in time."""
    first = held[0]
    with parts.database.reading_for(first.organisation_id) as session:
        endpoint = store.find_endpoint(
            session, first.organisation_id, first.endpoint_id, owner_id=None
        )
        events = [store.find_event(session, one.organisation_id, one.event_id) for one in held]
    tried: list[tuple[Held, _Told]] = []
    until = monotonic() + LEASE_S - 1 - within_s
    for one, event in zip(held, events, strict=True):
        if tried and (tried[-1][1].error is not None or tried[-1][1].slow or monotonic() > until):
            break
        if endpoint is None or event is None:
            tried.append((one, _Told("The address has ended.", slow=False)))
        else:
            tried.append((one, _send(parts, endpoint, event, now, within_s=within_s)))
    return tried


def _send(
    parts: Parts, endpoint: WebhookEndpointRow, event: EventRow, now: datetime, *, within_s: float
) -> _Told:
    body = json.dumps(event_document(event))
    headers = signed_headers(endpoint, event, body, now)
    begun = monotonic()
    try:
        reply = parts.outside.post(endpoint.url, headers, body.encode(), within_s)
    except OutsideError as error:
        return _Told(str(error), slow=monotonic() - begun > _SLOW_S)
    slow = monotonic() - begun > _SLOW_S
    well = 200 <= reply.status < 300
    refused = None if well else f"It answered {int(reply.status)}."
    return _Told(refused, slow=slow, gone=reply.status == _GONE)


def signed_headers(
    endpoint: WebhookEndpointRow, event: EventRow, body: str, now: datetime
) -> dict[str, str]:
    """The headers of a message: its id, when it was sent, and a signature by each good secret."""
    secrets = [endpoint.secret]
    if endpoint.former_secret and endpoint.former_until and endpoint.former_until > now:
        secrets.append(endpoint.former_secret)
    message, at = write_id(EVENT, event.id), now.astimezone(UTC)
    return {
        "Content-Type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(s).sign(message, at, body) for s in secrets),
    }


def _delivery(event: EventRow, row: WebhookEndpointRow) -> WebhookDeliveryRow:
    return WebhookDeliveryRow(
        organisation_id=event.organisation_id,
        id=new_id(event.at),
        endpoint_id=row.id,
        event_id=event.id,
        attempts=0,
        available_at=DatabaseTime(),
    )
