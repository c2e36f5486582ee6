"""Plans side by side: ends, steps, cuts, tablets, opioid load and findings."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from medplan.clinical.comparing.side_by_side import (
    Candidate,
    ComparedSupply,
    Comparison,
    compared,
)
from medplan.clinical.course.resolve import resolve
from medplan.clinical.make_plan import make_plan
from medplan.clinical.taper.cuts import MadeCut, cuts
from medplan.errors import InvalidRequestError
from medplan.formulary.model import Basis, Formulary, Severity, Stage
from medplan.model.plan import OpioidLoad, Role
from medplan.model.request import (
    Acknowledgement,
    CourseRequest,
    DeclaredProduct,
    PlanRequest,
    TaperRequest,
    WrittenStep,
)
from medplan.units import Days, format_decimal
from tests.clinical.requesting import MONDAY, asked, requests, slots

PRODUCTS = {
    "oxycodone": (DeclaredProduct("oxycodone-capsule-5"), DeclaredProduct("oxycodone-capsule-10")),
    "gabapentin": (DeclaredProduct("gabapentin-capsule-300"),),
}
ONLY_TENS = PRODUCTS["oxycodone"][1:]


def taper(*stages: Stage, medicine: str = "oxycodone", taken: str = "20") -> CourseRequest:
    """A taper of a medicine taken morning and evening; without stages the formulary's own."""
    return CourseRequest(
        medicine,
        "taper",
        current=slots(morning=taken, evening=taken),
        used_days=200,
        products=PRODUCTS[medicine],
        taper=TaperRequest(stages) if stages else None,
    )


def by_percent(percent: int, basis: Basis) -> Stage:
    return Stage(14, reduce_percent=Decimal(percent), basis=basis)


def candidate(name: str, request: PlanRequest, formularies: Mapping[str, Formulary]) -> Candidate:
    formulary = formularies[request.jurisdiction]
    return Candidate(name, request, formulary, make_plan(request, formulary))


def side_by_side(formularies: Mapping[str, Formulary], *wanted: PlanRequest) -> Comparison:
    named = [(chr(ord("a") + n), request) for n, request in enumerate(wanted)]
    return compared([candidate(name, request, formularies) for name, request in named])


def cut(made: MadeCut | None) -> tuple[date, str, str, str, str | None, bool]:
    assert made
    asked_mg = None if made.asked_mg is None else format_decimal(made.asked_mg)
    numbers = (made.from_mg, made.to_mg, made.actual_percent)
    fall = [format_decimal(value) for value in numbers]
    return (made.day, fall[0], fall[1], fall[2], asked_mg, made.forced)


def test_a_slow_and_a_fast_taper_differ_in_end_steps_cut_tablets_and_load(
    formularies: Mapping[str, Formulary],
) -> None:
    slow = asked(taper(Stage(14, reduce_mg=Decimal(5))))
    fast = asked(taper(Stage(7, reduce_mg=Decimal(10))))

    one, other = side_by_side(formularies, slow, fast).sides

    assert (one.end, one.steps) == (date(2027, 3, 1), 7)
    assert (other.end, other.steps) == (date(2026, 12, 14), 3)
    assert cut(one.biggest_cut) == (MONDAY, "40", "35", "12.5", "5", False)
    assert cut(other.biggest_cut) == (MONDAY, "40", "30", "25", "10", False)
    assert other.supply[1:] == (
        ComparedSupply("oxycodone-capsule-10", "oxycodone", Decimal(28)),
        ComparedSupply("oxycodone-capsule-5", "oxycodone", Decimal(28)),
    )
    peaks = [(load.authority, load.peak) for load in other.opioid_load]
    first_week = Days(MONDAY, date(2026, 11, 29))
    assert peaks[-1] == ("CDC2022", OpioidLoad("CDC2022", first_week, Decimal(45)))


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        ([by_percent(20, Basis.CURRENT)], (MONDAY, "40", "35", "12.5", "8", False)),
        ([by_percent(30, Basis.ORIGINAL)], (MONDAY, "40", "30", "25", "12", False)),
        # The first stage ends where 5 mg capsules reach no further dose above its end.
        (
            [
                Stage(7, reduce_mg=Decimal(5), until_mg=Decimal(28)),
                Stage(7, reduce_mg=Decimal(15)),
            ],
            (date(2026, 12, 7), "30", "15", "37.5", "15", False),
        ),
    ],
)
def test_the_biggest_cut_stands_beside_what_its_stage_asked_for(
    formularies: Mapping[str, Formulary],
    stages: list[Stage],
    expected: tuple[date, str, str, str, str, bool],
) -> None:
    course = taper(*stages)

    (side,) = side_by_side(formularies, asked(course)).sides

    assert cut(side.biggest_cut) == expected


def test_a_forced_cut_is_larger_than_asked_and_says_so(
    formularies: Mapping[str, Formulary],
) -> None:
    course = replace(taper(Stage(14, reduce_mg=Decimal(5))), products=ONLY_TENS)

    (side,) = side_by_side(formularies, asked(course)).sides

    assert cut(side.biggest_cut) == (MONDAY, "40", "30", "25", "5", True)


