"""Kills a process in the midst of a write, at a named point, and looks at what is left.

The process is a fork of the test's own that sends one request to the application and is killed by
SIGKILL from a listener of SQLAlchemy's. Nothing in medplan knows of it.
"""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from medplan.services.audit.checking import check_audit
from medplan.services.telling.events import OF_ACT
from medplan.store.database import Database
from medplan.store.ids import PLAN, read_id, write_id
from medplan.store.tables import (
    AuditRow,
    EventRow,
    FeedBodyRow,
    FeedRow,
    HeadRow,
    OutboxRow,
    PlanRow,
    RevisionRow,
)
from tests.api.practice import ACUTE, Practice

KEY = "sent-again"
_CLAIM = "INSERT INTO idempotency"
Request = Callable[[], object]


@dataclass(frozen=True)
class Point:
    """Where a process dies: before or after a statement that begins so, or the commit."""

    name: str
    statement: str | None
    after: bool


def _points(*statements: tuple[str, str]) -> tuple[Point, ...]:
    return tuple(
        Point(f"{'after' if after else 'before'} {name}", statement, after)
        for name, statement in (*statements, ("commit", None))
        for after in (False, True)
    )


DRAFT_POINTS = _points(
    ("the key is claimed", _CLAIM),
    ("the plan is inserted", "INSERT INTO plan "),
    ("the draft is inserted", "INSERT INTO draft"),
    ("the audit line is inserted", "INSERT INTO audit"),
)
AMENDMENT_POINTS = _points(
    ("the key is claimed", _CLAIM),
    ("the revision is inserted", "INSERT INTO revision"),
    ("the plan is updated", "UPDATE plan "),
    ("the feed is stored", "UPDATE feed_body"),
    ("the audit line is inserted", "INSERT INTO audit"),
    ("the event is inserted", "INSERT INTO event"),
    ("the outbox is filled", "INSERT INTO outbox"),
    ("the answer is kept", "UPDATE idempotency"),
)


def amendment(days: int) -> dict[str, Any]:
    """An amendment that changes for how long a medicine is taken."""
    courses = [ACUTE["courses"][0] | {"days": days}, ACUTE["courses"][1]]
    return {"request": ACUTE | {"courses": courses}, "reason": "Weighed anew."}


def killed_at(practice: Practice, point: Point, request: Request) -> bool:
    """Send a request from a process that dies at a point; tell whether it got that far."""
    practice.database.close()
    practice.seen.close()
    child = os.fork()
    if child == 0:
        _die_at(practice.database.engine, point)
        request()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _die_at(engine: Engine, point: Point) -> None:
    if point.statement is not None:
        name = "after_cursor_execute" if point.after else "before_cursor_execute"
        event.listen(engine, name, _on(point.statement, _die))
        return

    def arm() -> None:
        """Now the transaction that writes is under way; those before it only read."""
        if point.after:
            event.listen(engine, "checkin", lambda _connection, _record: _die())
        else:
            event.listen(engine, "commit", lambda _connection: _die())

    event.listen(engine, "before_cursor_execute", _on(_CLAIM, arm))


def _on(wanted: str, act: Callable[[], None]) -> Callable[..., None]:
    def look(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.replace('"', "").startswith(wanted):
            act()

    return look


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def issued_with_feed(practice: Practice) -> tuple[str, str]:
    """Issue a plan that has a feed; give its path and ETag."""
    path = practice.prescriber.issued()
    practice.prescriber.feed(path)
    return path, practice.prescriber.get(path).headers["ETag"]


def disagreements(practice: Practice, path: str | None = None) -> Sequence[str]:
    """Say where plans (or one), revisions, audit, events, outbox and feeds tell different
    stories."""
    return disagreements_in(practice.seen, path)


def disagreements_in(seen: Database, path: str | None = None) -> Sequence[str]:
    """The same of a database that nobody serves."""
    asked = select(PlanRow).where(PlanRow.revision.is_not(None))
    if path is not None:
        asked = asked.where(PlanRow.id == read_id(PLAN, path.rpartition("/")[2]))
    with seen.reading.begin() as session:
        found = [said for plan in session.scalars(asked) for said in _of_plan(session, plan)]
        found += _of_logs(session)
    return [*found, *(str(fault) for fault in check_audit(seen).faults)]


def _of_plan(session: Session, plan: PlanRow) -> Iterator[str]:
    expected = list(range(1, (plan.revision or 0) + 1))
    revisions = session.execute(
        select(RevisionRow.number, RevisionRow.act)
        .where(RevisionRow.plan_id == plan.id)
        .order_by(RevisionRow.number)
    ).all()
    if [number for number, _ in revisions] != expected:
        yield f"revisions {revisions} of a plan at {plan.revision}"
    told = session.execute(
        select(EventRow.revision, EventRow.kind)
        .where(EventRow.plan_id == plan.id)
        .order_by(EventRow.number)
    ).all()
    if [tuple(row) for row in told] != [(number, OF_ACT[act].value) for number, act in revisions]:
        yield f"events {told} of revisions {revisions}"
    lines = session.scalars(
        select(AuditRow.act)
        .where(AuditRow.subject == write_id(PLAN, plan.id), AuditRow.act != "plan.read")
        .order_by(AuditRow.number)
    ).all()
    if lines[1:] != [f"plan.{act}" for _, act in revisions]:
        yield f"audit lines {lines} of revisions {revisions}"
    shown = session.scalars(
        select(FeedBodyRow.revision)
        .join(FeedRow, FeedRow.id == FeedBodyRow.id)
        .where(FeedRow.plan_id == plan.id)
    )
    if any(revision != plan.revision for revision in shown):
        yield "a feed shows another revision"


def _of_logs(session: Session) -> Iterator[str]:
    events = set(session.scalars(select(EventRow.id)))
    tasks = session.scalars(select(OutboxRow.subject_id)).all()
    if sorted(tasks) != sorted(events):
        yield "events and tasks differ"
    counted = session.execute(
        select(EventRow.organisation_id, func.count(), func.max(EventRow.number)).group_by(
            EventRow.organisation_id
        )
    )
    for organisation_id, count, last in counted:
        head = session.get_one(HeadRow, organisation_id).event_number
        if not count == last == head:
            yield f"{count} events, the last is {last}, the head {head}"
