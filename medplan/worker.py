"""Does what changes left to be done: claims tasks, hands each to its topic's handler, and ends it.

Any number of workers may run, in any number of processes; each runs as a thread inside
`medplan serve` and alone as `medplan worker`. One that is killed leaves its task to the next, so a
handler may run twice for the same task id.
"""

import atexit
import os
import secrets
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError

from medplan.errors import MedplanError
from medplan.services.operation.retention import retain
from medplan.services.parts import Parts
from medplan.services.telling import events, outbox, webhooks_sending
from medplan.services.telling.outbox import Task

if TYPE_CHECKING:
    from medplan.gate.spans import Spans

Handler = Callable[[Parts, Task], None]

Chore = Callable[[Parts, str], bool]

HANDLERS: dict[str, Handler] = {events.TOPIC: webhooks_sending.spread}
"""What does the tasks of each topic; a topic that is not here waits for a worker that has it."""


def handlers_within(spans: "Spans | None") -> Mapping[str, Handler]:
    """Give every handler, each within a span where a deployment asks for them."""
    if spans is None:
        return HANDLERS
    return {topic: spans.around(f"task {topic}", handler) for topic, handler in HANDLERS.items()}


def _send_brisk(parts: Parts, name: str) -> bool:
    return webhooks_sending.send_some(parts, name, datetime.now(UTC), brisk=True) > 0


def _send_any(parts: Parts, name: str) -> bool:
    return webhooks_sending.send_some(parts, name, datetime.now(UTC), brisk=False) > 0


CHORES: tuple[Chore, ...] = (_send_brisk, _send_brisk, _send_any, _send_any)
"""What else there is to do, each in a thread of its own: it does one thing that is due and tells
whether there was one. Two threads for webhooks never wait for a receiver that was slow or down."""

_AT_ONCE = 20  # tasks under one lease: they take a second, and claiming each would take longer
_IDLE_S = 1.0
_TIDY_S = 3600.0
_log: structlog.stdlib.BoundLogger = structlog.get_logger("medplan")


class TaskError(MedplanError):
    """A task can't be done now; the message says why and names nobody."""

    code = "task"


class Worker:
    """Works until it is told to stop. `handlers` are asked for their topics only."""

    def __init__(
        self,
        parts: Parts,
        handlers: Mapping[str, Handler] | None = None,
        chores: Sequence[Chore] = CHORES,
    ) -> None:
        self._parts = parts
        self._chores = chores
        self._handlers = HANDLERS if handlers is None else handlers
        self._name = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._over = threading.Event()

    def run(self, threads: int) -> None:
        """Work with so many threads until `stop` is called."""
        working = [threading.Thread(target=self._keep_working) for _ in range(threads)]
        working += [threading.Thread(target=self._keep_tidy), *self._chore_threads()]
        for thread in working:
            thread.start()
        for thread in working:
            thread.join()

    def run_beside(self) -> None:
        """Work with a thread that ends with the process, and let this one go on."""
        working = [threading.Thread(target=w) for w in (self._keep_working, self._keep_tidy)]
        for thread in (*working, *self._chore_threads()):
            thread.daemon = True
            thread.start()
        atexit.register(self.stop)

    def stop(self) -> None:
        """Let every thread end once it has finished what it holds."""
        self._over.set()

    def work_once(self) -> bool:
        """Do some tasks that are due; tell whether there was one."""
        database, done = self._parts.database, list[Task]()
        tasks = outbox.claim(database, tuple(self._handlers), self._name, _AT_ONCE)
        try:
            for task in tasks:
                if self._did(task):
                    done.append(task)
        finally:
            if done:
                outbox.finish(database, done, self._name)
        return bool(tasks)

    def _chore_threads(self) -> list[threading.Thread]:
        """One for each chore, under a name of its own: what one holds, no other lets go."""
        works = [
            partial(chore, self._parts, f"{self._name}:{n}") for n, chore in enumerate(self._chores)
        ]
        return [threading.Thread(target=self._keep_at, args=(work,)) for work in works]

    def _keep_working(self) -> None:
        self._keep_at(self.work_once)

    def _keep_at(self, work: Callable[[], bool]) -> None:
        while not self._over.is_set():
            if not self._worked(work):
                self._over.wait(_IDLE_S)

    def _keep_tidy(self) -> None:
        """Remove what has been kept long enough, now and every hour; several may do it at once."""
        while True:
            try:
                retain(self._parts.database, datetime.now(UTC))
            except SQLAlchemyError as error:
                _log.warning("nothing-removed", kind=type(error).__name__)
            if self._over.wait(_TIDY_S):
                return

    def _worked(self, work: Callable[[], bool]) -> bool:
        """Work, and wait where the database can't be used or the work itself is at fault."""
        try:
            return work()
        except SQLAlchemyError as error:
            _log.warning("worker-without-database", kind=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - one thing at fault must not end all the others
            _log.error("worker-fault", kind=type(error).__name__)
        return False

    def _did(self, task: Task) -> bool:
        """Do a task; tell whether it is done."""
        try:
            self._handlers[task.topic](self._parts, task)
        except Exception as error:  # noqa: BLE001 - whatever a handler meets, the task must go on
            self._failed(task, error)
            return False
        return True

    def _failed(self, task: Task, error: Exception) -> None:
        """Keep why: in a refusal's own words, of a fault only its kind."""
        reason = str(error) if isinstance(error, MedplanError) else type(error).__name__
        given_up = outbox.fail(self._parts.database, task, self._name, reason)
        tell = _log.error if given_up else _log.warning
        tell("task-given-up" if given_up else "task-failed", task=task.id.hex, topic=task.topic)
