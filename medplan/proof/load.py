"""Whether the opioid load is the day's milligrams times each authority's factor, day for day.

Every opioid ingredient counts, whichever product it comes from, and a when-required one with its
most. Where an authority lists no factor, the highest that any lists counts. This module knows no
thresholds: those are findings.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from medplan.formulary.model import Formulary
from medplan.model.plan import Plan, ProofRow
from medplan.proof.ledger import Ledger, Line
from medplan.proof.peaks import days_alike
from medplan.proof.rows import NONE, NOWHERE, Invariant, day_of, number


class _Stretch(NamedTuple):
    """Days, as ordinals with both ends, on which the load is the same."""

    first: int
    last: int
    ome_mg: Decimal


# The first and the last day, as ordinals, and milligrams by opioid.
_Day = tuple[int, int, Mapping[str, Decimal]]


def judge_load(plan: Plan, formulary: Formulary, ledger: Ledger) -> Iterator[ProofRow]:
    """One row for each authority of a plan with opioids: the heaviest day, or the first fault."""
    opioids = {factor.medicine for factor in formulary.opioid_factors}
    lines = [line for line in ledger.lines if line.ingredient in opioids]
    listed = [factor.authority for factor in formulary.opioid_factors] if lines else []
    stated = [load.authority for load in plan.opioid_load]
    days = _days(lines)
    for authority in dict.fromkeys([*listed, *stated]):
        expected = _expected(days, _factors(formulary, authority))
        yield _row(authority, expected, _stated(plan, authority))


def _days(lines: Sequence[Line]) -> list[_Day]:
    """Runs of days with the same opioids, and the milligrams of each in a day."""
    days: list[_Day] = []
    for (first, present), (after, _) in pairwise(days_alike(lines)):
        mg: dict[str, Decimal] = {}
        for line in present:
            before = mg.get(line.ingredient)
            mg[line.ingredient] = line.daily_mg if before is None else before + line.daily_mg
        if mg:
            days.append((first, after - 1, mg))
    return days


def _factors(formulary: Formulary, authority: str) -> Mapping[str, Decimal]:
    factors: dict[str, Decimal] = {}
    for factor in formulary.opioid_factors:
        factors[factor.medicine] = max(factor.factor, factors.get(factor.medicine, factor.factor))
    factors.update(
        (factor.medicine, factor.factor)
        for factor in formulary.opioid_factors
        if factor.authority == authority
    )
    return factors


def _expected(days: Sequence[_Day], factors: Mapping[str, Decimal]) -> list[_Stretch]:
    stretches = [
        _Stretch(first, last, sum((mg * factors[o] for o, mg in opioids.items()), Decimal(0)))
        for first, last, opioids in days
    ]
    return _merged(stretches)


def _stated(plan: Plan, authority: str) -> list[_Stretch]:
    stretches = [
        _Stretch(load.days.first.toordinal(), load.days.last.toordinal(), load.ome_mg)
        for load in plan.opioid_load
        if load.authority == authority
    ]
    return _merged(sorted(stretches))


def _merged(stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """Neighbours with the same load as one, as a plan may have split them; no load is left out."""
    merged: list[_Stretch] = []
    for stretch in filter(attrgetter("ome_mg"), stretches):
        last = merged[-1] if merged else None
        if last and last.last + 1 == stretch.first and last.ome_mg == stretch.ome_mg:
            merged[-1] = _Stretch(last.first, stretch.last, last.ome_mg)
        else:
            merged.append(stretch)
    return merged


def _row(authority: str, expected: list[_Stretch], stated: list[_Stretch]) -> ProofRow:
    if expected == stated:
        heaviest = max(expected, key=attrgetter("ome_mg"), default=None)
        value = NONE if heaviest is None else number(heaviest.ome_mg)
        at = NOWHERE if heaviest is None else day_of(heaviest.first)
        return ProofRow(Invariant.OPIOID_LOAD, authority, value, value, at, holds=True)
    position = next(
        (n for n, pair in enumerate(zip(expected, stated, strict=False)) if pair[0] != pair[1]),
        min(len(expected), len(stated)),
    )
    right = expected[position] if position < len(expected) else None
    wrong = stated[position] if position < len(stated) else None
    first = min((stretch.first for stretch in (right, wrong) if stretch), default=None)
    at = NOWHERE if first is None else day_of(first)
    limit, worst = _text(right), _text(wrong)
    return ProofRow(Invariant.OPIOID_LOAD, authority, limit, worst, at, holds=False)


def _text(stretch: _Stretch | None) -> str:
    """The load and its days, so that equal loads on other days look different."""
    if stretch is None:
        return NONE
    return f"{number(stretch.ome_mg)} {day_of(stretch.first)}/{day_of(stretch.last)}"
