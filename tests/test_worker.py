"""A worker hands tasks to their topics' handlers, and lives on whatever they do."""

import os
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from medplan.services.parts import Parts
from medplan.services.telling import outbox
from medplan.services.telling.outbox import Task
from medplan.store.database_time import DatabaseTime
from medplan.store.tables import EventRow, OutboxRow
from medplan.worker import TaskError, Worker
from tests.api.conftest import peopled, practice
from tests.api.practice import Practice

__all__ = ["peopled", "practice"]

NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)


def parts_of(practice: Practice) -> Parts:
    found = practice.app.extensions["medplan"].parts
    assert isinstance(found, Parts)
    return found


def test_what_was_issued_and_amended_is_told_once_each_in_order(practice: Practice) -> None:
    path = practice.prescriber.issued()
    etag = practice.prescriber.get(path).headers["ETag"]
    practice.prescriber.post(f"{path}/errors", {"reason": "Another patient's."}, etag=etag)
    told: list[Task] = []
    worker = Worker(parts_of(practice), {"event": lambda _parts, task: told.append(task)})

    while worker.work_once():
        pass

    with practice.seen.reading.begin() as session:
        events = session.scalars(select(EventRow).order_by(EventRow.number)).all()
    assert [(e.number, e.kind, e.revision) for e in events] == [
        (1, "plan.issued", 1),
        (2, "plan.entered-in-error", 2),
    ]
    assert [task.subject_id for task in told] == [event.id for event in events]


def test_a_handler_that_fails_leaves_its_reason_and_the_worker_goes_on(practice: Practice) -> None:
    for _ in range(2):
        practice.prescriber.issued()
    faults = [TaskError("The receiver is away."), RuntimeError("invented:canary-8841")]

    def fail(_parts: Parts, _task: Task) -> None:
        raise faults.pop(0)

    worker = Worker(parts_of(practice), {"event": fail})
    while worker.work_once():
        pass

    with practice.seen.reading.begin() as session:
        errors = session.scalars(select(OutboxRow.last_error)).all()
    assert sorted(map(str, errors)) == ["RuntimeError", "The receiver is away."]


def test_a_worker_killed_in_the_midst_of_a_delivery_leaves_it_to_the_next(
    practice: Practice, tmp_path: Path
) -> None:
    practice.prescriber.issued()
    delivered = tmp_path / "delivered"

    def deliver(_parts: Parts, task: Task) -> None:
        with delivered.open("a") as file:
            file.write(f"{task.id}\n")

    def deliver_and_die(parts: Parts, task: Task) -> None:
        deliver(parts, task)
        os.kill(os.getpid(), signal.SIGKILL)

    practice.database.close()
    practice.seen.close()
    child = os.fork()
    if child == 0:
        Worker(parts_of(practice), {"event": deliver_and_die}).work_once()
        os._exit(0)
    os.waitpid(child, 0)
    after = Worker(parts_of(practice), {"event": deliver})
    assert not after.work_once()
    with practice.seen.writing.begin() as session:
        session.execute(update(OutboxRow).values(lease_until=DatabaseTime(-1)))
    assert after.work_once()
    assert not after.work_once()

    first, second = delivered.read_text().split()
    assert first == second


def test_a_worker_told_to_stop_finishes_what_it_holds(practice: Practice) -> None:
    practice.prescriber.issued()
    begun, go_on = threading.Event(), threading.Event()

    def wait(_parts: Parts, _task: Task) -> None:
        begun.set()
        assert go_on.wait(30)

    worker = Worker(parts_of(practice), {"event": wait})
    running = threading.Thread(target=worker.run, args=(2,))
    running.start()
    assert begun.wait(30)
    worker.stop()
    go_on.set()
    running.join(30)

    assert not running.is_alive()
    with practice.seen.reading.begin() as session:
        assert session.scalars(select(OutboxRow)).one().done_at is not None


def test_a_lease_is_shorter_than_a_minute() -> None:
    assert 30 <= outbox.LEASE_S <= 60


@pytest.mark.usefixtures("practice")
def test_a_worker_without_topics_claims_nothing(practice: Practice) -> None:
    practice.prescriber.issued()

    assert not Worker(parts_of(practice), {}).work_once()
