"""A cut is a fall of the daily dose, beside what was asked for; nothing else is one."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from medplan.clinical.course.resolve import resolve
from medplan.clinical.make_plan import make_plan
from medplan.clinical.taper.cuts import MadeCut, cuts
from medplan.formulary.model import Basis, Formulary, Stage
from medplan.model.request import CourseRequest, DeclaredProduct, TaperRequest, WrittenStep
from tests.clinical.requesting import MONDAY, asked, slots

Formularies = Mapping[str, Formulary]


def day(number: int) -> date:
    """Day 1 is Monday 23 November 2026."""
    return MONDAY + timedelta(number - 1)


def made(formularies: Formularies, course: CourseRequest) -> tuple[MadeCut, ...]:
    request, formulary = asked(course), formularies["NZ"]
    return cuts(make_plan(request, formulary).courses[0], resolve(request, formulary)[0])


def told(cut: MadeCut) -> tuple[date, str, str, str]:
    return cut.day, f"{cut.from_mg:f}", f"{cut.to_mg:f}", f"{cut.asked_mg:f}"


def test_only_a_lower_daily_dose_is_a_cut_of_a_written_table(formularies: Formularies) -> None:
    rows = (
        WrittenStep(3, slots(morning="300", bedtime="300")),
        WrittenStep(4, slots(bedtime="600")),
        WrittenStep(2, slots(bedtime="900")),
        WrittenStep(5, slots(bedtime="300")),
    )
    course = CourseRequest("gabapentin", "steps", first_day=MONDAY, steps=rows, ends_in="review")

    assert [told(cut) for cut in made(formularies, course)] == [(day(10), "900", "300", "600")]


def test_a_taper_is_cut_from_what_was_taken_down_to_nothing(formularies: Formularies) -> None:
    course = CourseRequest(
        "gabapentin",
        "taper",
        first_day=MONDAY,
        current=slots(morning="600", bedtime="600"),
        used_days=400,
        taper=TaperRequest(
            (
                Stage(every_days=7, reduce_mg=Decimal(300), until_mg=Decimal(600)),
                Stage(every_days=14, reduce_mg=Decimal(200)),
            )
        ),
    )

    assert [told(cut) for cut in made(formularies, course)] == [
        (day(1), "1200", "900", "300"),
        (day(8), "900", "600", "300"),
        (day(15), "600", "400", "200"),
        (day(29), "400", "200", "200"),
        (day(43), "200", "0", "200"),
    ]


def test_a_forced_cut_says_what_was_asked_to_the_last_decimal(formularies: Formularies) -> None:
    course = CourseRequest(
        "morphine",
        "taper",
        first_day=MONDAY,
        products=(DeclaredProduct("morphine-mr-capsule-10"),),
        current=slots(evening="50"),
        used_days=400,
        taper=TaperRequest((Stage(7, reduce_percent=Decimal(5), basis=Basis.ORIGINAL),)),
    )

    findings = make_plan(asked(course), formularies["NZ"]).findings
    first = next(f for f in findings if f.code == f"forced-step:morphine:{day(1)}")
    assert first.message == (
        f"On {day(1)} Morphine falls by 10 mg, from 50 mg to 40 mg a day, though 2.5 mg was asked:"
        " the listed products make nothing nearer."
    )
    cut, *_ = made(formularies, course)
    assert (cut.forced, cut.asked_percent, cut.actual_percent) == (True, Decimal(5), Decimal(20))
    assert (cut.medicine, cut.name, cut.original_mg) == ("morphine", None, Decimal(50))


def test_a_course_s_own_taper_is_cut_from_its_full_dose(formularies: Formularies) -> None:
    course = CourseRequest("codeine", "short-course", days=5)

    # Half the dose for two days, then nothing.
    assert [told(cut) for cut in made(formularies, course)] == [
        (day(6), "120", "60", "60"),
        (day(8), "60", "0", "60"),
    ]


def test_a_taper_by_the_formulary_is_asked_for_by_its_rule(formularies: Formularies) -> None:
    course = CourseRequest(
        "gabapentin", "taper", first_day=MONDAY, current=slots(evening="900"), used_days=90
    )

    assert [told(cut) for cut in made(formularies, course)] == [
        (day(1), "900", "600", "300"),
        (day(8), "600", "300", "300"),
        (day(15), "300", "0", "300"),
    ]


def test_a_course_that_simply_stops_has_no_cut(formularies: Formularies) -> None:
    assert made(formularies, CourseRequest("naproxen", "twice-daily", days=5)) == ()
