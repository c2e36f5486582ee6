"""The checks that a box of patient facts can't say: one function for each word in the files."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import chain, pairwise

from medplan.clinical.course.draft import Draft
from medplan.clinical.patient.taking import CLASS
from medplan.clinical.safety.context import Planned
from medplan.clinical.totals.supply import doses_a_day
from medplan.formulary.model import Rule
from medplan.model.plan import Phase
from medplan.units import MINUTES_PER_DAY, Days

_LETHAL_SUPPLY_MG = Decimal(500)
_SAFE_SUPPLY_DAYS = 7
_MANY_SEDATIVES = 3
_MAINTENANCE_DOSES = 3
_LONGEST_GAP = 12 * 60  # minutes

Check = Callable[[Draft, Planned, Rule], tuple[str, ...]]
"""The names that make the check fire; empty when it doesn't."""


def triple_whammy(draft: Draft, planned: Planned, _: Rule) -> tuple[str, ...]:
    """An ACE inhibitor or ARB together with a diuretic, taken already or in the plan."""
    pressure, diuretic = _beside_kidneys(draft, planned)
    return tuple(dict.fromkeys((*pressure, *diuretic))) if pressure and diuretic else ()


def double_whammy(draft: Draft, planned: Planned, _: Rule) -> tuple[str, ...]:
    """An ACE inhibitor or ARB without a diuretic, or the reverse: together they are N11's."""
    pressure, diuretic = _beside_kidneys(draft, planned)
    return () if pressure and diuretic else (*pressure, *diuretic)


def three_sedatives(draft: Draft, planned: Planned, _: Rule) -> tuple[str, ...]:
    """Three or more sedating medicines on one day, this one among them."""
    beside = [d for d in planned.beside(draft) if CLASS + "sedative" in d.words]
    own = _taken(draft, planned, (CLASS + "sedative",))
    most: tuple[str, ...] = ()
    for day in _edges(draft.days, (d.days for d in beside)):
        together = [d.resolved.medicine.name.lower() for d in beside if day in d.days]
        names = tuple(dict.fromkeys((*own, *together)))
        most = max(most, names, key=len)
    return most if len(most) + 1 >= _MANY_SEDATIVES else ()


def two_regular_opioids(draft: Draft, planned: Planned, _: Rule) -> tuple[str, ...]:
    """Another regular opioid on a shared day; immediate and modified release of one are fine."""
    if any(s.when_required for s in draft.course.steps):
        return ()
    others = [
        d.resolved.medicine.name.lower()
        for d in planned.beside(draft)
        if CLASS + "opioid" in d.words and not any(s.when_required for s in d.course.steps)
    ]
    own = _taken(draft, planned, ("class:opioid",))
    return tuple(dict.fromkeys((*own, *others)))


def nsaid_serotonergic_tramadol(draft: Draft, planned: Planned, _: Rule) -> tuple[str, ...]:
    """An NSAID with both tramadol and an SSRI or SNRI: bleeding and serotonin together."""
    tramadol = _anywhere(draft, planned, ("tramadol",))
    serotonin = _anywhere(draft, planned, ("class:ssri", "class:snri"))
    return (*tramadol, *serotonin) if tramadol and serotonin else ()


def tricyclic_supply(draft: Draft, _: Planned, __: Rule) -> tuple[str, ...]:
    """More at home than seven days' worth, or 500 mg or more (clinical notes, overdose risk)."""
    total = sum(
        (
            d.mg * len(step.days) * doses_a_day(step)
            for step in draft.course.steps
            for d in step.doses
        ),
        Decimal(0),
    )
    risky = len(draft.days) > _SAFE_SUPPLY_DAYS or total >= _LETHAL_SUPPLY_MG
    return (draft.resolved.medicine.name,) if risky else ()


def alone(draft: Draft, planned: Planned, _: Rule) -> tuple[str, ...]:
    """No other pain medicine in the plan or taken already; a combination is never alone."""
    if len(draft.resolved.medicine.ingredients) > 1:
        return ()
    others = _anywhere(draft, planned, ("class:analgesic", "class:nsaid", "class:opioid"))
    return () if others else (draft.resolved.medicine.name,)


def reverse_maoi(draft: Draft, planned: Planned, rule: Rule) -> tuple[str, ...]:
    """An MAOI that the plan begins before the rule's wash-out after this medicine is over."""
    washout = rule.washout_days or 0
    return tuple(
        d.course.name or d.resolved.medicine.name
        for d in planned.drafts
        if CLASS + "maoi" in d.words and 0 < (d.days.first - draft.days.last).days < washout
    )


def long_gap(draft: Draft, _: Planned, __: Rule) -> tuple[str, ...]:
    """Three doses a day, held, with more than 12 hours between two by the clock (GAP12)."""
    for step in draft.course.steps:
        minutes = sorted(d.minute for d in step.doses if d.minute is not None)
        if step.phase in (Phase.TITRATION, Phase.TAPER) or len(minutes) != _MAINTENANCE_DOSES:
            continue
        around = pairwise((*minutes, minutes[0] + MINUTES_PER_DAY))
        if any(later - earlier > _LONGEST_GAP for earlier, later in around):
            return (draft.resolved.medicine.name,)
    return ()


NAMED_CHECKS: Mapping[str, Check] = {
    check.__name__: check
    for check in (
        triple_whammy,
        double_whammy,
        three_sedatives,
        two_regular_opioids,
        nsaid_serotonergic_tramadol,
        tricyclic_supply,
        alone,
        reverse_maoi,
        long_gap,
    )
}


def _beside_kidneys(draft: Draft, planned: Planned) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What strains the kidneys beside an NSAID: ACE inhibitors and ARBs, and diuretics."""
    return (
        _anywhere(draft, planned, ("class:acei", "class:arb")),
        _anywhere(draft, planned, ("class:diuretic",)),
    )


def _taken(draft: Draft, planned: Planned, wanted: Iterable[str]) -> tuple[str, ...]:
    """What the patient takes of these on the course's first day, besides the course's own."""
    words = tuple(wanted)
    return tuple(
        t.name
        for t in planned.takes_beside(draft)
        if t.is_taken(draft.days.first) and t.is_any(words)
    )


def _anywhere(draft: Draft, planned: Planned, wanted: tuple[str, ...]) -> tuple[str, ...]:
    beside = (
        d.resolved.medicine.name.lower()
        for d in planned.beside(draft)
        if not d.words.isdisjoint(wanted)
    )
    return tuple(dict.fromkeys(chain(_taken(draft, planned, wanted), beside)))


def _edges(days: Days, others: Iterable[Days]) -> set[date]:
    return {days.first, *(o.first for o in others if o.first in days)}
