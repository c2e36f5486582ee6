"""An issued plan as it stands: its row, its current revision, its day, whether it is in force."""

from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from medplan.documents.plan import read_plan
from medplan.model.plan import Plan, Role
from medplan.services.access import Caller
from medplan.services.records.plans import Status
from medplan.store.tables import PlanRow, RevisionRow

IN_FORCE = frozenset({Status.ACTIVE, Status.ON_HOLD})


@dataclass(frozen=True, slots=True)
class Current:
    """A plan's row with its current revision, read."""

    row: PlanRow
    revision: RevisionRow
    plan: Plan


def current(row: PlanRow, revision: RevisionRow) -> Current:
    """Read the plan that a revision holds."""
    return Current(row, revision, read_plan(revision.plan))


def followed(plan: Plan, status: str) -> Plan:
    """Give what there is to follow of a plan: all of it, or nothing where it was a mistake.

    What was made by mistake has no dose, no day and no supply for anybody, in whatever shape it is
    read; its own document tells its status and goes on saying what it was.
    """
    if status != Status.ENTERED_IN_ERROR:
        return plan
    return replace(plan, courses=(), reviews=(), decisions=(), checks=(), stops=(), supply=())


def today_in(plan: Plan, caller: Caller) -> date:
    """Say which day it is where the plan's patient is."""
    return caller.at.astimezone(ZoneInfo(plan.time_zone)).date()


def ended(status: Status, plan: Plan, effective: date) -> Status:
    """Say what a stop makes of the status: stopped, once it has ended every prescribed course.

    A course that comes down by a taper goes on, and so does the plan.
    """
    prescribed = (c for c in plan.courses if c.role is Role.PRESCRIBED)
    left = any(course.days.last >= effective for course in prescribed)
    return status if left else Status.STOPPED
