"""Addresses that want to be told of events: added, listed, given a new secret, ended.

A client sees and ends its own; whoever looks after the organisation's accounts, all of them. An
address's secret signs what is sent there; it is told once and kept sealed.
"""

import json
import secrets
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.errors import InvalidRequestError, Problem
from medplan.outside.addresses import OutsideError
from medplan.services.access import Caller, Right, Role, require
from medplan.services.audit.lines import note
from medplan.services.once import Answer, Once
from medplan.services.parts import Parts
from medplan.services.refusals import NotFoundError
from medplan.services.telling.events import EventKind
from medplan.store import webhooks as store
from medplan.store.ids import WEBHOOK, new_id, write_id
from medplan.store.tables import EventRow, WebhookEndpointRow

OVERLAP = timedelta(hours=24)
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address as its owner sees it: how many messages wait, how many were given up, and its
    secret where it has just been made."""

    row: WebhookEndpointRow
    waiting: int
    given_up: int
    secret: str | None = None


def add_endpoint(
    parts: Parts,
    caller: Caller,
    url: str,
    kinds: tuple[EventKind, ...] | None,
    once: Once[Endpoint],
) -> Answer:
    """Add an address; it is told of events from now on (`kinds` None: of all).

    Raises:
        InvalidRequestError: the address must not be called.
        NotAllowedError, KeyReusedError.
    """
    require(caller, Right.MANAGE_WEBHOOKS)
    try:
        parts.outside.check(url)
    except OutsideError as error:
        raise InvalidRequestError([Problem("/url", "not-called", str(error))]) from error
    with parts.database.writing_for(caller.organisation_id) as session:
        return once.answer(session, caller, lambda: _add(session, caller, url, kinds))


def list_endpoints(parts: Parts, caller: Caller) -> Sequence[Endpoint]:
    """List the addresses that are told.

    Raises:
        NotAllowedError: the caller may not.
    """
    require(caller, Right.MANAGE_WEBHOOKS)
    with parts.database.reading_for(caller.organisation_id) as session:
        rows = store.list_endpoints(session, caller.organisation_id, owner_id=_owner(caller))
        return [_counted(session, row) for row in rows]


def end_endpoint(parts: Parts, caller: Caller, endpoint_id: UUID) -> None:
    """End an address: it is told nothing any more, not even what waits.

    Raises:
        NotFoundError, NotAllowedError.
    """
    require(caller, Right.MANAGE_WEBHOOKS)
    with parts.database.writing_for(caller.organisation_id) as session:
        row = _find(session, caller, endpoint_id)
        row.ended_at = caller.at
        note(session, caller, "webhook.end", write_id(WEBHOOK, row.id))


def rotate_secret(parts: Parts, caller: Caller, endpoint_id: UUID, once: Once[Endpoint]) -> Answer:
    """Give an address a new secret; for a day messages are signed by the former one as well.

    Raises:
        NotFoundError, NotAllowedError, KeyReusedError.
    """
    require(caller, Right.MANAGE_WEBHOOKS)

    def act() -> Endpoint:
        row = _find(session, caller, endpoint_id)
        row.former_secret, row.former_until = row.secret, caller.at + OVERLAP
        row.secret = _new_secret()
        note(session, caller, "webhook.rotate", write_id(WEBHOOK, row.id))
        return _counted(session, row, row.secret)

    with parts.database.writing_for(caller.organisation_id) as session:
        return once.answer(session, caller, act)


def send_again(parts: Parts, caller: Caller, endpoint_id: UUID, once: Once[int]) -> Answer:
    """Let everything that was given up for an address be tried again; the result is how much.

    Raises:
        NotFoundError, NotAllowedError, KeyReusedError.
    """
    require(caller, Right.MANAGE_WEBHOOKS)

    def act() -> int:
        row = _find(session, caller, endpoint_id)
        note(session, caller, "webhook.send-again", write_id(WEBHOOK, row.id))
        return store.revive_deliveries(session, row.organisation_id, row.id)

    with parts.database.writing_for(caller.organisation_id) as session:
        return once.answer(session, caller, act)


def list_events(
    parts: Parts, caller: Caller, *, after: UUID | None, kind: EventKind | None, limit: int
) -> Sequence[EventRow]:
    """List what happened, in the order in which it became known.

    Raises:
        NotAllowedError: the caller may not.
    """
    require(caller, Right.READ_EVENTS)
    with parts.database.reading_for(caller.organisation_id) as session:
        return store.list_events(
            session, caller.organisation_id, after=after, kind=kind, limit=limit
        )


def _add(
    session: Session, caller: Caller, url: str, kinds: tuple[EventKind, ...] | None
) -> Endpoint:
    row = WebhookEndpointRow(
        organisation_id=caller.organisation_id,
        id=new_id(caller.at),
        url=url,
        kinds=None if kinds is None else json.dumps(kinds),
        secret=_new_secret(),
        created_by=caller.user_id,
        created_at=caller.at,
        failures=0,
        slow=True,  # until it has answered soon
    )
    session.add(row)
    session.flush()
    note(session, caller, "webhook.add", write_id(WEBHOOK, row.id))
    return Endpoint(row, 0, 0, row.secret)


def _find(session: Session, caller: Caller, endpoint_id: UUID) -> WebhookEndpointRow:
    row = store.find_endpoint(session, caller.organisation_id, endpoint_id, owner_id=_owner(caller))
    if row is None:
        raise NotFoundError
    return row


def _owner(caller: Caller) -> UUID | None:
    return caller.user_id if caller.role is Role.CLIENT else None


def _counted(session: Session, row: WebhookEndpointRow, secret: str | None = None) -> Endpoint:
    waiting, given_up = store.count_open(session, row.organisation_id, row.id)
    return Endpoint(row, waiting, given_up, secret)


def _new_secret() -> str:
    return "whsec_" + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
