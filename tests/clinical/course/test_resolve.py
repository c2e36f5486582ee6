"""What a course may not say, and where the fault is reported."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from medplan.clinical.course.resolve import course_problems, resolve
from medplan.errors import InvalidRequestError
from medplan.formulary.model import Formulary, Stage
from medplan.model.request import CourseRequest, DeclaredProduct, TaperRequest, WrittenStep
from tests.clinical.requesting import MONDAY, asked, slots

PARACETAMOL = CourseRequest("paracetamol", "regular", days=3)
TAPER = CourseRequest("gabapentin", "taper", current=slots(morning="300"), used_days=90)
UNLISTED = CourseRequest(
    "unlisted",
    "steps",
    name="prednisolone",
    steps=(WrittenStep(3, slots(morning="5")),),
    ends_in="stop",
    products=(DeclaredProduct("prednisolone-tablet-5", Decimal(5), halves=False),),
)


def declared(
    product: str, strength: str, *, halves: bool | None = None
) -> tuple[DeclaredProduct, ...]:
    return (DeclaredProduct(product, Decimal(strength), halves=halves),)


@pytest.mark.parametrize(
    ("course", "pointer"),
    [
        (replace(PARACETAMOL, medicine="acetaminofen"), "/medicine"),
        (replace(PARACETAMOL, medicine="etoricoxib"), "/medicine"),
        (replace(PARACETAMOL, regimen="whenever"), "/regimen"),
        (replace(PARACETAMOL, days=None), "/days"),
        (replace(PARACETAMOL, start_mg=Decimal(10)), "/start_mg"),
        (replace(PARACETAMOL, name="Panadol"), "/name"),
        (replace(PARACETAMOL, when_required=True), "/when_required"),
        (replace(PARACETAMOL, first_day=date(2026, 11, 22)), "/first_day"),
        (replace(PARACETAMOL, times_per_day=3, every_hours=8), "/every_hours"),
        (replace(PARACETAMOL, dose_mg=Decimal(500), slots=slots(morning="500")), "/slots"),
        (replace(PARACETAMOL, gastroprotection="omeprazole"), "/gastroprotection"),
        (replace(PARACETAMOL, products=(DeclaredProduct("naproxen-tablet-250"),)), "/products/0"),
        (replace(PARACETAMOL, products=()), "/products"),
        (replace(PARACETAMOL, products=declared("paracetamol-tablet-500", "250")), "/products/0"),
        (replace(PARACETAMOL, products=declared("paracetamol-tablet-250", "300")), "/products/0"),
        (replace(TAPER, current=None), "/current"),
        (replace(TAPER, used_days=None), "/used_days"),
        (replace(TAPER, days=7), "/days"),
        (replace(TAPER, taper=TaperRequest((Stage(7, Decimal(100)),), ends_in="review")),
         "/taper/ends_in"),
        (CourseRequest("morphine", "taper", current=slots(morning="30"), used_days=90),
         "/products"),
        (replace(UNLISTED, name=None), "/name"),
        (replace(UNLISTED, products=None), "/products"),
        (replace(UNLISTED, regimen="regular", steps=None, ends_in=None, days=3), "/regimen"),
        (replace(UNLISTED, products=declared("prednisone-tablet-5", "5")), "/products/0"),
        (replace(UNLISTED, products=declared("prednisolone-mr-tablet-5", "5", halves=True)),
         "/products/0"),
        (replace(UNLISTED, steps=None), "/steps"),
        (replace(UNLISTED, ends_in=None), "/ends_in"),
        (CourseRequest("amitriptyline", "titration", start_mg=Decimal(30), target_mg=Decimal(20)),
         "/target_mg"),
        (CourseRequest("tramadol", "when-required", days=3, dose_mg=Decimal(50),
                       max_daily_mg=Decimal(25)), "/max_daily_mg"),
    ],
)  # fmt: skip
def test_a_course_that_makes_no_sense_is_refused_at_the_fault(
    formularies: Mapping[str, Formulary], course: CourseRequest, pointer: str
) -> None:
    problems = course_problems(course, 0, MONDAY, formularies["NZ"])

    assert [p.pointer for p in problems] == [f"/courses/0{pointer}"]


def test_every_problem_of_every_course_is_reported_at_once(
    formularies: Mapping[str, Formulary],
) -> None:
    wrong = asked(replace(PARACETAMOL, days=None), replace(TAPER, current=None, days=3))

    with pytest.raises(InvalidRequestError) as refused:
        resolve(wrong, formularies["NZ"])

    assert [p.pointer for p in refused.value.problems] == [
        "/courses/0/days",
        "/courses/1/current",
        "/courses/1/days",
    ]


def test_a_declared_product_equal_to_the_formularys_is_the_formularys(
    formularies: Mapping[str, Formulary],
) -> None:
    course = replace(PARACETAMOL, products=declared("paracetamol-tablet-500", "500", halves=True))

    (resolved,) = resolve(asked(course), formularies["NZ"])

    assert [p.declared for p in resolved.products] == [False]


def test_immediate_release_is_the_default(formularies: Mapping[str, Formulary]) -> None:
    (resolved,) = resolve(asked(PARACETAMOL), formularies["NZ"])

    assert {p.release.value for p in resolved.products} == {"immediate"}
