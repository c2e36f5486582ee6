"""A course that makes no sense is refused where the fault is, in words that say why.

Beside each refusal stands what is just allowed: a dose that equals the most, the plan's first day.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from medplan.clinical.course.resolve import course_problems
from medplan.errors import Problem
from medplan.formulary.model import Formulary, Stage
from medplan.model.request import CourseRequest, DeclaredProduct, TaperRequest, WrittenStep
from tests.clinical.requesting import MONDAY, UNLISTED, slots

Formularies = Mapping[str, Formulary]
Fault = tuple[str, str, str]

PARACETAMOL = CourseRequest("paracetamol", "regular", days=3)
WHEN_REQUIRED = replace(PARACETAMOL, regimen="when-required")
TRAMADOL = CourseRequest("tramadol", "when-required", days=3, dose_mg=Decimal(50))
NAPROXEN = CourseRequest("naproxen", "twice-daily", days=3)
TITRATION = CourseRequest("amitriptyline", "titration")
TAPER = CourseRequest("gabapentin", "taper", current=slots(morning="300"), used_days=90)
OWN_TAPER = replace(TAPER, used_days=None, taper=TaperRequest((Stage(7, Decimal(100)),)))
TABLE = CourseRequest(
    "gabapentin", "steps", steps=(WrittenStep(3, slots(morning="300")),), ends_in="stop"
)


NAPROXEN_TABLET = DeclaredProduct("naproxen-tablet-5", Decimal(5))
TOO_MUCH = (
    "/max_daily_mg",
    "contradiction",
    "the doses of a day come to more than the most for a day",
)
LESS_THAN_ONE = ("/max_daily_mg", "contradiction", "the most for a day is less than one dose")
NO_PPI = (
    "/gastroprotection",
    "unknown-medicine",
    "say auto, none, or the id of a proton pump inhibitor",
)
MEDICINE: list[tuple[CourseRequest, Fault]] = [
    (
        replace(PARACETAMOL, medicine="acetaminofen"),
        ("/medicine", "unknown-medicine", "the NZ formulary has no medicine 'acetaminofen'"),
    ),
    (
        replace(PARACETAMOL, medicine="etoricoxib"),
        ("/medicine", "unknown-medicine", "the NZ formulary has no medicine 'etoricoxib'"),
    ),
    (
        replace(PARACETAMOL, regimen="whenever"),
        (
            "/regimen",
            "unknown-regimen",
            "paracetamol has the regimens regular, when-required, taper, steps",
        ),
    ),
    (
        replace(UNLISTED, regimen="regular", steps=None, ends_in=None, days=3),
        ("/regimen", "unknown-regimen", "unlisted has the regimens taper, steps"),
    ),
    (
        replace(PARACETAMOL, name="Panadol"),
        ("/name", "misplaced", "only an unlisted medicine has a name"),
    ),
    (replace(UNLISTED, name=None), ("/name", "missing", "an unlisted medicine needs a name")),
    (
        replace(UNLISTED, name="Naproxen", products=(NAPROXEN_TABLET,)),
        ("/name", "in-formulary", "Naproxen is in the formulary: ask for it by its id"),
    ),
    (
        replace(PARACETAMOL, gastroprotection="omeprazole"),
        (
            "/gastroprotection",
            "misplaced",
            "gastroprotection goes with an NSAID; paracetamol is none",
        ),
    ),
    (
        replace(NAPROXEN, gastroprotection="paracetamol"),
        NO_PPI,
    ),
    (
        replace(NAPROXEN, gastroprotection="esomeprazole"),
        NO_PPI,
    ),
]
WHEN: list[tuple[CourseRequest, Fault]] = [
    (replace(PARACETAMOL, days=None), ("/days", "missing", "say for how many days")),
    (
        replace(PARACETAMOL, first_day=MONDAY - timedelta(1)),
        ("/first_day", "before-start", "the course begins before the plan"),
    ),
    (
        replace(PARACETAMOL, when_required=True),
        ("/when_required", "contradicts-regimen", "the regimen regular is not taken when required"),
    ),
    (
        replace(WHEN_REQUIRED, when_required=False),
        (
            "/when_required",
            "contradicts-regimen",
            "the regimen when-required is taken when required",
        ),
    ),
    (
        replace(PARACETAMOL, times_per_day=3, every_hours=8),
        ("/every_hours", "contradiction", "times_per_day and every_hours both say when"),
    ),
    (
        replace(PARACETAMOL, slots=slots(morning="500"), times_per_day=3),
        ("/times_per_day", "contradiction", "slots and times_per_day both say when"),
    ),
    (
        replace(PARACETAMOL, slots=slots(morning="500"), every_hours=8),
        ("/every_hours", "contradiction", "slots and every_hours both say when"),
    ),
    (
        replace(WHEN_REQUIRED, slots=slots(morning="500")),
        ("/slots", "misplaced", "a when-required dose belongs to no slot"),
    ),
]
MISPLACED = [
    (replace(PARACETAMOL, start_mg=Decimal(10)), "start_mg"),
    (replace(PARACETAMOL, used_days=5), "used_days"),
    (replace(PARACETAMOL, ends_in="stop"), "ends_in"),
    (replace(TITRATION, dose_mg=Decimal(10)), "dose_mg"),
    (replace(TITRATION, every_hours=8), "every_hours"),
    (replace(TITRATION, max_daily_mg=Decimal(10)), "max_daily_mg"),
    (replace(OWN_TAPER, days=7), "days"),
    (replace(OWN_TAPER, times_per_day=2), "times_per_day"),
    (replace(OWN_TAPER, step_mg=Decimal(10)), "step_mg"),
    (replace(TABLE, days=7), "days"),
    (replace(TABLE, used_days=7), "used_days"),
    (replace(TABLE, target_mg=Decimal(10)), "target_mg"),
]
MUCH: list[tuple[CourseRequest, Fault]] = [
    (
        replace(PARACETAMOL, dose_mg=Decimal(500), slots=slots(morning="500")),
        ("/slots", "contradiction", "dose_mg and slots both say how much"),
    ),
    (
        replace(TRAMADOL, max_daily_mg=Decimal(49)),
        LESS_THAN_ONE,
    ),
    (
        replace(TRAMADOL, dose_mg=None, max_daily_mg=Decimal(49)),
        LESS_THAN_ONE,
    ),
    (
        replace(PARACETAMOL, dose_mg=Decimal(500), max_daily_mg=Decimal(1999)),
        TOO_MUCH,
    ),
    (
        replace(PARACETAMOL, dose_mg=Decimal(500), every_hours=8, max_daily_mg=Decimal("1499.5")),
        TOO_MUCH,
    ),
    (
        replace(PARACETAMOL, times_per_day=3, max_daily_mg=Decimal(2999)),
        TOO_MUCH,
    ),
    (
        replace(
            PARACETAMOL,
            slots=slots(morning="500", noon="500", bedtime="1000"),
            max_daily_mg=Decimal(1999),
        ),
        TOO_MUCH,
    ),
    (
        replace(TITRATION, start_mg=Decimal(30), target_mg=Decimal(20)),
        ("/target_mg", "contradiction", "the target is below the start"),
    ),
    (
        replace(TITRATION, start_mg=Decimal(40)),
        ("/target_mg", "contradiction", "the target is below the start"),
    ),
    (
        replace(TITRATION, target_mg=Decimal(5)),
        ("/target_mg", "contradiction", "the target is below the start"),
    ),
]
DOWN: list[tuple[CourseRequest, Fault]] = [
    (replace(TAPER, current=None), ("/current", "missing", "say what is taken now")),
    (
        replace(TAPER, used_days=None),
        ("/used_days", "missing", "say for how many days it has been used"),
    ),
    (
        replace(TAPER, medicine="naproxen"),
        ("/taper", "missing", "Naproxen has no taper rule of its own: say one"),
    ),
    (
        replace(OWN_TAPER, taper=TaperRequest((Stage(7, Decimal(100)),), ends_in="review")),
        (
            "/taper/ends_in",
            "contradiction",
            "a taper without floor_mg runs to nothing and ends in stop",
        ),
    ),
    (
        CourseRequest("morphine", "taper", current=slots(morning="30"), used_days=90),
        (
            "/products",
            "missing",
            "morphine has modified-release forms: name the products that are taken",
        ),
    ),
    (replace(TABLE, steps=None), ("/steps", "missing", "say the steps of Gabapentin")),
    (replace(TABLE, ends_in=None), ("/ends_in", "missing", "say stop, review or continues")),
]
ALLOWED = [
    PARACETAMOL,
    replace(PARACETAMOL, first_day=MONDAY),
    replace(PARACETAMOL, when_required=False),
    replace(WHEN_REQUIRED, when_required=True),
    replace(NAPROXEN, gastroprotection="auto"),
    replace(NAPROXEN, gastroprotection="none"),
    replace(NAPROXEN, gastroprotection="lansoprazole"),
    replace(PARACETAMOL, gastroprotection="none"),
    replace(PARACETAMOL, slots=slots(morning="500"), max_daily_mg=Decimal(500)),
    replace(PARACETAMOL, every_hours=8, max_daily_mg=Decimal(3000)),
    replace(PARACETAMOL, times_per_day=1, max_daily_mg=Decimal(1000)),
    replace(PARACETAMOL, dose_mg=Decimal(500), max_daily_mg=Decimal(2000)),
    replace(TRAMADOL, max_daily_mg=Decimal(50)),
    replace(TRAMADOL, times_per_day=4, max_daily_mg=Decimal(150)),
    replace(TITRATION, start_mg=Decimal(20), target_mg=Decimal(20)),
    TAPER,
    OWN_TAPER,
    replace(
        OWN_TAPER,
        taper=TaperRequest((Stage(7, Decimal(100)),), floor_mg=Decimal(100), ends_in="review"),
    ),
    TABLE,
    UNLISTED,
    replace(
        UNLISTED,
        regimen="taper",
        steps=None,
        ends_in=None,
        current=slots(morning="5"),
        taper=TaperRequest((Stage(7, Decimal(1)),)),
        products=(DeclaredProduct("prednisolone-acme-mr-tablet-1", Decimal(1)),),
    ),
]


def problems(formularies: Formularies, course: CourseRequest) -> list[Problem]:
    """What is wrong with the third course of a request."""
    return course_problems(course, 2, MONDAY, formularies["NZ"])


@pytest.mark.parametrize(("course", "fault"), [*MEDICINE, *WHEN, *MUCH, *DOWN])
def test_a_course_that_makes_no_sense_is_refused_at_the_fault(
    formularies: Formularies, course: CourseRequest, fault: Fault
) -> None:
    pointer, code, detail = fault

    assert problems(formularies, course) == [Problem(f"/courses/2{pointer}", code, detail)]


@pytest.mark.parametrize(("course", "field"), MISPLACED)
def test_a_field_of_another_regimen_is_refused(
    formularies: Formularies, course: CourseRequest, field: str
) -> None:
    detail = f"{field} does not belong to the regimen {course.regimen}"

    assert problems(formularies, course) == [Problem(f"/courses/2/{field}", "misplaced", detail)]


@pytest.mark.parametrize("course", ALLOWED)
def test_what_is_just_allowed_is_not_refused(
    formularies: Formularies, course: CourseRequest
) -> None:
    assert problems(formularies, course) == []
