"""Who is in a group of patients, who isn't, and of whom it can't be said for want of a fact."""

from dataclasses import replace
from decimal import Decimal

import pytest

from medplan.clinical.patient.facts import Membership, membership, pregnancy_weeks
from medplan.formulary.model import PatientGroup
from medplan.model.request import PatientFacts
from tests.clinical.requesting import WELL

SHE = replace(WELL, sex="female", age_years=30)
UNASKED = replace(SHE, pregnancy_known=False, breastfeeding=None)
UNKNOWN = PatientFacts("invented:unknown", 30)

IN, OUT = Membership(inside=True), Membership(inside=False)


def hangs_on(*facts: str) -> Membership:
    return Membership(inside=None, unknown=facts)


@pytest.mark.parametrize(
    ("group", "patient", "expected"),
    [
        (PatientGroup(), UNKNOWN, IN),
        (PatientGroup(age_from=65), replace(WELL, age_years=64), OUT),
        (PatientGroup(age_from=65), replace(WELL, age_years=65), IN),
        (PatientGroup(age_below=18), replace(WELL, age_years=18), OUT),
        (PatientGroup(age_below=18), replace(WELL, age_years=17), IN),
        (PatientGroup(weight_below_kg=Decimal(50)), replace(WELL, weight_kg=Decimal(50)), OUT),
        (PatientGroup(weight_below_kg=Decimal(50)), replace(WELL, weight_kg=Decimal("49.9")), IN),
        (PatientGroup(weight_from_kg=Decimal(50)), replace(WELL, weight_kg=Decimal("49.9")), OUT),
        (PatientGroup(weight_from_kg=Decimal(50)), replace(WELL, weight_kg=Decimal(50)), IN),
        (PatientGroup(weight_from_kg=Decimal(50)), UNKNOWN, hangs_on("weight_kg")),
        (PatientGroup(egfr_from=30, egfr_below=60), replace(WELL, egfr=29), OUT),
        (PatientGroup(egfr_from=30, egfr_below=60), replace(WELL, egfr=30), IN),
        (PatientGroup(egfr_from=30, egfr_below=60), replace(WELL, egfr=59), IN),
        (PatientGroup(egfr_from=30, egfr_below=60), replace(WELL, egfr=60), OUT),
        (PatientGroup(egfr_below=60), UNKNOWN, hangs_on("egfr")),
        (PatientGroup(alcohol_units_over=14), replace(WELL, alcohol_units_week=14), OUT),
        (PatientGroup(alcohol_units_over=14), replace(WELL, alcohol_units_week=15), IN),
        (PatientGroup(alcohol_units_over=0), replace(WELL, alcohol_units_week=0), OUT),
        (PatientGroup(alcohol_units_over=0), replace(WELL, alcohol_units_week=1), IN),
        (PatientGroup(alcohol_units_over=14), UNKNOWN, hangs_on("alcohol_units_week")),
        (PatientGroup(smoker=True), replace(WELL, smoker=True), IN),
        (PatientGroup(smoker=True), WELL, OUT),
        (PatientGroup(smoker=True), UNKNOWN, hangs_on("smoker")),
        (PatientGroup(sex="female"), SHE, IN),
        (PatientGroup(sex="female"), WELL, OUT),
        (PatientGroup(sex="female"), UNKNOWN, hangs_on("sex")),
        (PatientGroup(conditions=("asthma", "copd")), replace(WELL, conditions=("copd",)), IN),
        (PatientGroup(conditions=("asthma",)), replace(WELL, conditions=("copd",)), OUT),
        (PatientGroup(conditions=("asthma",)), UNKNOWN, hangs_on("conditions")),
        (PatientGroup(allergies=("nsaid",)), replace(WELL, allergies=("nsaid",)), IN),
        (PatientGroup(allergies=("nsaid",)), WELL, OUT),
        (PatientGroup(allergies=("nsaid",)), UNKNOWN, hangs_on("allergies")),
        (PatientGroup(red_flags=("fever",)), replace(WELL, red_flags=("fever",)), IN),
        (PatientGroup(red_flags=("fever",)), WELL, OUT),
        (PatientGroup(red_flags=("fever",)), UNKNOWN, hangs_on("red_flags")),
    ],
)
def test_a_bound_holds_from_its_value_on_or_below_it(
    group: PatientGroup, patient: PatientFacts, expected: Membership
) -> None:
    assert membership(group, patient) == expected


