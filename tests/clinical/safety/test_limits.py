"""A finding about a limit says how much it is, from which day, and how much is allowed."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from medplan.clinical.make_plan import make_plan
from medplan.formulary.model import Formulary, Release
from medplan.model.request import (
    CourseRequest,
    DeclaredProduct,
    PatientFacts,
    SlotDose,
    WrittenStep,
)
from tests.clinical.requesting import MONDAY, WELL, asked, slots

Formularies = Mapping[str, Formulary]
LIGHT = replace(WELL, weight_kg=Decimal(38))


def steps(medicine: str, *rows: tuple[int, tuple[SlotDose, ...]]) -> CourseRequest:
    """A course as written: so many days of such doses, and then others."""
    written = tuple(WrittenStep(days, doses) for days, doses in rows)
    return CourseRequest(medicine, "steps", first_day=MONDAY, steps=written, ends_in="review")


def modified(formularies: Formularies, course: CourseRequest) -> CourseRequest:
    listed = formularies["NZ"].medicines[course.medicine].products
    slow = tuple(DeclaredProduct(p.id) for p in listed if p.release is Release.MODIFIED)
    return replace(course, products=slow)


def said(
    formularies: Formularies, course: CourseRequest, patient: PatientFacts = WELL
) -> dict[str, str]:
    """What each finding of a limit says, by the limit's id."""
    formulary = formularies["NZ"]
    limits = {limit.id for limit in formulary.medicines[course.medicine].limits}
    plan = make_plan(asked(course, patient=patient), formulary)
    rules = {f.code.partition(":")[0]: f.message for f in plan.findings}
    return {rule: message for rule, message in rules.items() if rule in limits}


def test_a_day_s_and_a_dose_s_most_name_the_first_day_of_the_worst(
    formularies: Formularies,
) -> None:
    course = steps(
        "tramadol",
        (3, slots(morning="100", noon="100", bedtime="100")),
        (4, slots(morning="150", noon="100", bedtime="200")),
    )

    assert said(formularies, course) == {
        "tramadol-daily": "Tramadol: 450 mg in 24 hours from 2026-11-26; at most 400 mg. "
        "Tramadol goes up to 400 mg a day.",
        "tramadol-single": "Tramadol: 200 mg at a time from 2026-11-26; at most 100 mg. "
        "One dose of immediate-release tramadol is 50 to 100 mg.",
    }


def test_exactly_the_most_is_no_finding(formularies: Formularies) -> None:
    most = slots(morning="100", noon="100", evening="100", bedtime="100")

    assert said(formularies, steps("tramadol", (5, most))) == {}


def test_doses_are_counted_over_midnight(formularies: Formularies) -> None:
    course = steps(
        "tramadol",
        (3, slots(morning="100", bedtime="100")),
        (4, slots(morning="100", noon="100", bedtime="100")),
    )

    # The three are those of Wednesday's bedtime, Thursday's morning and Thursday's noon.
    assert said(formularies, modified(formularies, course)) == {
        "tramadol-doses-modified": "Tramadol: 3 doses in 24 hours from 2026-11-25; at most 2 "
        "doses. At most two doses of modified-release tramadol a day."
    }


def test_what_may_be_taken_when_required_counts_in_full(formularies: Formularies) -> None:
    course = CourseRequest(
        "tramadol", "when-required", days=6, dose_mg=Decimal(150), max_daily_mg=Decimal(600)
    )

    assert said(formularies, course) == {
        "tramadol-daily": "Tramadol: up to 600 mg on a day from 2026-11-23; at most 400 mg. "
        "Tramadol goes up to 400 mg a day.",
        "tramadol-single": "Tramadol: 150 mg at a time from 2026-11-23; at most 100 mg. "
        "One dose of immediate-release tramadol is 50 to 100 mg.",
    }


def test_a_light_adult_s_most_is_counted_by_the_kilogram(formularies: Formularies) -> None:
    course = steps(
        "paracetamol",
        (2, slots(morning="500", noon="500", evening="500")),
        (3, slots(morning="500", noon="500", evening="500", bedtime="1000")),
    )

    # 38 kg at 60 mg/kg are 2,280 mg.
    assert said(formularies, course, LIGHT) == {
        "paracetamol-low-weight-per-kg": "Paracetamol: 2,500 mg in 24 hours from 2026-11-25; at "
        "most 2280 mg. An adult below 50 kg takes at most 60 mg of paracetamol per kg of body "
        "weight a day.",
        "paracetamol-low-weight-daily": "Paracetamol: 2,500 mg in 24 hours from 2026-11-25; at "
        "most 2000 mg. An adult below 50 kg takes at most 2,000 mg of paracetamol a day.",
        "paracetamol-low-weight-single": "Paracetamol: 1,000 mg at a time from 2026-11-25; at "
        "most 500 mg. An adult below 50 kg takes at most 500 mg of paracetamol at a time.",
    }


@pytest.mark.parametrize("patient", [replace(LIGHT, weight_kg=None), WELL])
def test_a_limit_by_weight_needs_a_low_weight_that_is_known(
    formularies: Formularies, patient: PatientFacts
) -> None:
    course = steps("paracetamol", (3, slots(morning="1000", noon="1000", evening="1000")))

    assert said(formularies, course, patient) == {}
