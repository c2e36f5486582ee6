"""Whether the supply is the sum of the units of every dose, over the days that need it.

A when-required dose needs as many whole doses a day as its most allows. Supply may be split into
several entries for a product; they are judged together. This module knows no medicines.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from medplan.model.plan import Plan, ProofRow
from medplan.proof.ledger import most_doses
from medplan.proof.rows import NONE, Invariant, number
from medplan.units import Days


@dataclass(slots=True)
class _Need:
    """Units of one product and the days from the first to the last dose."""

    units: Decimal
    days: Days

    def add(self, units: Decimal, days: Days) -> None:
        self.units += units
        self.days = Days(min(self.days.first, days.first), max(self.days.last, days.last))


def judge_supply(plan: Plan) -> Iterator[ProofRow]:
    """Compare units and days of every product that is taken or supplied."""
    needed, supplied = _needed(plan), _supplied(plan)
    for product in needed | supplied:
        yield from _judge(product, needed.get(product), supplied.get(product))


def _judge(product: str, need: _Need | None, supply: _Need | None) -> Iterator[ProofRow]:
    entry = need or supply
    at = entry.days.first.isoformat() if entry else ""
    limit, worst = _units(need), _units(supply)
    yield ProofRow(Invariant.SUPPLY_UNITS, product, limit, worst, at, limit == worst)
    limit, worst = _span(need), _span(supply)
    yield ProofRow(Invariant.SUPPLY_DAYS, product, limit, worst, at, limit == worst)


def _units(need: _Need | None) -> str:
    return NONE if need is None else number(need.units)


def _span(need: _Need | None) -> str:
    return NONE if need is None else f"{need.days.first}/{need.days.last}"


def _needed(plan: Plan) -> dict[str, _Need]:
    needed: dict[str, _Need] = {}
    for course in plan.courses:
        for step in course.steps:
            for dose in step.doses:
                times = len(step.days) * most_doses(step, dose)
                for part in dose.products:
                    _add(needed, part.product, part.units * times, step.days)
    return needed


def _supplied(plan: Plan) -> dict[str, _Need]:
    supplied: dict[str, _Need] = {}
    for supply in plan.supply:
        _add(supplied, supply.product, supply.units, supply.days)
    return supplied


def _add(needs: dict[str, _Need], product: str, units: Decimal, days: Days) -> None:
    if product in needs:
        needs[product].add(units, days)
    else:
        needs[product] = _Need(units, days)
