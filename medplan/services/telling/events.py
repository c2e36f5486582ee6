"""What happened to plans, for whoever follows them: a log by number, and a task to tell others.

Both are written in the transaction of the change itself. An event holds ids and a kind, never a
dose or a name: who wants to know more asks for the plan.
"""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.services.access import Caller
from medplan.services.telling.outbox import enqueue
from medplan.store.heads import next_event_number
from medplan.store.ids import new_id
from medplan.store.tables import EventRow

TOPIC = "event"


class EventKind(StrEnum):
    """Everything that is told to others; the words are part of the API."""

    PLAN_ISSUED = "plan.issued"
    PLAN_AMENDED = "plan.amended"
    PLAN_STOPPED = "plan.stopped"
    PLAN_HELD = "plan.held"
    PLAN_RESUMED = "plan.resumed"
    PLAN_RESYNCED = "plan.resynced"
    PLAN_DECIDED = "plan.decided"
    PLAN_COMPLETED = "plan.completed"
    PLAN_ENTERED_IN_ERROR = "plan.entered-in-error"
    CHECK_IN_RECORDED = "check-in.recorded"
    CHECK_IN_EMERGENCY = "check-in.emergency"
    DISPENSE_RECORDED = "dispense.recorded"
    COUNTER_CHECK_MADE = "counter-check.made"
    COUNTER_CHECK_ANSWERED = "counter-check.answered"


# What each act that makes a revision is told as; "stop" is of one medicine or of all.
OF_ACT: Mapping[str, EventKind] = {
    "issue": EventKind.PLAN_ISSUED,
    "amendment": EventKind.PLAN_AMENDED,
    "stop": EventKind.PLAN_STOPPED,
    "hold": EventKind.PLAN_HELD,
    "resume": EventKind.PLAN_RESUMED,
    "resync": EventKind.PLAN_RESYNCED,
    "decision": EventKind.PLAN_DECIDED,
    "completion": EventKind.PLAN_COMPLETED,
    "error": EventKind.PLAN_ENTERED_IN_ERROR,
}


def announce(
    session: Session, caller: Caller, kind: EventKind, plan_id: UUID, revision: int
) -> None:
    """Add what this transaction does to the organisation's log, and a task to tell others."""
    session.flush()
    event = EventRow(
        organisation_id=caller.organisation_id,
        id=new_id(caller.at),
        number=next_event_number(session, caller.organisation_id),
        at=caller.at,
        kind=kind,
        plan_id=plan_id,
        revision=revision,
    )
    session.add(event)
    enqueue(session, caller, TOPIC, event.id)
