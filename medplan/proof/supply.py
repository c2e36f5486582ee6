"""Whether the supply is the sum of the units of every dose, over the days that need it.

A when-required dose needs as many whole doses a day as its most allows. Supply may be split into
several entries for a product; they are judged together. This module knows no medicines.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from medplan.model.plan import Plan, ProofRow
from medplan.proof.ledger import Ledger
from medplan.proof.rows import NONE, Invariant, number
from medplan.units import Days


@dataclass(slots=True)
class _Need:
    """Units of one product, and the first and the last day with a dose of it."""

    units: Decimal
    first: date
    last: date

    def add(self, units: Decimal, days: Days) -> None:
        """Count some more units for some more days."""
        self.units += units
        if days.first < self.first:
            self.first = days.first
        if days.last > self.last:
            self.last = days.last


def judge_supply(plan: Plan, ledger: Ledger) -> Iterator[ProofRow]:
    """Compare units and days of every product that is taken or supplied."""
    needed, supplied = _needed(ledger), _supplied(plan)
    for product in needed | supplied:
        yield from _judge(product, needed.get(product), supplied.get(product))


def _judge(product: str, need: _Need | None, supply: _Need | None) -> Iterator[ProofRow]:
    entry = need or supply
    at = entry.first.isoformat() if entry else ""
    limit, worst = _units(need), _units(supply)
    yield ProofRow(Invariant.SUPPLY_UNITS, product, limit, worst, at, limit == worst)
    limit, worst = _span(need), _span(supply)
    yield ProofRow(Invariant.SUPPLY_DAYS, product, limit, worst, at, limit == worst)


def _units(need: _Need | None) -> str:
    return NONE if need is None else number(need.units)


def _span(need: _Need | None) -> str:
    return NONE if need is None else f"{need.first}/{need.last}"


def _needed(ledger: Ledger) -> dict[str, _Need]:
    needed: dict[str, _Need] = {}
    for doses in ledger.taken:
        for taken in doses:
            days = taken.step.days
            times = len(days) * taken.most_doses
            for part in taken.dose.products:
                _add(needed, part.product, part.units * times, days)
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
        needs[product] = _Need(units, days.first, days.last)
