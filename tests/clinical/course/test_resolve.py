"""What a request's courses mean: all faults at once, or each with its products looked up."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from medplan.clinical.course.resolve import course_problems, resolve
from medplan.errors import InvalidRequestError
from medplan.formulary.model import Formulary
from medplan.model.request import CourseRequest, DeclaredProduct
from tests.clinical.requesting import MONDAY, asked, slots

Formularies = Mapping[str, Formulary]
PARACETAMOL = CourseRequest("paracetamol", "regular", days=3)
TAPER = CourseRequest("gabapentin", "taper", current=slots(morning="300"), used_days=90)


def test_every_problem_of_every_course_is_reported_at_once(
    formularies: Formularies,
) -> None:
    wrong = asked(replace(PARACETAMOL, days=None), replace(TAPER, current=None, days=3))

    with pytest.raises(InvalidRequestError) as refused:
        resolve(wrong, formularies["NZ"])

    assert [p.pointer for p in refused.value.problems] == [
        "/courses/0/days",
        "/courses/1/current",
        "/courses/1/days",
    ]


def faults(formularies: Formularies, course: CourseRequest) -> list[tuple[str, str, str]]:
    found = course_problems(course, 0, MONDAY, formularies["NZ"])
    return [(p.pointer.removeprefix("/courses/0"), p.code, p.detail) for p in found]


def test_every_fault_of_a_course_is_told_at_once(formularies: Formularies) -> None:
    yesterday = MONDAY - timedelta(1)
    course = CourseRequest("unlisted", "steps", name="", days=3, first_day=yesterday)

    assert faults(formularies, course) == [
        ("/days", "misplaced", "days does not belong to the regimen steps"),
        ("/first_day", "before-start", "the course begins before the plan"),
        ("/name", "missing", "an unlisted medicine needs a name"),
        ("/products", "missing", "declare an unlisted medicine's products"),
        ("/steps", "missing", "say the steps of it"),
        ("/ends_in", "missing", "say stop, review or continues"),
    ]


def test_a_taper_of_a_medicine_without_a_name_asks_for_its_name_and_for_a_rule(
    formularies: Formularies,
) -> None:
    products = (DeclaredProduct("prednisolone-tablet-5", Decimal(5)),)
    course = replace(TAPER, medicine="unlisted", name="", products=products)

    assert faults(formularies, course) == [
        ("/name", "missing", "an unlisted medicine needs a name"),
        ("/taper", "missing", "this medicine has no taper rule of its own: say one"),
    ]


def test_what_a_regimen_leaves_open_must_be_said(formularies: Formularies) -> None:
    whole = formularies["NZ"]
    medicine = whole.medicines["paracetamol"]
    open_ones = tuple(replace(r, dose_mg=None, times_per_day=None) for r in medicine.regimens)
    bare = replace(medicine, regimens=open_ones)
    formulary = replace(whole, medicines={**whole.medicines, "paracetamol": bare})

    found = course_problems(PARACETAMOL, 0, MONDAY, formulary)
    assert [(p.pointer, p.code, p.detail) for p in found] == [
        ("/courses/0/dose_mg", "missing", "regular has no usual dose: say one"),
        ("/courses/0/times_per_day", "missing", "say how many times a day"),
    ]
    by_slot = replace(PARACETAMOL, slots=slots(morning="500"))
    assert course_problems(by_slot, 0, MONDAY, formulary) == []
    hourly = replace(PARACETAMOL, dose_mg=Decimal(500), every_hours=6)
    assert course_problems(hourly, 0, MONDAY, formulary) == []
