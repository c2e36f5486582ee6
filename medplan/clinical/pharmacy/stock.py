"""What a patient has left of each product, day by day, from what was supplied and what is taken.

Of a titration only what is agreed is taken; of when-required doses the most that may be. A supply
counts from its own day on. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from medplan.clinical.pharmacy.product_dosages import product_dosages
from medplan.model.plan import Plan
from medplan.units import Days

_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Supplied:
    """Units of one product that the patient was given on a day."""

    day: date
    product: str
    units: Decimal


@dataclass(frozen=True, slots=True)
class Stock:
    """How far what was supplied of one product goes.

    `enough_through` is the last day before the first that is not fully covered, `run_out_day` that
    first day (None: there is none). `shortfall` is what lacks for all doses from the first supply
    to the plan's end, `surplus` what is left after the last dose: to be returned.
    """

    product: str
    supplied: Decimal
    enough_through: date | None
    run_out_day: date | None
    shortfall: Decimal
    surplus: Decimal


def stock_of(plan: Plan, supplies: Sequence[Supplied]) -> tuple[Stock, ...]:
    """How far the supplies of each product go, in the order in which products were first given."""
    products = dict.fromkeys(s.product for s in supplies)
    needs = _needs(plan)
    return tuple(
        _stock(product, [s for s in supplies if s.product == product], needs.get(product, {}))
        for product in products
    )


def _needs(plan: Plan) -> Mapping[str, Mapping[date, Decimal]]:
    """Units of each product by day. A product is of one medicine; its runs of days are apart."""
    if not plan.courses:
        return {}
    dosages = product_dosages([plan], Days(plan.start, plan.end))
    return {
        key.product: {day: run.units_a_day for run in runs for day in run.days}
        for key, runs in dosages.items()
    }


def _stock(product: str, supplies: Iterable[Supplied], needs: Mapping[date, Decimal]) -> Stock:
    given: dict[date, Decimal] = {}
    for supply in supplies:
        given[supply.day] = given.get(supply.day, _NONE) + supply.units
    left, lacking = _NONE, _NONE
    enough_through: date | None = None
    run_out_day: date | None = None
    first = min(given)
    for day in sorted({*given, *(d for d in needs if d >= first)}):
        left += given.get(day, _NONE)
        need = needs.get(day, _NONE)
        lacking += max(_NONE, need - left)
        if need > left and run_out_day is None:
            run_out_day = day
        if need and run_out_day is None:
            enough_through = day
        left = max(_NONE, left - need)
    total = sum(given.values(), _NONE)
    return Stock(product, total, enough_through, run_out_day, lacking, left)
