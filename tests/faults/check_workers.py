"""A worker is killed at each of its points: every event is delivered, under one id."""

import os
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from sqlalchemy import event, update

from medplan.store.database_time import DatabaseTime
from medplan.store.tables import OutboxRow, WebhookEndpointRow
from tests.api.machines import allow_loopback, client_of, due_now, told, work_off
from tests.api.practice import Practice
from tests.faults.ground import KILLS, Ground, Result, practice_on
from tests.outside.servers import Receiver, receiver

_POINTS = (
    "UPDATE outbox",
    "INSERT INTO webhook_delivery",
    "UPDATE webhook_endpoint",
    "UPDATE webhook_delivery",
    "commit",
)
_KILLS = KILLS // (4 * len(_POINTS))


def check(ground: Ground) -> Iterator[Result]:
    """Kill a worker before and after each of its statements; let the next one finish."""
    with practice_on(ground) as practice, receiver() as there:
        allow_loopback(practice)
        practice.clock.now = datetime.now(UTC)  # noqa: TID251 - leases go by the real time
        told(client_of(practice), there)
        for point in _POINTS:
            for when in ("before", "after"):
                killed, lost, torn, twice = _kills(practice, there, point, when)
                yield Result(f"worker killed {when} {point}", killed, lost, torn,
                             f"{twice} delivered twice")  # fmt: skip


def _kills(practice: Practice, there: Receiver, point: str, when: str) -> tuple[int, int, int, int]:
    """Count kills, events that never came, ids that are not the log's, events that came twice."""
    killed = lost = torn = twice = 0
    for number in range(3 * _KILLS):  # some work ends before a worker comes to its point again
        if killed == _KILLS:
            break
        there.got.clear()
        practice.prescriber.issued()
        killed += _killed(practice, point, when, 1 + number % 3)
        _end_leases(practice)
        work_off(practice)
        due_now(practice)
        work_off(practice)
        ids = [got.headers["webhook-id"] for got in there.got]
        lost += not ids
        torn += len(set(ids)) > 1
        twice += len(ids) > 1
    return killed, lost, torn, twice


def _killed(practice: Practice, point: str, when: str, nth: int) -> bool:
    """Let a worker work that dies at the nth time it comes to a point."""
    practice.database.close()
    practice.seen.close()
    child = os.fork()
    if child == 0:
        left = [nth]

        def die(*_: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        _listen(practice, point, when, die)
        work_off(practice)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _listen(practice: Practice, point: str, when: str, die: Callable[..., None]) -> None:
    engine = practice.database.engine
    if point == "commit":
        event.listen(engine, "commit" if when == "before" else "checkin", die)
        return

    def look(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith(point):
            die()

    event.listen(engine, f"{when}_cursor_execute", look)


def _end_leases(practice: Practice) -> None:
    """Let the time of a lease have passed."""
    with practice.seen.writing.begin() as session:
        past = DatabaseTime(-1)
        for holding in (
            update(OutboxRow).values(lease_until=past, available_at=past),
            update(WebhookEndpointRow).values(busy_until=past),
        ):
            session.execute(holding.execution_options(synchronize_session=False))
