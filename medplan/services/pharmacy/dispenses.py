"""What pharmacies supplied for a plan, and how far it goes under the plan as it now stands."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.clinical.pharmacy.cut import ended_before
from medplan.clinical.pharmacy.stock import Stock, Supplied, stock_of
from medplan.errors import InvalidRequestError, Problem
from medplan.model.plan import Plan
from medplan.services.access import Caller, Right, require
from medplan.services.audit.lines import note, reading
from medplan.services.once import Answer, Once
from medplan.services.parts import Parts
from medplan.services.records.current import IN_FORCE, Current
from medplan.services.records.issued import current_of
from medplan.services.records.plans import Status
from medplan.services.refusals import NotFoundError, WrongStatusError
from medplan.services.telling.events import EventKind, announce
from medplan.store import dispenses as store
from medplan.store import plans
from medplan.store.ids import DISPENSE, PLAN, new_id, write_id
from medplan.store.tables import DispenseRow
from medplan.units import format_decimal

_AHEAD = timedelta(days=1)  # somewhere it is tomorrow already


@dataclass(frozen=True, slots=True)
class Item:
    """Units of one product."""

    product: str
    units: Decimal


@dataclass(frozen=True, slots=True)
class Dispense:
    """One supply as it was recorded."""

    id: UUID
    day: date
    revision: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Dispensed:
    """A plan's supplies, and how far they go: by the newest the one that was just recorded."""

    dispenses: tuple[Dispense, ...]
    stock: tuple[Stock, ...]


def record_dispense(
    parts: Parts,
    caller: Caller,
    plan_id: UUID,
    day: date,
    items: tuple[Item, ...],
    once: Once[Dispensed],
) -> Answer:
    """Keep what was supplied on a day, and say how far everything supplied goes.

    Raises:
        InvalidRequestError: a product that the plan doesn't use, or a day that has not come.
        WrongStatusError: the plan is not in force.
        NotFoundError, NotAllowedError, KeyReusedError.
    """
    require(caller, Right.RECORD_DISPENSES, plan_id)

    def act() -> Dispensed:
        shown = _in_force(session, caller, plan_id)
        _check(shown.plan, day, items, caller)
        row = DispenseRow(
            organisation_id=caller.organisation_id,
            id=new_id(caller.at),
            plan_id=plan_id,
            revision=shown.revision.number,
            day=day,
            supplied=json.dumps([[i.product, format_decimal(i.units)] for i in items]),
            made_by=caller.user_id,
            made_at=caller.at,
        )
        session.add(row)
        note(session, caller, "dispense.record", write_id(DISPENSE, row.id))
        announce(session, caller, EventKind.DISPENSE_RECORDED, plan_id, shown.revision.number)
        return _dispensed(session, shown)

    with parts.database.writing_for(caller.organisation_id) as session:
        return once.answer(session, caller, act)


def read_dispenses(parts: Parts, caller: Caller, plan_id: UUID) -> Dispensed:
    """Read what was supplied for a plan, and how far it goes.

    Raises:
        NotFoundError, NotAllowedError, WrongStatusError (a draft has nothing to supply).
    """
    require(caller, Right.READ_PLANS, plan_id)
    with reading(parts.database, caller, "plan.read", write_id(PLAN, plan_id)) as session:
        row = plans.find_plan(session, caller.organisation_id, plan_id)
        if row is None:
            raise NotFoundError
        return _dispensed(session, current_of(session, row))


def _in_force(session: Session, caller: Caller, plan_id: UUID) -> Current:
    row = plans.find_plan(session, caller.organisation_id, plan_id, lock=True)
    if row is None:
        raise NotFoundError
    if row.status not in IN_FORCE:
        raise WrongStatusError(row.status, " or ".join(sorted(IN_FORCE)))
    return current_of(session, row)


def _check(plan: Plan, day: date, items: Sequence[Item], caller: Caller) -> None:
    known = {row.product for row in plan.supply}
    problems = [
        Problem(
            f"/supplied/{n}/product",
            "not-in-plan",
            f"the plan uses {', '.join(sorted(known))}; propose another mix by a counter-check",
        )
        for n, item in enumerate(items)
        if item.product not in known
    ]
    if day > caller.at.date() + _AHEAD:
        problems.append(Problem("/day", "out-of-range", "this day has not come yet"))
    if problems:
        raise InvalidRequestError(problems)


def _dispensed(session: Session, shown: Current) -> Dispensed:
    rows = store.list_dispenses(session, shown.row.organisation_id, shown.row.id)
    found = tuple(_dispense(row) for row in rows)
    supplies = [Supplied(d.day, item.product, item.units) for d in found for item in d.items]
    plan, effective = shown.plan, shown.revision.effective
    if shown.row.status == Status.ENTERED_IN_ERROR and effective is not None:
        plan = ended_before(plan, effective)
    return Dispensed(found, stock_of(plan, supplies))


def _dispense(row: DispenseRow) -> Dispense:
    items = tuple(Item(product, Decimal(units)) for product, units in json.loads(row.supplied))
    return Dispense(row.id, row.day, row.revision, items)
