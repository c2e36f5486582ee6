"""Re-syncing: a medicine goes on from what is really taken, where that is less than planned."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from medplan.model.acts import Issued, Resync
from medplan.model.request import SlotDose
from medplan.services.access import Caller
from medplan.services.acts.revising import Deed, Wish, act_on
from medplan.services.once import Answer, Once
from medplan.services.parts import Parts
from medplan.services.records.current import IN_FORCE, ended
from medplan.services.records.plans import PlanRecord


def resync(
    parts: Parts,
    caller: Caller,
    plan_id: UUID,
    medicine: str,
    taking: tuple[SlotDose, ...] | Decimal,
    wish: Wish,
    *,
    expected: frozenset[int],
    once: Once[PlanRecord],
) -> Answer:
    """Go on from what is really taken of a medicine, by slot or in all. Nothing goes up.

    Raises:
        As `revising.act_on`.
    """

    def act(effective: date, _issued: Issued) -> Resync:
        return Resync(effective, medicine, taking)

    deed = Deed("resync", IN_FORCE, wish, act, ended)
    return act_on(parts, caller, plan_id, deed, expected=expected, once=once)