@pytest.mark.parametrize(
    ("systolic", "diastolic", "expected"),
    [
        (180, 110, OUT),
        (181, 110, IN),
        (180, 111, IN),
        (181, None, IN),
        (None, 111, IN),
        (180, None, hangs_on("systolic")),
        (None, 110, hangs_on("systolic")),
        (None, None, hangs_on("systolic")),
    ],
)
def test_one_of_two_pressures_is_enough(
    systolic: int | None, diastolic: int | None, expected: Membership
) -> None:
    patient = replace(WELL, systolic=systolic, diastolic=diastolic)

    assert membership(PatientGroup(pressure_over=(180, 110)), patient) == expected


@pytest.mark.parametrize(
    ("patient", "weeks"),
    [
        (replace(SHE, pregnancy_weeks=0), 0),
        (replace(SHE, pregnancy_weeks=20), 20),
        (SHE, -1),
        (UNASKED, None),
        (replace(UNASKED, sex=None), None),
        (replace(UNASKED, sex="male"), -1),
        (replace(UNASKED, age_years=17), -1),
        (replace(UNASKED, age_years=18), None),
        (replace(UNASKED, age_years=55), None),
        (replace(UNASKED, age_years=56), -1),
    ],
)
def test_pregnancy_is_asked_of_women_between_18_and_55(
    patient: PatientFacts, weeks: int | None
) -> None:
    assert pregnancy_weeks(patient) == weeks


@pytest.mark.parametrize(
    ("group", "patient", "expected"),
    [
        (PatientGroup(pregnancy_from_week=0), SHE, OUT),
        (PatientGroup(pregnancy_from_week=0), replace(SHE, pregnancy_weeks=0), IN),
        (PatientGroup(pregnancy_from_week=20), replace(SHE, pregnancy_weeks=19), OUT),
        (PatientGroup(pregnancy_from_week=20), replace(SHE, pregnancy_weeks=20), IN),
        (PatientGroup(pregnancy_below_week=20), replace(SHE, pregnancy_weeks=20), OUT),
        (PatientGroup(pregnancy_below_week=20), replace(SHE, pregnancy_weeks=19), IN),
        (PatientGroup(pregnancy_below_week=20), SHE, OUT),
        (PatientGroup(pregnancy_from_week=20), UNASKED, hangs_on("pregnancy_weeks")),
        (PatientGroup(breastfeeding=True), UNASKED, hangs_on("breastfeeding")),
        (PatientGroup(breastfeeding=True), replace(UNASKED, sex="male"), OUT),
        (PatientGroup(breastfeeding=True), replace(WELL, breastfeeding=True), OUT),
        (PatientGroup(breastfeeding=True), replace(SHE, breastfeeding=True), IN),
    ],
)
def test_a_child_is_only_where_there_can_be_one(
    group: PatientGroup, patient: PatientFacts, expected: Membership
) -> None:
    assert membership(group, patient) == expected


def test_every_bound_must_hold_and_each_unknown_fact_is_named() -> None:
    group = PatientGroup(age_from=65, egfr_below=60, smoker=True, conditions=("asthma",))

    assert membership(group, replace(UNKNOWN, age_years=70)) == hangs_on(
        "egfr", "smoker", "conditions"
    )
    assert membership(group, UNKNOWN) == OUT  # not old enough, whatever else is unknown
    assert membership(group, replace(UNKNOWN, age_years=70, smoker=False)) == OUT
    whole = replace(WELL, age_years=65, egfr=59, smoker=True, conditions=("asthma",))
    assert membership(group, whole) == IN
