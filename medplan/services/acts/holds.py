"""Holds: a plan stays at its present doses for a while, and goes on again."""

from datetime import date
from uuid import UUID

from medplan.model.acts import Hold, Issued, Resume
from medplan.model.plan import Plan
from medplan.services.access import Caller, Right
from medplan.services.acts.revising import Deed, Wish, act_on
from medplan.services.once import Answer, Once
from medplan.services.parts import Parts
from medplan.services.records.current import IN_FORCE
from medplan.services.records.plans import PlanRecord, Status


def hold(
    parts: Parts,
    caller: Caller,
    plan_id: UUID,
    medicine: str | None,
    days: int,
    wish: Wish,
    *,
    expected: frozenset[int],
    once: Once[PlanRecord],
) -> Answer:
    """Move later steps of a medicine, or of all (None), so many days on. The plan is on hold.

    Raises:
        As `revising.act_on`.
    """

    def act(effective: date, _issued: Issued) -> Hold:
        return Hold(effective, days, medicine)

    deed = Deed("hold", IN_FORCE, wish, act, _on_hold, Right.HOLD_PLANS)
    return act_on(parts, caller, plan_id, deed, expected=expected, once=once)


def resume(
    parts: Parts,
    caller: Caller,
    plan_id: UUID,
    medicine: str | None,
    wish: Wish,
    *,
    missed_days: int = 0,
    expected: frozenset[int],
    once: Once[PlanRecord],
) -> Answer:
    """End a hold: the next step begins on the day. The plan is active again.

    On the `missed_days` before that day nothing was taken.

    Raises:
        As `revising.act_on`.
    """

    def act(effective: date, _issued: Issued) -> Resume:
        return Resume(effective, medicine, missed_days)

    deed = Deed("resume", frozenset({Status.ON_HOLD}), wish, act, _active)
    return act_on(parts, caller, plan_id, deed, expected=expected, once=once)


def _on_hold(_status: Status, _plan: Plan, _effective: date) -> Status:
    return Status.ON_HOLD


def _active(_status: Status, _plan: Plan, _effective: date) -> Status:
    return Status.ACTIVE
