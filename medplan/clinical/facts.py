"""Whether a patient belongs to a group, when some facts may be unknown.

A group is a box of bounds (`PatientGroup`). One bound that surely fails puts the patient outside;
otherwise a bound on an unknown fact leaves the question open, and names the fact.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from medplan.formulary.model import PatientGroup
from medplan.model.request import PatientFacts

_CAN_BE_PREGNANT = range(18, 56)


@dataclass(frozen=True, slots=True)
class Membership:
    """`inside` is True, False, or None when it hangs on the `unknown` facts."""

    inside: bool | None
    unknown: tuple[str, ...] = ()


def membership(group: PatientGroup, patient: PatientFacts) -> Membership:
    """Whether the patient is inside every bound of the group."""
    unknown: list[str] = []
    for fact, verdict in _verdicts(group, patient):
        if verdict is False:
            return Membership(inside=False)
        if verdict is None:
            unknown.append(fact)
    return Membership(inside=None if unknown else True, unknown=tuple(dict.fromkeys(unknown)))


def pregnancy_weeks(patient: PatientFacts) -> int | None:
    """Completed weeks; -1 when surely not pregnant; None when unknown.

    A man, and a woman outside the ages at which the question is asked, count as not pregnant.
    Source: clinical ruling 11 (women of 18 to 55).
    """
    if patient.pregnancy_weeks is not None:
        return patient.pregnancy_weeks
    asked = patient.pregnancy_known or patient.sex == "male"
    return -1 if asked or patient.age_years not in _CAN_BE_PREGNANT else None


def _verdicts(g: PatientGroup, p: PatientFacts) -> Iterator[tuple[str, bool | None]]:
    yield "age_years", _within(p.age_years, g.age_from, g.age_below)
    yield "weight_kg", _within(p.weight_kg, g.weight_from_kg, g.weight_below_kg)
    yield "egfr", _within(p.egfr, g.egfr_from, g.egfr_below)
    yield "pregnancy_weeks", _pregnant(g, p)
    yield "breastfeeding", _equal(p.breastfeeding, g.breastfeeding)
    yield "smoker", _equal(p.smoker, g.smoker)
    yield "sex", _equal(p.sex, g.sex)
    yield "alcohol_units_week", _over(p.alcohol_units_week, g.alcohol_units_over)
    yield "systolic", _pressure(g, p)
    yield "conditions", _any_of(p.conditions, g.conditions)
    yield "allergies", _any_of(p.allergies, g.allergies)
    yield "red_flags", _any_of(p.red_flags, g.red_flags)


def _within(
    value: int | Decimal | None, low: int | Decimal | None, high: int | Decimal | None
) -> bool | None:
    if low is None and high is None:
        return True
    if value is None:
        return None
    return (low is None or value >= low) and (high is None or value < high)


def _over(value: int | None, bound: int | None) -> bool | None:
    if bound is None:
        return True
    return None if value is None else value > bound


def _equal(value: object, wanted: object) -> bool | None:
    if wanted is None:
        return True
    return None if value is None else value == wanted


def _any_of(known: Collection[str] | None, wanted: tuple[str, ...]) -> bool | None:
    if not wanted:
        return True
    return None if known is None else any(w in known for w in wanted)


def _pregnant(g: PatientGroup, p: PatientFacts) -> bool | None:
    if g.pregnancy_from_week is None and g.pregnancy_below_week is None:
        return True
    weeks = pregnancy_weeks(p)
    if weeks is not None and weeks < 0:
        return False
    return _within(weeks, g.pregnancy_from_week, g.pregnancy_below_week)


def _pressure(g: PatientGroup, p: PatientFacts) -> bool | None:
    if g.pressure_over is None:
        return True
    highs = [_over(p.systolic, g.pressure_over[0]), _over(p.diastolic, g.pressure_over[1])]
    if True in highs:
        return True
    return None if None in highs else False
