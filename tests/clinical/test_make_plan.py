"""Whole plans: the numbers a prescriber would check by hand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from medplan.clinical.make_plan import make_plan
from medplan.errors import InvalidRequestError
from medplan.formulary.model import FindingKind, Formulary, Severity
from medplan.model.plan import Course, EndsIn, Plan, Role
from medplan.model.request import (
    Acknowledgement,
    CourseRequest,
    DeclaredProduct,
    PlanRequest,
    TakenMedicine,
    WrittenStep,
)
from tests.clinical.requesting import MONDAY, WELL, asked, slots

Formularies = Mapping[str, Formulary]


def planned(formularies: Formularies, request: PlanRequest) -> Plan:
    return make_plan(request, formularies[request.jurisdiction])


def day(number: int) -> date:
    """Day 1 is Monday 23 November 2026."""
    return MONDAY + timedelta(number - 1)


def daily(course: Course) -> list[tuple[int, int, str]]:
    """(first day number, last day number, mg a day) of each step."""
    return [
        (
            (s.days.first - MONDAY).days + 1,
            (s.days.last - MONDAY).days + 1,
            f"{s.daily_mg.normalize():f}",
        )
        for s in course.steps
    ]


def codes(plan: Plan, severity: Severity | None = None) -> set[str]:
    return {f.code for f in plan.findings if severity in (None, f.severity)}


def opioid(days: int) -> CourseRequest:
    return CourseRequest(
        "tramadol", "short-course", days=days, dose_mg=Decimal(100), times_per_day=2
    )


@pytest.mark.parametrize(
    ("days", "lowered"),
    [
        (3, []),
        (4, [(5, 6, "100")]),
        (6, [(7, 8, "100")]),
        (7, [(8, 9, "200"), (10, 11, "150"), (12, 13, "100"), (14, 15, "50")]),
    ],
)
def test_a_round_the_clock_opioid_gets_the_taper_its_length_calls_for(
    formularies: Formularies, days: int, lowered: list[tuple[int, int, str]]
) -> None:
    dose = Decimal(125) if days == 7 else Decimal(100)
    products = (DeclaredProduct("tramadol-liquid-10"), DeclaredProduct("tramadol-capsule-50"))
    course = replace(opioid(days), dose_mg=dose, products=products if days == 7 else None)
    plan = planned(formularies, asked(course))

    full = f"{dose * 2:f}"
    assert daily(plan.courses[0]) == [(1, days, full), *lowered]
    assert plan.stops[0].taper == ("built" if lowered else "none")
    assert plan.stops[0].text


def test_a_when_required_opioid_simply_stops(formularies: Formularies) -> None:
    course = CourseRequest(
        "tramadol", "when-required", days=6, dose_mg=Decimal(50), max_daily_mg=Decimal(200)
    )
    plan = planned(formularies, asked(course))

    assert daily(plan.courses[0]) == [(1, 6, "200")]
    assert [c.role for c in plan.courses] == [Role.PRESCRIBED]


def test_the_laxative_ends_a_day_after_the_opioid_and_its_taper(formularies: Formularies) -> None:
    plan = planned(formularies, asked(opioid(4)))

    laxative = next(c for c in plan.courses if c.role is Role.LAXATIVE)
    assert (laxative.days.first, laxative.days.last) == (day(1), day(7))
    assert laxative.covers == ("tramadol",)


def test_one_ppi_covers_two_nsaids_in_turn(formularies: Formularies) -> None:
    ibuprofen = CourseRequest("ibuprofen", "regular", days=3, gastroprotection="omeprazole")
    naproxen = CourseRequest(
        "naproxen", "twice-daily", days=4, first_day=day(4), gastroprotection="omeprazole"
    )
    plan = planned(formularies, asked(ibuprofen, naproxen))

    (ppi,) = [c for c in plan.courses if c.role is Role.GASTROPROTECTION]
    assert daily(ppi) == [(1, 7, "20")]
    assert ppi.covers == ("ibuprofen", "naproxen")
    assert ppi.steps[0].doses[0].minute == 7 * 60 + 30


def test_a_ppi_of_more_than_eight_weeks_halves_for_a_fortnight(formularies: Formularies) -> None:
    course = CourseRequest("naproxen", "twice-daily", days=60, gastroprotection="omeprazole")
    plan = planned(formularies, asked(course))

    (ppi,) = [c for c in plan.courses if c.role is Role.GASTROPROTECTION]
    assert daily(ppi) == [(1, 60, "20"), (61, 74, "10")]


@pytest.mark.parametrize(("days", "told"), [(3, "gastroprotection"), (5, "gastroprotection-taken")])
def test_a_ppi_of_the_plan_s_own_is_gone_on_with_or_is_enough(
    formularies: Formularies, days: int, told: str
) -> None:
    naproxen = CourseRequest("naproxen", "twice-daily", days=5)
    own = CourseRequest("omeprazole", "regular", days=days)
    patient = replace(WELL, age_years=70)
    plan = planned(formularies, asked(naproxen, own, patient=patient))

    added = [c for c in plan.courses if c.role is Role.GASTROPROTECTION]
    assert [daily(c) for c in added] == ([[(4, 5, "20")]] if days == 3 else [])
    assert [f.code for f in plan.findings if "gastroprotection" in f.code] == [f"{told}:naproxen"]


@pytest.mark.parametrize(
    ("takes", "ppi"),
    [((), "omeprazole"), (("clopidogrel",), "pantoprazole"), (("omeprazole",), None)],
)
def test_the_ppi_depends_on_what_is_taken_already(
    formularies: Formularies, takes: tuple[str, ...], ppi: str | None
) -> None:
    patient = replace(WELL, age_years=70, medicines=tuple(TakenMedicine(t) for t in takes))
    course = CourseRequest("naproxen", "twice-daily", days=5)
    plan = planned(formularies, asked(course, patient=patient))

    found = [c.medicine for c in plan.courses if c.role is Role.GASTROPROTECTION]
    assert found == ([ppi] if ppi else [])


def test_an_indicated_ppi_that_is_refused_needs_a_reason(formularies: Formularies) -> None:
    course = CourseRequest("naproxen", "twice-daily", days=5, gastroprotection="none")
    plan = planned(formularies, asked(course, patient=replace(WELL, age_years=70)))

    assert "gastroprotection-refused:naproxen" in codes(plan, Severity.MAJOR)
    assert not plan.issuable


def test_a_titration_without_days_is_held_to_its_review(formularies: Formularies) -> None:
    course = CourseRequest("amitriptyline", "titration", target_mg=Decimal(30))
    plan = planned(formularies, asked(course))

    regimen = formularies["NZ"].medicines["amitriptyline"].regimen_by_id["titration"]
    assert daily(plan.courses[0])[:2] == [(1, 7, "10"), (8, 14, "20")]
    assert len(plan.courses[0].days) == regimen.benefit_review_days
    assert plan.courses[0].ends_in is EndsIn.REVIEW
    assert [d.day for d in plan.decisions] == [day(8), day(15)]


def test_the_last_step_up_is_clipped_to_the_target(formularies: Formularies) -> None:
    course = CourseRequest(
        "amitriptyline",
        "titration",
        days=28,
        start_mg=Decimal(10),
        step_mg=Decimal(15),
        target_mg=Decimal(35),
    )
    plan = planned(formularies, asked(course))

    assert [s.daily_mg for s in plan.courses[0].steps] == [10, 25, 35]


def test_days_too_short_for_a_titration_keep_the_steps_that_fit(formularies: Formularies) -> None:
    course = CourseRequest("amitriptyline", "titration", days=10, target_mg=Decimal(50))
    plan = planned(formularies, asked(course))

    assert daily(plan.courses[0]) == [(1, 7, "10"), (8, 10, "20")]
    assert "titration-shortened:amitriptyline" in codes(plan, Severity.INFO)


def test_paracetamol_counts_in_every_product(formularies: Formularies) -> None:
    alone = CourseRequest("paracetamol", "regular", days=3, dose_mg=Decimal(500), times_per_day=4)
    combined = CourseRequest(
        "paracetamol-codeine",
        "regular",
        days=3,
        dose_mg=Decimal(1000),
        times_per_day=4,
        products=(DeclaredProduct("paracetamol-codeine-tablet-500-8"),),
    )
    plan = planned(formularies, asked(alone, combined, jurisdiction="GB"))

    limits = [f for f in plan.findings if f.kind is FindingKind.LIMIT]
    assert any(f.severity is Severity.BLOCK and "paracetamol" in f.medicines for f in limits)


def test_a_taper_is_spared_what_would_block_a_start(formularies: Formularies) -> None:
    course = CourseRequest(
        "codeine",
        "taper",
        current=slots(morning="120", noon="120", evening="120"),
        used_days=200,
        products=(DeclaredProduct("codeine-tablet-30"), DeclaredProduct("codeine-tablet-15")),
    )
    patient = replace(WELL, egfr=20)
    plan = planned(formularies, asked(course, patient=patient))

    assert codes(plan, Severity.BLOCK) == set()
    assert codes(plan, Severity.MAJOR)


@pytest.mark.parametrize(("stopped", "blocked"), [(13, True), (14, False)])
def test_an_maoi_washout_is_counted_to_the_first_day(
    formularies: Formularies, stopped: int, *, blocked: bool
) -> None:
    taken = TakenMedicine("phenelzine", stopped_on=MONDAY - timedelta(stopped))
    patient = replace(WELL, medicines=(taken,))
    plan = planned(formularies, asked(opioid(3), patient=patient))

    found = [f for f in plan.findings if f.severity is Severity.BLOCK]
    assert bool(found) == blocked
    if blocked:
        assert str(MONDAY + timedelta(14 - stopped)) in (found[0].suggestion or "")


def test_a_clock_change_is_an_info_and_never_a_refusal(formularies: Formularies) -> None:
    course = CourseRequest("paracetamol", "regular", days=7)
    plan = planned(formularies, asked(course, start=date(2026, 9, 24)))

    (change,) = [f for f in plan.findings if f.code.startswith("clock-change")]
    assert change.severity is Severity.INFO
    assert "2026-09-2" in change.code


def test_reasons_for_what_is_no_major_finding_and_second_reasons_are_refused(
    formularies: Formularies,
) -> None:
    naproxen = CourseRequest("naproxen", "twice-daily", days=5, gastroprotection="none")
    code = "gastroprotection-refused:naproxen"
    given = (code, "N08:naproxen", code, "gastroprotection-refused")
    request = replace(
        asked(naproxen, patient=replace(WELL, age_years=70)),
        acknowledged=tuple(Acknowledgement(one, "Talked it over.") for one in given),
    )
    with pytest.raises(InvalidRequestError) as refused:
        planned(formularies, request)

    not_major, twice = "not-a-major-finding", "repeated"
    assert [(p.pointer, p.code, p.detail) for p in refused.value.problems] == [
        ("/acknowledged/1/code", not_major, "no major finding 'N08:naproxen'"),
        ("/acknowledged/2/code", twice, f"'{code}' is acknowledged twice"),
        ("/acknowledged/3/code", not_major, "no major finding 'gastroprotection-refused'"),
    ]


def test_a_written_table_that_comes_down_counts_as_coming_down(formularies: Formularies) -> None:
    rows = tuple(WrittenStep(7, slots(morning=mg, evening=mg)) for mg in ("60", "45", "30", "15"))
    course = CourseRequest("codeine", "steps", steps=rows, ends_in="stop")
    plan = planned(formularies, asked(course))

    assert [s.phase.value for s in plan.courses[0].steps] == ["fixed", "taper", "taper", "taper"]
    assert plan.stops[0].taper == "built"
    assert codes(plan, Severity.BLOCK) == set()


def test_a_course_that_needs_a_taper_and_stops_at_once_is_major(formularies: Formularies) -> None:
    rows = (WrittenStep(60, slots(bedtime="30")),)
    course = CourseRequest("amitriptyline", "steps", steps=rows, ends_in="stop")
    plan = planned(formularies, asked(course))

    assert "taper-needed:amitriptyline" in codes(plan, Severity.MAJOR)


def test_an_unlisted_medicine_is_known_by_its_name(formularies: Formularies) -> None:
    maoi = CourseRequest(
        "unlisted",
        "steps",
        name="phenelzine",
        steps=(WrittenStep(7, slots(morning="15")),),
        ends_in="review",
        products=(DeclaredProduct("phenelzine-tablet-15", Decimal(15)),),
    )
    plan = planned(formularies, asked(opioid(3), maoi))

    assert any(f.severity is Severity.BLOCK and "tramadol" in f.medicines for f in plan.findings)


def test_a_limit_on_some_regimens_counts_when_required_doses_too(formularies: Formularies) -> None:
    course = CourseRequest(
        "morphine", "when-required", days=2, dose_mg=Decimal(30), times_per_day=3
    )
    plan = planned(formularies, asked(course))

    assert any(c.startswith("morphine-daily") for c in codes(plan))


@pytest.mark.parametrize(("gap", "blocked"), [(13, True), (14, False)])
def test_an_maoi_waits_for_the_tricyclic_to_leave(
    formularies: Formularies, gap: int, *, blocked: bool
) -> None:
    tricyclic = CourseRequest(
        "amitriptyline", "steps", steps=(WrittenStep(7, slots(bedtime="10")),), ends_in="stop"
    )
    maoi = CourseRequest(
        "unlisted",
        "steps",
        name="phenelzine",
        first_day=day(7 + gap),
        steps=(WrittenStep(7, slots(morning="15")),),
        ends_in="review",
        products=(DeclaredProduct("phenelzine-tablet-15", Decimal(15)),),
    )
    plan = planned(formularies, asked(tricyclic, maoi))

    assert ("MAOI-reverse:amitriptyline" in codes(plan, Severity.BLOCK)) == blocked
