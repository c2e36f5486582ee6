"""The day's opioids as milligrams of oral morphine, by each authority's own factors.

For thresholds of risk only, never for switching from one opioid to another.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from medplan.clinical.course.amounts import step_mg
from medplan.clinical.course.draft import Draft
from medplan.formulary.model import Formulary
from medplan.model.plan import OpioidLoad
from medplan.units import Days


@dataclass(frozen=True, slots=True)
class LoadRun:
    """The opioid load of some days by one authority, and the medicines it comes from.

    `besides_tapers_mg` is the part that no taper course gives.
    """

    authority: str
    days: Days
    ome_mg: Decimal
    medicines: tuple[str, ...]
    besides_tapers_mg: Decimal


def load_runs(drafts: Iterable[Draft], formulary: Formulary) -> tuple[LoadRun, ...]:
    """The load over every opioid of the plan, for each authority, equal days together.

    A when-required dose counts the most that may be taken.
    """
    factors = {(f.authority, f.medicine): f.factor for f in formulary.opioid_factors}
    opioids = {f.medicine for f in formulary.opioid_factors}
    courses = [d for d in drafts if opioids & set(d.resolved.medicine.ingredients)]
    held = [(days, _held(courses, days.first)) for days in _stretches(courses)]
    runs: list[LoadRun] = []
    for authority in sorted({f.authority for f in formulary.opioid_factors}):
        for days, taken in held:
            shares = [
                (_ome(mg, authority, factors), draft.resolved.is_taper) for draft, mg in taken
            ]
            names = tuple(dict.fromkeys(draft.course.medicine for draft, _ in taken))
            total = sum((ome for ome, _ in shares), Decimal(0))
            besides = sum((ome for ome, taper in shares if not taper), Decimal(0))
            runs.append(LoadRun(authority, days, total, names, besides))
    return tuple(_joined(runs))


def _ome(
    mg: Mapping[str, Decimal], authority: str, factors: Mapping[tuple[str, str], Decimal]
) -> Decimal:
    """What a day's milligrams of each ingredient come to in oral morphine."""
    return sum((n * factors.get((authority, i), Decimal(0)) for i, n in mg.items()), Decimal(0))


def _held(courses: Iterable[Draft], day: date) -> list[tuple[Draft, Mapping[str, Decimal]]]:
    """What each course that is taken on a day gives, in milligrams of each ingredient."""
    found: list[tuple[Draft, Mapping[str, Decimal]]] = []
    for draft in courses:
        steps = draft.course.steps
        index = bisect_right(steps, day, key=lambda s: s.days.first) - 1
        if index >= 0 and day <= steps[index].days.last:
            found.append((draft, step_mg(draft.resolved, steps[index])))
    return found


def loads(runs: Iterable[LoadRun]) -> tuple[OpioidLoad, ...]:
    """The runs as the plan shows them."""
    return tuple(OpioidLoad(r.authority, r.days, r.ome_mg) for r in runs)


def _stretches(courses: Iterable[Draft]) -> Iterator[Days]:
    """The stretches of days between two changes on which some opioid is taken."""
    held = list(courses)
    steps = [s.days for d in held for s in d.course.steps]
    edges: list[date] = sorted({e for s in steps for e in (s.first, s.last + timedelta(1))})
    for first, after in pairwise(edges):
        if any(first in d.days for d in held):
            yield Days(first, after - timedelta(1))


def _joined(runs: Iterable[LoadRun]) -> list[LoadRun]:
    result: list[LoadRun] = []
    for run in runs:
        before = result[-1] if result else None
        if before and _continues(before, run):
            result[-1] = LoadRun(
                run.authority,
                Days(before.days.first, run.days.last),
                run.ome_mg,
                run.medicines,
                run.besides_tapers_mg,
            )
        else:
            result.append(run)
    return result


def _continues(before: LoadRun, run: LoadRun) -> bool:
    adjoins = before.days.last + timedelta(1) == run.days.first
    same = (before.authority, before.ome_mg, before.medicines, before.besides_tapers_mg) == (
        run.authority,
        run.ome_mg,
        run.medicines,
        run.besides_tapers_mg,
    )
    return adjoins and same
