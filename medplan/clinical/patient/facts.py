"""Whether a patient belongs to a group, when some facts may be unknown.

A group is a box of bounds (`PatientGroup`). One bound that surely fails puts the patient outside;
otherwise a bound on an unknown fact leaves the question open, and names the fact.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from medplan.formulary.model import PatientGroup
from medplan.model.request import PatientFacts

_CAN_BE_PREGNANT = range(18, 56)


@dataclass(frozen=True, slots=True)
class Membership:
    """`inside` is True, False, or None when it hangs on the `unknown` facts."""

    inside: bool | None
    unknown: tuple[str, ...] = ()


_INSIDE = Membership(inside=True)
_OUTSIDE = Membership(inside=False)

Verdict = Callable[[PatientGroup, PatientFacts], bool | None]


def membership(group: PatientGroup, patient: PatientFacts) -> Membership:
    """Whether the patient is inside every bound of the group."""
    if not group.bounded:
        return _INSIDE
    unknown: list[str] = []
    for fact, verdict in _bounds(group.bounded):
        inside = verdict(group, patient)
        if inside is False:
            return _OUTSIDE
        if inside is None:
            unknown.append(fact)
    return Membership(inside=None, unknown=tuple(unknown)) if unknown else _INSIDE


def pregnancy_weeks(patient: PatientFacts) -> int | None:
    """Completed weeks; -1 when surely not pregnant; None when unknown.

    A man, and a woman outside the ages at which the question is asked, count as not pregnant.
    Source: clinical ruling 11 (women of 18 to 55).
    """
    if patient.pregnancy_weeks is not None:
        return patient.pregnancy_weeks
    asked = patient.pregnancy_known or patient.sex == "male"
    return -1 if asked or patient.age_years not in _CAN_BE_PREGNANT else None


@lru_cache(maxsize=4096)
def _bounds(given: tuple[str, ...]) -> tuple[tuple[str, Verdict], ...]:
    """How to judge the bounds that a group gives."""
    return tuple(
        (fact, verdict) for names, fact, verdict in _BOUNDS if any(name in given for name in names)
    )


def _within(
    value: int | Decimal | None, low: int | Decimal | None, high: int | Decimal | None
) -> bool | None:
    if value is None:
        return None
    return (low is None or value >= low) and (high is None or value < high)


def _over(value: int | None, bound: int) -> bool | None:
    return None if value is None else value > bound


def _equal(value: object, wanted: object) -> bool | None:
    return None if value is None else value == wanted


def _any_of(known: Collection[str] | None, wanted: tuple[str, ...]) -> bool | None:
    return None if known is None else not set(wanted).isdisjoint(known)


def _pregnant(g: PatientGroup, p: PatientFacts) -> bool | None:
    weeks = pregnancy_weeks(p)
    if weeks is not None and weeks < 0:
        return False
    return _within(weeks, g.pregnancy_from_week, g.pregnancy_below_week)


def _breastfeeding(g: PatientGroup, p: PatientFacts) -> bool | None:
    asked = False if p.sex == "male" else p.breastfeeding
    return _equal(asked, g.breastfeeding)


def _pressure(g: PatientGroup, p: PatientFacts) -> bool | None:
    systolic, diastolic = g.pressure_over or (0, 0)
    highs = [_over(p.systolic, systolic), _over(p.diastolic, diastolic)]
    if True in highs:
        return True
    return None if None in highs else False


_BOUNDS: tuple[tuple[tuple[str, ...], str, Verdict], ...] = (
    (
        ("age_from", "age_below"),
        "age_years",
        lambda g, p: _within(p.age_years, g.age_from, g.age_below),
    ),
    (
        ("weight_from_kg", "weight_below_kg"),
        "weight_kg",
        lambda g, p: _within(p.weight_kg, g.weight_from_kg, g.weight_below_kg),
    ),
    (
        ("egfr_from", "egfr_below"),
        "egfr",
        lambda g, p: _within(p.egfr, g.egfr_from, g.egfr_below),
    ),
    (("pregnancy_from_week", "pregnancy_below_week"), "pregnancy_weeks", _pregnant),
    (("breastfeeding",), "breastfeeding", _breastfeeding),
    (("smoker",), "smoker", lambda g, p: _equal(p.smoker, g.smoker)),
    (("sex",), "sex", lambda g, p: _equal(p.sex, g.sex)),
    (
        ("alcohol_units_over",),
        "alcohol_units_week",
        lambda g, p: _over(p.alcohol_units_week, g.alcohol_units_over or 0),
    ),
    (("pressure_over",), "systolic", _pressure),
    (("conditions",), "conditions", lambda g, p: _any_of(p.conditions, g.conditions)),
    (("allergies",), "allergies", lambda g, p: _any_of(p.allergies, g.allergies)),
    (("red_flags",), "red_flags", lambda g, p: _any_of(p.red_flags, g.red_flags)),
)