def test_the_formularys_own_taper_is_measured_by_its_own_stages(
    formularies: Mapping[str, Formulary],
) -> None:
    course = taper(medicine="gabapentin", taken="600")

    (side,) = side_by_side(formularies, asked(course)).sides

    assert cut(side.biggest_cut) == (MONDAY, "1200", "900", "25", "300", False)


def test_a_course_that_its_length_brings_down_is_measured_too(
    formularies: Mapping[str, Formulary],
) -> None:
    course = CourseRequest("codeine", "short-course", days=5, dose_mg=Decimal(30), times_per_day=4)

    (side,) = side_by_side(formularies, asked(course)).sides

    assert cut(side.biggest_cut) == (date(2026, 11, 28), "120", "60", "50", "60", False)


def test_a_written_table_asked_for_what_it_does(formularies: Mapping[str, Formulary]) -> None:
    rows = tuple(WrittenStep(7, slots(morning=mg)) for mg in ("20", "10", "5"))
    course = CourseRequest(
        "unlisted",
        "steps",
        name="prednisolone",
        steps=rows,
        ends_in="stop",
        products=(DeclaredProduct("prednisolone-tablet-5", Decimal(5), halves=False),),
    )

    (side,) = side_by_side(formularies, asked(course)).sides

    assert cut(side.biggest_cut) == (date(2026, 11, 30), "20", "10", "50", "10", False)


def test_a_plan_without_a_taper_has_no_cut_and_no_load(
    formularies: Mapping[str, Formulary],
) -> None:
    (side,) = side_by_side(
        formularies, asked(CourseRequest("paracetamol", "regular", days=3))
    ).sides

    assert (side.biggest_cut, side.opioid_load) == (None, ())
    assert [(c.medicine, c.days, c.steps) for c in side.courses] == [
        ("paracetamol", Days(MONDAY, date(2026, 11, 25)), 1)
    ]


def test_only_findings_that_some_plan_lacks_or_has_settled_differ(
    formularies: Mapping[str, Formulary],
) -> None:
    plain = asked(replace(taper(Stage(14, reduce_mg=Decimal(5))), products=ONLY_TENS))
    code = f"forced-step:oxycodone:{MONDAY}"
    findings = [f.code for f in make_plan(plain, formularies["NZ"]).findings]
    assert code in findings
    reason = Acknowledgement(code, "agreed with the patient")
    settled = replace(plain, acknowledged=(reason,))
    well = asked(CourseRequest("paracetamol", "regular", days=3))

    same = side_by_side(formularies, plain, plain)
    acknowledged = side_by_side(formularies, plain, settled)
    absent = side_by_side(formularies, plain, well)

    assert same.differing == ()
    assert [f.code for f in same.shared] == findings
    assert [(f.code, f.severities, f.open) for f in acknowledged.differing] == [
        (code, (Severity.MAJOR, Severity.MAJOR), (True, False))
    ]
    assert {f.code: f.severities for f in absent.differing}[code] == (Severity.MAJOR, None)


@settings(max_examples=40)
@given(data=st.data())
def test_a_plan_beside_itself_shows_no_difference_and_adds_up(
    formularies: Mapping[str, Formulary], data: st.DataObject
) -> None:
    one = any_candidate(data, formularies)

    comparison = compared([one, one])

    first, second = comparison.sides
    assert comparison.differing == ()
    assert first == second
    assert sum(s.units for s in first.supply) == sum(s.units for s in one.plan.supply)
    prescribed = [c for c in one.plan.courses if c.role is Role.PRESCRIBED]
    assert first.steps == sum(len(c.steps) for c in prescribed)
    for shown in first.courses:
        made = shown.biggest_cut
        assert made is None or made.from_mg > made.to_mg >= 0


@settings(max_examples=60)
@given(data=st.data())
def test_a_cut_of_a_taper_is_forced_exactly_where_the_plan_says_so(
    formularies: Mapping[str, Formulary], data: st.DataObject
) -> None:
    """The asked amounts are worked out anew from the stages; the planner's findings must agree."""
    one = any_candidate(data, formularies)
    tapers = [c for c in resolve(one.request, one.formulary) if c.is_taper]
    codes = {f.code for f in one.plan.findings}
    for course in one.plan.courses:
        same = [t for t in tapers if t.medicine.id == course.medicine]
        if course.regimen != "taper" or len(same) != 1:
            continue

        made = cuts(course, same[0])

        forced = {f"forced-step:{course.medicine}:{c.day}" for c in made if c.forced}
        assert forced == {c for c in codes if c.startswith(f"forced-step:{course.medicine}:")}
        assert all(c.asked_mg is not None for c in made)


def any_candidate(data: st.DataObject, formularies: Mapping[str, Formulary]) -> Candidate:
    wanted = data.draw(requests(formularies))
    try:
        return candidate("any", wanted, formularies)
    except InvalidRequestError:
        reject()  # what can't be planned can't be compared
