"""Machines that follow a practice: clients, receivers on loopback, and the worker between them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread
from typing import Any

from sqlalchemy import update

from medplan.gate.context import install_context
from medplan.outside.calls import Outside
from medplan.services.clients.registered import NewClient, add_client
from medplan.services.clients.sign_in import sign_in_by_secret
from medplan.services.parts import Parts
from medplan.services.telling.webhooks_sending import send_some
from medplan.store.database_time import DatabaseTime
from medplan.store.tables import WebhookDeliveryRow
from medplan.worker import Worker
from tests.api.practice import Caller, Practice
from tests.outside.servers import Receiver

SCOPES = (
    "plans.read",
    "events.read",
    "webhooks.manage",
    "dispenses.write",
    "counter-checks.write",
)


def parts_of(practice: Practice) -> Parts:
    """What the application's services work with."""
    found = practice.app.extensions["medplan"].parts
    assert isinstance(found, Parts)
    return found


def allow_loopback(practice: Practice, timeout_s: float = 1) -> None:
    """Let a practice call this machine, as the development setting would."""
    here = practice.app.extensions["medplan"]
    outside = Outside(allow_loopback=True, timeout_s=timeout_s)
    install_context(practice.app, replace(here, parts=replace(here.parts, outside=outside)))


def client_of(practice: Practice, *scopes: str, organisation: str = "Invented Practice") -> Caller:
    """Somebody else's system that is signed in."""
    now = practice.clock.now
    wanted = NewClient("Invented pharmacy", scopes or SCOPES)
    added = add_client(practice.database, Outside(), wanted, organisation, now)
    granted = sign_in_by_secret(parts_of(practice), added.client_id, str(added.secret), None, now)
    return Caller(practice.app, granted.token)


def told(caller: Caller, receiver: Receiver, **wish: object) -> dict[str, Any]:
    """Have a receiver told of events."""
    answer = caller.post("/api/v1/webhook-endpoints", {"url": receiver.url()} | wish)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


@contextmanager
def working(practice: Practice) -> Iterator[Worker]:
    """Let a worker work beside the test."""
    worker = Worker(parts_of(practice))
    thread = Thread(target=worker.run, args=(1,))
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join()


def work_off(practice: Practice) -> int:
    """Do all that is due, one thing after the other; say how many messages were tried."""
    parts, tried = parts_of(practice), 0
    tasks = Worker(parts, chores=())
    while tasks.work_once():
        pass
    while sent := send_some(parts, "the test", practice.clock.now, brisk=False):
        tried += sent
    return tried


def due_now(practice: Practice) -> None:
    """Let every message that waits be due at once."""
    with practice.seen.writing.begin() as session:
        session.execute(
            update(WebhookDeliveryRow)
            .values(available_at=DatabaseTime())
            .execution_options(synchronize_session=False)
        )
