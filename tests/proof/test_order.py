"""Cuts are what a step says, of the previous dose or the original; forced ones are owned."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from medplan.formulary.model import FindingKind, Severity
from medplan.model.plan import Course, Dose, Phase, Plan, Step
from tests.proof.formulary import MONDAY
from tests.proof.plans import course, dose, failing, finding, plan_of, step, tablets

TABLET = "amitriptyline-tablet-10"


def down(
    *steps: tuple[str, str | None, str | None],
    regimen: str = "taper",
    before: str | None = None,
) -> Plan:
    """Weekly steps of so many tablets, each with its asked and actual percent."""
    held: list[Step] = []
    if before is not None:
        held.append(step(MONDAY, 7, tablets("22:00", TABLET, before)))
    for tablet_count, asked, actual in steps:
        first = MONDAY + timedelta(7 * len(held))
        doses = tablets("22:00", TABLET, tablet_count)
        held.append(step(first, 7, doses, phase=Phase.TAPER, percents=(asked, actual)))
    return plan_of(course("amitriptyline", regimen, *held))


CUT, ASKED = ("cut_percent", "amitriptyline"), ("cut_as_asked", "amitriptyline")


def test_cuts_of_the_original_dose_agree() -> None:
    # From 60 mg by 20 % of the original: 50, 40, 30, 20, 10 mg are each 16.67 % less.
    steps = [(str(n), "20", "16.67") for n in (5, 4, 3, 2, 1)]

    assert failing(down(*steps)) == set()


def test_cuts_of_the_current_dose_agree() -> None:
    steps = [("5", "20", "16.67"), ("4", "20", "20"), ("3", "25", "25"), ("1", "75", "66.67")]

    assert failing(down(*steps)) == set()


def test_a_cut_after_full_doses_is_of_what_came_before() -> None:
    right = down(("3", "50", "40"), regimen="short-course", before="5")
    wrong = down(("3", "50", "50"), regimen="short-course", before="5")

    assert failing(right) == set()
    assert failing(wrong) == {CUT}


@pytest.mark.parametrize(
    ("actual", "wrong"),
    [("20", set()), ("25", set()), *((text, {CUT}) for text in ("10", "19.98", "20.02", "30"))],
)
def test_a_later_cut_is_of_what_came_before_it_or_of_the_full_dose(
    actual: str, wrong: set[tuple[str, str]]
) -> None:
    steps = [("4", None, "20"), ("3", None, actual)]

    assert failing(down(*steps, regimen="short-course", before="5")) == wrong


@pytest.mark.parametrize("actual", ["16.68", "16.65", "20.01", "19.99", "0", "100"])
def test_a_cut_of_neither_dose_is_wrong(actual: str) -> None:
    plan = down(("5", None, "16.67"), ("4", None, actual), ("1", None, "75"))

    assert failing(plan) == {CUT}


@pytest.mark.parametrize("actual", ["0", "100"])
def test_the_first_cut_of_a_taper_is_a_cut_and_leaves_something(actual: str) -> None:
    assert failing(down(("1", None, actual))) == {CUT}


def test_a_taper_course_states_each_cut_and_other_courses_need_not() -> None:
    assert failing(down(("1", None, None))) == {CUT}
    assert failing(down(("2", None, "50"), ("1", None, None))) == {CUT}
    assert failing(down(("2", None, None), ("1", None, None), regimen="steps")) == set()


def test_a_first_cut_of_nearly_everything_leaves_the_dose_before_it_unbounded() -> None:
    # 99.999 % of a dose may be all of it but a hair: the dose before may be as large as it likes.
    steps = [("2", None, "99.999"), ("1", None, "0.005")]

    assert failing(down(*steps)) == set()
    assert failing(down(steps[0], ("1", None, "0.02"))) == {CUT}


@given(start=st.integers(2, 60), cuts=st.lists(st.integers(1, 20), min_size=1, max_size=8))
def test_every_taper_agrees_with_its_own_percentages_of_either_dose(
    start: int, cuts: list[int]
) -> None:
    left = [start - sum(cuts[: n + 1]) for n in range(len(cuts))]
    assume(left[-1] > 0)
    before = [start, *left]
    of_previous = [
        f"{Decimal(100 * cut) / prior:.10f}" for cut, prior in zip(cuts, before, strict=False)
    ]
    of_original = [f"{Decimal(100 * cut) / start:.10f}" for cut in cuts]

    for percents in (of_previous, of_original):
        stated = [f"{half_up(text)}" for text in percents]
        steps = [(str(n), None, text) for n, text in zip(left, stated, strict=True)]
        assert CUT not in failing(down(*steps))


def half_up(text: str) -> Decimal:
    """Two decimals, half up, by hand."""
    hundredths = (Decimal(text) * 1000 + 5) // 10
    return hundredths / 100


def forced(code: str, kind: FindingKind, severity: Severity) -> Plan:
    plan = down(("5", "10", "16.67"), ("4", "20", "20"), ("1", "75", "75"))
    stated = finding(code, kind, "amitriptyline", severity=severity)
    return replace(plan, findings=(stated,), issuable=severity is not Severity.BLOCK)


def test_a_forced_cut_is_owned_by_a_major_finding_of_its_day() -> None:
    major, day = Severity.MAJOR, f"taper-forced:amitriptyline:{MONDAY}"

    assert failing(forced(day, FindingKind.TAPER, major)) == set()
    assert failing(forced(day, FindingKind.INFEASIBLE, Severity.BLOCK)) == set()
    assert failing(forced(day, FindingKind.TAPER, Severity.WARN)) == {ASKED}
    assert failing(forced(day, FindingKind.LIMIT, major)) == {ASKED}
    assert failing(forced("taper-forced:amitriptyline", FindingKind.TAPER, major)) == {ASKED}


def test_a_finding_about_another_medicine_owns_nothing() -> None:
    plan = forced(f"taper-forced:x:{MONDAY}", FindingKind.TAPER, Severity.MAJOR)
    other = replace(plan.findings[0], medicines=("morphine",))

    assert failing(replace(plan, findings=(other,))) == {ASKED}


def doses(*tablet_counts: str) -> tuple[Dose, ...]:
    times = ("08:00", "14:00", "20:00")
    return tuple(
        tablets(at, TABLET, n) for at, n in zip(times, tablet_counts, strict=True) if n != "0"
    )


def two_steps(before: tuple[Dose, ...], after: tuple[Dose, ...], *phases: Phase) -> Course:
    first = step(MONDAY, 7, *before, phase=phases[0])
    second = step(MONDAY + timedelta(7), 7, *after, phase=phases[1])
    return course("amitriptyline", "steps", first, second)


def test_no_slot_rises_in_a_taper_or_falls_in_a_titration() -> None:
    lower, moved = doses("1", "1", "1"), doses("2", "0", "1")
    full = doses("1", "2", "1")
    higher, shifted = doses("1", "2", "2"), doses("2", "1", "2")

    def outcome(after: tuple[Dose, ...], *phases: Phase) -> set[tuple[str, str]]:
        return failing(plan_of(two_steps(full, after, *phases)))

    assert outcome(lower, Phase.TAPER, Phase.TAPER) == set()
    assert outcome(lower, Phase.FIXED, Phase.TAPER) == set()
    assert outcome(moved, Phase.FIXED, Phase.TAPER) == {("taper_never_rises", "amitriptyline")}
    assert outcome(higher, Phase.TITRATION, Phase.MAINTENANCE) == set()
    assert outcome(shifted, Phase.TITRATION, Phase.TITRATION) == {
        ("titration_never_falls", "amitriptyline")
    }
    assert outcome(shifted, Phase.FIXED, Phase.FIXED) == set()


def test_doses_without_slots_are_compared_by_their_time_and_never_with_slots() -> None:
    def at(*times: str) -> tuple[Dose, ...]:
        return tuple(tablets(time, TABLET, "1") for time in times)

    early, late = at("06:00", "18:00"), at("07:00")
    mixed = (tablets("08:00", TABLET, "1"),)

    assert failing(plan_of(two_steps(early, late, Phase.TAPER, Phase.TAPER))) == {
        ("taper_never_rises", "amitriptyline")
    }
    assert failing(plan_of(two_steps(early, mixed, Phase.TAPER, Phase.TAPER))) == set()


def test_a_step_of_nothing_is_no_dose_to_cut_from() -> None:
    nothing = dose("08:00", "0")
    plan = plan_of(two_steps((nothing,), (nothing,), Phase.FIXED, Phase.TAPER))

    assert failing(plan) == {("units_make_mg", "amitriptyline")}
