"""Invented patients: a healthy adult, the same adult with one fact changed, and a box of three.

The facts that change are every word of the vocabulary, both sides of every number in the clinical
notes, and each fact unknown. The box crosses age, weight and kidney function.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from medplan.formulary.model import Formulary
from medplan.model.request import PatientFacts, TakenMedicine

HEALTHY = PatientFacts(
    reference="invented:sweep",
    age_years=45,
    weight_kg=Decimal(80),
    sex="male",
    egfr=92,
    pregnancy_known=True,
    breastfeeding=False,
    systolic=126,
    diastolic=78,
    alcohol_units_week=0,
    smoker=False,
    conditions=(),
    medicines=(),
    allergies=(),
    red_flags=(),
)
_WOMAN = replace(HEALTHY, age_years=30, sex="female")
_AGES = (18, 44, 59, 60, 64, 65, 66, 70, 71, 75, 76, 90)
_WEIGHTS = (Decimal(38), Decimal(44), Decimal("49.9"), Decimal(50))
_KIDNEYS = (9, 10, 14, 15, 29, 30, 49, 50, 59, 60, 79, 80)
_WEEKS = (5, 19, 20, 27, 28, 38)
_PRESSURES = ((140, 90), (141, 90), (140, 91), (160, 100))
_UNITS = (1, 14, 15)
_BOX = ((45, 65, 76), (Decimal(44), Decimal(80)), (9, 25, 45, 70, None))


@dataclass(frozen=True, slots=True)
class GridPatient:
    """A patient of the grid and what sets this one apart."""

    name: str
    facts: PatientFacts


def patients(formulary: Formulary) -> tuple[GridPatient, ...]:
    """The whole grid, the healthy patient first."""
    return (
        GridPatient("healthy", HEALTHY),
        *_words(formulary),
        *_numbers(),
        *_women(),
        *_unknown(),
        *_box(),
    )


def _words(formulary: Formulary) -> Iterator[GridPatient]:
    words = formulary.vocabulary
    for condition in words.conditions:
        yield GridPatient(condition, replace(HEALTHY, conditions=(condition,)))
    for allergy in words.allergies:
        yield GridPatient(f"allergy {allergy}", replace(HEALTHY, allergies=(allergy,)))
    for flag in words.red_flags:
        yield GridPatient(f"red flag {flag}", replace(HEALTHY, red_flags=(flag,)))
    for name in words.classes:
        yield _taking(f"class:{name}")
    yield _taking("class:acei", "class:diuretic")
    yield _taking("class:ssri", "tramadol")
    yield _taking("class:benzodiazepine", "class:opioid")
    yield _taking("an unknown remedy")


def _taking(*names: str) -> GridPatient:
    taken = tuple(TakenMedicine(name) for name in names)
    return GridPatient(f"takes {' and '.join(names)}", replace(HEALTHY, medicines=taken))


def _numbers() -> Iterator[GridPatient]:
    for age in _AGES:
        yield GridPatient(f"age {age}", replace(HEALTHY, age_years=age))
    for kg in _WEIGHTS:
        yield GridPatient(f"{kg} kg", replace(HEALTHY, weight_kg=kg))
    for egfr in _KIDNEYS:
        yield GridPatient(f"egfr {egfr}", replace(HEALTHY, egfr=egfr))
    for upper, lower in _PRESSURES:
        facts = replace(HEALTHY, systolic=upper, diastolic=lower)
        yield GridPatient(f"pressure {upper}/{lower}", facts)
    for units in _UNITS:
        facts = replace(HEALTHY, alcohol_units_week=units)
        yield GridPatient(f"alcohol {units}", facts)
    yield GridPatient("smoker", replace(HEALTHY, smoker=True))


def _women() -> Iterator[GridPatient]:
    yield GridPatient("woman of 30", _WOMAN)
    for weeks in _WEEKS:
        yield GridPatient(f"week {weeks}", replace(_WOMAN, pregnancy_weeks=weeks))
    yield GridPatient("breastfeeding", replace(_WOMAN, breastfeeding=True))
    facts = replace(_WOMAN, pregnancy_known=False, breastfeeding=None)
    yield GridPatient("pregnancy unknown", facts)


def _unknown() -> Iterator[GridPatient]:
    less: Mapping[str, PatientFacts] = {
        "weight": replace(HEALTHY, weight_kg=None),
        "egfr": replace(HEALTHY, egfr=None),
        "sex": replace(HEALTHY, sex=None, pregnancy_known=False),
        "pressure": replace(HEALTHY, systolic=None, diastolic=None),
        "alcohol": replace(HEALTHY, alcohol_units_week=None),
        "smoking": replace(HEALTHY, smoker=None),
        "conditions": replace(HEALTHY, conditions=None),
        "medicines": replace(HEALTHY, medicines=None),
        "allergies": replace(HEALTHY, allergies=None),
        "red flags": replace(HEALTHY, red_flags=None),
    }
    for name, facts in less.items():
        yield GridPatient(f"{name} unknown", facts)
    yield GridPatient("nothing known", PatientFacts("invented:sweep", age_years=45))


def _box() -> Iterator[GridPatient]:
    ages, weights, kidneys = _BOX
    for age, kg, egfr in product(ages, weights, kidneys):
        facts = replace(HEALTHY, age_years=age, weight_kg=kg, egfr=egfr)
        yield GridPatient(f"age {age}, {kg} kg, egfr {egfr}", facts)


def every_nth(grid: Sequence[GridPatient], step: int) -> Sequence[GridPatient]:
    """A thinner grid that begins with the healthy patient."""
    return grid[::step]
