"""Limits count what courses give together, and say from which day and by how much they are over."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from medplan.clinical.make_plan import make_plan
from medplan.formulary.model import FindingKind, Formulary
from medplan.model.plan import Finding
from medplan.model.request import CourseRequest, PlanRequest, Routine, WrittenStep
from tests.clinical.lives.prescribed import day, listed
from tests.clinical.requesting import WELL, asked, slots

Formularies = Mapping[str, Formulary]


def written(medicine: str, days: int, first: int = 1, **amounts: str) -> CourseRequest:
    """Some doses of a medicine each day, from a day of the plan on."""
    return CourseRequest(
        medicine,
        "steps",
        first_day=day(first),
        steps=(WrittenStep(days, slots(**amounts)),),
        ends_in="review",
    )


def combined(days: int, first: int = 1, **amounts: str) -> CourseRequest:
    course = written("paracetamol-codeine", days, first, **amounts)
    return replace(course, products=listed("paracetamol-codeine-tablet-500-8"))


def found(formularies: Formularies, request: PlanRequest, rule: str) -> list[Finding]:
    plan = make_plan(request, formularies[request.jurisdiction])
    return [f for f in plan.findings if f.code.partition(":")[0] == rule]


def in_britain(*courses: CourseRequest, routine: Routine | None = None) -> PlanRequest:
    return replace(asked(*courses, jurisdiction="GB"), routine=routine or Routine())


def test_doses_at_one_time_are_one_dose(formularies: Formularies) -> None:
    request = in_britain(
        written("paracetamol", 6, morning="1000", evening="1000"), combined(2, 4, morning="500")
    )

    [single] = found(formularies, request, "paracetamol-single")
    assert single.medicines == ("paracetamol", "paracetamol-codeine")
    assert single.message.startswith(f"Paracetamol: 1,500 mg at a time from {day(4)}; at most ")


def test_a_day_s_most_is_counted_over_all_that_hold_the_ingredient(
    formularies: Formularies,
) -> None:
    paracetamol = written("paracetamol", 6, morning="1000", noon="1000", evening="1000")
    over = in_britain(paracetamol, combined(3, 3, bedtime="1000"), combined(1, 5, noon="500"))
    just_not = in_britain(paracetamol, combined(3, 3, bedtime="1000"))

    [daily] = found(formularies, over, "paracetamol-daily")
    assert daily.message.startswith(
        # From Thursday's evening to Friday's noon it is as much as from Friday's morning on.
        f"Paracetamol: 4,500 mg in 24 hours from {day(4)}; at most 4000 mg. "
    )
    assert found(formularies, just_not, "paracetamol-daily") == []


@pytest.mark.parametrize(
    ("evening", "gap"),
    [(17 * 60, None), (16 * 60 + 59, "4.0"), (15 * 60 + 20, "2.3"), (15 * 60, "2")],
)
def test_two_medicines_with_one_ingredient_are_kept_apart(
    formularies: Formularies, evening: int, gap: str | None
) -> None:
    # Paracetamol at 13:00, and paracetamol with codeine in the evening.
    request = in_britain(
        written("paracetamol", 9, noon="500"),
        combined(2, 6, evening="500"),
        routine=Routine(evening=evening),
    )

    close = found(formularies, request, "paracetamol-gap")
    said = f"Paracetamol: a gap of {gap} hours from {day(6)}; at least 4 hours."
    assert [f.message.startswith(said) for f in close] == ([] if gap is None else [True])


@pytest.mark.parametrize(("most", "doses"), [("100", None), ("149", None), ("150", 3), ("200", 4)])
def test_what_may_be_taken_when_required_is_counted_in_doses(
    formularies: Formularies, most: str, doses: int | None
) -> None:
    course = CourseRequest(
        "tramadol",
        "when-required",
        first_day=day(3),
        days=6,
        dose_mg=Decimal(50),
        max_daily_mg=Decimal(most),
        products=listed("tramadol-mr-tablet-50"),
    )

    counted = found(formularies, asked(course), "tramadol-doses-modified")
    said = f"Tramadol: up to {doses} doses a day from {day(3)}; at most 2 doses."
    assert [f.message.startswith(said) for f in counted] == ([] if doses is None else [True])


def test_a_limit_on_some_regimens_leaves_the_others_alone(formularies: Formularies) -> None:
    course = CourseRequest("morphine", "when-required", days=2, dose_mg=Decimal(20))
    liquid = replace(course, products=listed("morphine-liquid-2"))
    slow = replace(course, products=listed("morphine-mr-capsule-10"))

    assert found(formularies, asked(liquid), "morphine-single") != []
    assert found(formularies, asked(slow), "morphine-single") == []
    assert found(formularies, asked(written("morphine", 2, noon="20")), "morphine-single") == []


SPRING = date(2026, 9, 27)  # Clocks go forward in New Zealand, from 2 to 3 o'clock at night.

CLOSER = (
    "Clocks change on {}: for that day alone doses come closer in real time than by the clock."
    " No dose needs to move."
)


def at_the_change(*courses: CourseRequest, start: date) -> PlanRequest:
    return asked(*(replace(c, first_day=None) for c in courses), start=start, patient=WELL)


def test_what_a_clock_change_alone_brings_closer_is_told_and_is_no_fault(
    formularies: Formularies,
) -> None:
    # Five doses of paracetamol in the 24 hours from Saturday's first, and naproxen after 11 hours.
    paracetamol = CourseRequest("paracetamol", "regular", days=5)
    naproxen = CourseRequest("naproxen", "twice-daily", days=5, gastroprotection="none")
    request = at_the_change(paracetamol, naproxen, start=date(2026, 9, 25))

    findings = make_plan(request, formularies["NZ"]).findings
    counted = [f for f in findings if f.kind in (FindingKind.LIMIT, FindingKind.INTERVAL)]
    assert [(f.code, f.severity, f.medicines, f.message) for f in counted] == [
        (
            "clock-change:paracetamol:2026-09-27",
            "info",
            ("paracetamol", "naproxen"),
            CLOSER.format("2026-09-27"),
        )
    ]


def test_each_clock_change_of_a_long_plan_is_told_on_its_own_day(formularies: Formularies) -> None:
    course = CourseRequest("naproxen", "twice-daily", days=400, gastroprotection="none")

    findings = make_plan(at_the_change(course, start=date(2026, 9, 1)), formularies["NZ"]).findings
    assert [f.code for f in findings if f.code.startswith("clock-change")] == [
        "clock-change:naproxen:2026-09-27",
        "clock-change:naproxen:2027-09-26",
    ]


@pytest.mark.parametrize("start", [date(2026, 9, 22), SPRING])
def test_days_beside_a_clock_change_know_nothing_of_it(
    formularies: Formularies, start: date
) -> None:
    course = CourseRequest("paracetamol", "regular", days=5)

    findings = make_plan(at_the_change(course, start=start), formularies["NZ"]).findings
    assert [f.code for f in findings if f.code.startswith("clock-change")] == []
