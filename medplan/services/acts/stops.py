"""Stops: one medicine of a plan ends, or all, by the taper it needs."""

from datetime import date
from uuid import UUID

from medplan.model.acts import Issued, Stop, StopTaper
from medplan.services.access import Caller
from medplan.services.acts.revising import Deed, Wish, act_on
from medplan.services.once import Answer, Once
from medplan.services.parts import Parts
from medplan.services.records.current import IN_FORCE, ended
from medplan.services.records.plans import PlanRecord


def stop(
    parts: Parts,
    caller: Caller,
    plan_id: UUID,
    medicine: str | None,
    taper: StopTaper,
    wish: Wish,
    *,
    expected: frozenset[int],
    once: Once[PlanRecord],
) -> Answer:
    """Stop a medicine, or all (None). The plan is stopped once nothing prescribed is left of it.

    Raises:
        As `revising.act_on`.
    """

    def act(effective: date, _issued: Issued) -> Stop:
        return Stop(effective, medicine, taper)

    deed = Deed("stop", IN_FORCE, wish, act, ended)
    return act_on(parts, caller, plan_id, deed, expected=expected, once=once)
