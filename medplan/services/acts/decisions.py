"""Decisions: whether a titration goes up, stays, steps back or stops."""

from datetime import date
from uuid import UUID

from medplan.model.acts import Choice, Decide, Issued
from medplan.model.plan import Plan
from medplan.services.access import Caller, Right
from medplan.services.acts.revising import Deed, Wish, act_on
from medplan.services.once import Answer, Once
from medplan.services.parts import Parts
from medplan.services.records.current import IN_FORCE, ended
from medplan.services.records.plans import PlanRecord, Status


def decide(
    parts: Parts,
    caller: Caller,
    plan_id: UUID,
    medicine: str,
    choice: Choice,
    wish: Wish,
    *,
    expected: frozenset[int],
    once: Once[PlanRecord],
) -> Answer:
    """Record what was decided of a medicine. Calendars show an increase from then on, not before.

    Raises:
        As `revising.act_on`.
    """

    def act(effective: date, _issued: Issued) -> Decide:
        return Decide(effective, medicine, choice)

    def status(before: Status, plan: Plan, effective: date) -> Status:
        return ended(before, plan, effective) if choice is Choice.STOP else before

    deed = Deed("decision", IN_FORCE, wish, act, status, Right.DECIDE_PLANS)
    return act_on(parts, caller, plan_id, deed, expected=expected, once=once)
