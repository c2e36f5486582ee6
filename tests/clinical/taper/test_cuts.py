"""A cut is a fall of the daily dose, beside what was asked for; nothing else is one."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from medplan.clinical.course.resolve import resolve
from medplan.clinical.make_plan import make_plan
from medplan.clinical.taper.cuts import MadeCut, cuts
from medplan.formulary.model import Formulary, Stage
from medplan.model.request import CourseRequest, TaperRequest, WrittenStep
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
