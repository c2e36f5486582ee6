"""Tasks that follow from a change: kept with it, done later by a worker, at least once.

A task names a topic and a row, never what the row holds: its handler reads that when it runs. A
task that fails is tried again, ever later, for four days; then it is given up and stays to be seen.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from random import SystemRandom
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.services.access import Caller
from medplan.store import outbox as store
from medplan.store.database import Database
from medplan.store.database_time import DatabaseTime
from medplan.store.ids import new_id
from medplan.store.tables import OutboxRow

LEASE_S = 45
_WAITS_S = (5, 60, 600, 3_600, 14_400, 28_800, 72_000, 72_000, 72_000, 72_000)
_MOST_TRIES = len(_WAITS_S) + 1
_KEPT_S = 7 * 24 * 3600
_LONGEST_ERROR = 200
_random = SystemRandom()


@dataclass(frozen=True, slots=True)
class Task:
    """A task as its handler gets it: `id` is the same at every try, `attempts` counts this one."""

    organisation_id: UUID
    id: UUID
    topic: str
    subject_id: UUID
    attempts: int


def enqueue(session: Session, caller: Caller, topic: str, subject_id: UUID) -> None:
    """Keep a task with the change that this transaction makes."""
    row = OutboxRow(
        organisation_id=caller.organisation_id,
        id=new_id(caller.at),
        topic=topic,
        subject_id=subject_id,
        created_at=caller.at,
        available_at=DatabaseTime(),
    )
    session.add(row)


def claim(database: Database, topics: Collection[str], owner: str, limit: int) -> Sequence[Task]:
    """Take up to so many due tasks of some topics for 45 seconds, under the worker's own name."""
    with database.working() as session:
        rows = store.claim_tasks(session, topics, owner, lease_s=LEASE_S, limit=limit)
        return [Task(r.organisation_id, r.id, r.topic, r.subject_id, r.attempts) for r in rows]


def finish(database: Database, tasks: Sequence[Task], owner: str) -> None:
    """Say that tasks are done."""
    with database.working() as session:
        store.end_tasks(session, [(task.organisation_id, task.id) for task in tasks], owner)


def fail(database: Database, task: Task, owner: str, reason: str) -> bool:
    """Say that a try failed and why (no patient's data); tell whether the task is given up."""
    error = reason[:_LONGEST_ERROR]
    over = task.attempts >= _MOST_TRIES
    with database.working() as session:
        if over:
            store.give_up_task(session, task.organisation_id, task.id, owner, error)
        else:
            wait = _wait_s(task.attempts)
            store.postpone_task(
                session, task.organisation_id, task.id, owner, seconds=wait, error=error
            )
    return over


def drop_done(database: Database) -> None:
    """Remove tasks that were done a week ago or longer."""
    with database.working() as session:
        store.drop_done_tasks(session, older_than_s=_KEPT_S)


def _wait_s(attempts: int) -> float:
    """How long to wait after so many tries: ever longer, and never all tasks at the same moment."""
    return _WAITS_S[attempts - 1] * _random.uniform(0.8, 1.0)
