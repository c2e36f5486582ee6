"""What is found of a course by itself, and of two courses of one medicine."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from medplan.clinical.make_plan import make_plan
from medplan.formulary.model import Formulary, Stage
from medplan.model.plan import Finding, Plan
from medplan.model.request import CourseRequest, DeclaredProduct, TaperRequest, WrittenStep
from tests.clinical.lives.prescribed import day, listed
from tests.clinical.requesting import WELL, asked, slots

Formularies = Mapping[str, Formulary]

MODIFIED = CourseRequest(
    "morphine",
    "steps",
    steps=(WrittenStep(3, slots(morning="30", evening="30")),),
    ends_in="review",
    products=listed("morphine-mr-capsule-30"),
)
AS_NEEDED = CourseRequest("morphine", "when-required", days=3, products=listed("morphine-liquid-2"))
REGULAR = CourseRequest(
    "morphine", "short-course", days=3, dose_mg=Decimal(10), products=listed("morphine-tablet-10")
)
BOTH = listed("morphine-liquid-1", "morphine-mr-capsule-10")
DICLOFENAC = CourseRequest(
    "diclofenac",
    "regular",
    days=5,
    gastroprotection="none",
    products=listed("diclofenac-tablet-25"),
)
RETARD = replace(
    DICLOFENAC, dose_mg=Decimal(75), times_per_day=1, products=listed("diclofenac-mr-tablet-75")
)

COUNT_TOGETHER = (
    "Paracetamol and Paracetamol with codeine hold the same ingredient; their doses count together."
)
WEARS_OFF = (
    "Some doses of Morphine are modified release and some immediate release at the same times of"
    " day; an immediate-release dose wears off sooner."
)


def plan(formularies: Formularies, *courses: CourseRequest, country: str = "NZ") -> Plan:
    return make_plan(asked(*courses, jurisdiction=country), formularies[country])


def found(of: Plan, rule: str) -> list[Finding]:
    return [f for f in of.findings if f.code.partition(":")[0] == rule]


def told(findings: list[Finding]) -> list[tuple[str, str, tuple[str, ...], str, str | None]]:
    return [(f.code, f.severity.value, f.medicines, f.message, f.suggestion) for f in findings]


def test_one_medicine_twice_on_a_day_is_told_of_the_day_on_which_it_begins(
    formularies: Formularies,
) -> None:
    second = replace(RETARD, first_day=day(4))

    assert told(found(plan(formularies, DICLOFENAC, second), "duplicate")) == [
        (
            f"duplicate:diclofenac:{day(4)}",
            "major",
            ("diclofenac",),
            "Diclofenac is in the plan twice on the same days.",
            "Put both into one course.",
        )
    ]


@pytest.mark.parametrize("first_day", [6, 7])
def test_one_medicine_twice_in_turn_is_no_duplicate(
    formularies: Formularies, first_day: int
) -> None:
    second = replace(RETARD, first_day=day(first_day))

    assert found(plan(formularies, DICLOFENAC, second), "duplicate") == []


def test_an_opioid_may_be_modified_release_with_immediate_release_beside_it(
    formularies: Formularies,
) -> None:
    assert [f.severity for f in found(plan(formularies, MODIFIED, AS_NEEDED), "duplicate")] == [
        "info"
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (REGULAR, AS_NEEDED),
        (AS_NEEDED, REGULAR),
        (MODIFIED, replace(MODIFIED, products=listed("morphine-mr-capsule-10"))),
        (
            MODIFIED,
            replace(REGULAR, products=listed("morphine-liquid-1", "morphine-mr-capsule-10")),
        ),
        (DICLOFENAC, RETARD),
    ],
)
def test_any_other_two_of_one_medicine_are_a_duplicate(
    formularies: Formularies, one: CourseRequest, other: CourseRequest
) -> None:
    assert [f.severity for f in found(plan(formularies, one, other), "duplicate")] == ["major"]


def test_two_medicines_that_hold_one_ingredient_are_told_to_count_together(
    formularies: Formularies,
) -> None:
    combined = CourseRequest(
        "paracetamol-codeine",
        "regular",
        days=3,
        first_day=day(2),
        dose_mg=Decimal(500),
        products=listed("paracetamol-codeine-tablet-500-8"),
    )
    paracetamol = CourseRequest("paracetamol", "regular", days=3, dose_mg=Decimal(500))

    assert told(found(plan(formularies, paracetamol, combined, country="GB"), "duplicate")) == [
        (
            f"duplicate:paracetamol:{day(2)}",
            "info",
            ("paracetamol", "paracetamol-codeine"),
            COUNT_TOGETHER,
            None,
        )
    ]


def unlisted(name: str, product: str) -> CourseRequest:
    return CourseRequest(
        "unlisted",
        "steps",
        name=name,
        steps=(WrittenStep(3, slots(morning="5")),),
        ends_in="review",
        products=(DeclaredProduct(product, Decimal(5)),),
    )


def test_two_medicines_that_the_formulary_lacks_are_told_apart_by_their_names(
    formularies: Formularies,
) -> None:
    one, other = unlisted("Baclofen", "baclofen-tablet-5"), unlisted("Zinc", "zinc-tablet-5")

    assert found(plan(formularies, one, other), "duplicate") == []
    assert [f.severity for f in found(plan(formularies, one, one), "duplicate")] == ["major"]


def test_doses_of_both_releases_in_one_course_are_told(formularies: Formularies) -> None:
    course = replace(
        MODIFIED,
        steps=(
            WrittenStep(3, slots(morning="30", evening="30")),
            WrittenStep(2, slots(morning="30", evening="10")),
        ),
        products=listed("morphine-mr-capsule-30", "morphine-tablet-10"),
    )

    assert told(found(plan(formularies, course), "release-changes")) == [
        (
            "release-changes:morphine",
            "warn",
            ("morphine",),
            WEARS_OFF,
            "List products of one release, or give the others more often.",
        )
    ]


def test_products_of_both_releases_may_be_listed_where_one_makes_every_dose(
    formularies: Formularies,
) -> None:
    course = replace(MODIFIED, products=listed("morphine-mr-capsule-30", "morphine-tablet-20"))

    assert found(plan(formularies, course), "release-changes") == []


def gabapentin(*rows: tuple[int, str]) -> CourseRequest:
    """Gabapentin at bedtime, as written."""
    steps = tuple(WrittenStep(days, slots(bedtime=mg)) for days, mg in rows)
    return CourseRequest("gabapentin", "steps", steps=steps, ends_in="stop")


@pytest.mark.parametrize(
    ("course", "needed"),
    [
        (gabapentin((20, "900")), True),
        (gabapentin((20, "900"), (7, "600")), True),
        (gabapentin((20, "1200"), (7, "900"), (7, "600")), False),
        (gabapentin((20, "600"), (7, "300")), False),
        (replace(gabapentin((20, "900")), ends_in="review"), False),
        (replace(gabapentin((20, "900")), ends_in="continues"), False),
    ],
)
def test_a_use_that_stops_above_half_its_highest_dose_needs_a_taper(
    formularies: Formularies, course: CourseRequest, *, needed: bool
) -> None:
    assert bool(found(plan(formularies, course), "taper-needed")) == needed


def test_the_last_of_courses_in_turn_is_the_one_that_needs_a_taper(
    formularies: Formularies,
) -> None:
    amitriptyline = CourseRequest(
        "amitriptyline",
        "steps",
        steps=(WrittenStep(30, slots(bedtime="25")),),
        ends_in="stop",
    )
    in_turn = plan(formularies, amitriptyline, replace(amitriptyline, first_day=day(31)))
    apart = plan(formularies, amitriptyline, replace(amitriptyline, first_day=day(32)))

    (needed,) = found(in_turn, "taper-needed")
    assert needed.message.startswith("Amitriptyline stops at once after 60 days. ")
    assert needed.suggestion == "Plan a taper, or let the course end in a review."
    assert found(apart, "taper-needed") == []


@pytest.mark.parametrize(
    ("medicine", "step_days", "rises"),
    [
        # Usually a week apart, and 3 days at least.
        ("amitriptyline", 2, [("block", 3), ("block", 5)]),
        ("amitriptyline", 3, [("warn", 4), ("warn", 7)]),
        ("amitriptyline", 6, [("warn", 7), ("warn", 13)]),
        ("amitriptyline", 7, []),
        # The label lets it go up on each of the first 3 days.
        ("gabapentin", 1, [("warn", 2), ("warn", 3)]),
        ("gabapentin", 2, [("warn", 3), ("block", 5)]),
    ],
)
def test_steps_up_closer_than_usual_are_told_and_too_close_ones_blocked(
    formularies: Formularies, medicine: str, step_days: int, rises: list[tuple[str, int]]
) -> None:
    rule = formularies["NZ"].medicines[medicine].regimen_by_id["titration"]
    target = (rule.start_mg or Decimal(0)) * 3
    course = CourseRequest(medicine, "titration", days=30, step_days=step_days, target_mg=target)

    fast = found(plan(formularies, course), "titration-fast")
    apart = "1 day" if step_days == 1 else f"{step_days} days"
    least = {"block": "at least 3 days", "warn": "usually 7 days"}
    assert told(sorted(fast, key=lambda finding: finding.code)) == [
        (
            f"titration-fast:{medicine}:{day(number)}",
            severity,
            (medicine,),
            f"{medicine.capitalize()} goes up {apart} after the step before; {least[severity]}.",
            "Hold each step for 7 days.",
        )
        for severity, number in rises
    ]


def test_someone_under_age_is_not_spared_by_coming_down(formularies: Formularies) -> None:
    taper = CourseRequest(
        "gabapentin",
        "taper",
        current=slots(bedtime="900"),
        used_days=90,
        taper=TaperRequest((Stage(7, reduce_mg=Decimal(300)),)),
    )
    request = asked(taper, patient=replace(WELL, age_years=17))

    findings = make_plan(request, formularies["NZ"]).findings
    assert [f.severity for f in findings if f.code.startswith("AGE18")] == ["block"]
