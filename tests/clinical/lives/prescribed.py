"""The courses, the patients and the routine that the stories are about."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from medplan.formulary.model import Basis, Stage
from medplan.model.request import (
    CourseRequest,
    DeclaredProduct,
    Routine,
    TakenMedicine,
    TaperRequest,
    WrittenStep,
)
from tests.clinical.requesting import MONDAY, WELL, slots


def day(number: int) -> date:
    """Day 1 is Monday 23 November 2026."""
    return MONDAY + timedelta(number - 1)


def listed(*ids: str) -> tuple[DeclaredProduct, ...]:
    return tuple(DeclaredProduct(product) for product in ids)


def mg_each(days: int, mg: str, until: str | None = None) -> Stage:
    until_mg = None if until is None else Decimal(until)
    return Stage(days, reduce_mg=Decimal(mg), until_mg=until_mg)


def percent_each(days: int, percent: str, basis: Basis) -> Stage:
    return Stage(days, reduce_percent=Decimal(percent), basis=basis)


PARACETAMOL = CourseRequest("paracetamol", "regular", days=40)
NAPROXEN = CourseRequest("naproxen", "twice-daily", days=14)
PROTECTED = replace(NAPROXEN, gastroprotection="omeprazole")
UNPROTECTED = replace(NAPROXEN, gastroprotection="none")
AMITRIPTYLINE = CourseRequest("amitriptyline", "titration", days=120, target_mg=Decimal(30))
MORPHINE = CourseRequest(
    "morphine",
    "taper",
    products=listed("morphine-mr-capsule-10", "morphine-mr-capsule-30"),
    current=slots(morning="60", evening="60"),
    used_days=200,
    taper=TaperRequest((percent_each(7, "10", Basis.ORIGINAL),)),
)
FORCED = replace(
    MORPHINE, products=listed("morphine-mr-capsule-30"), current=slots(morning="60", evening="30")
)
GABAPENTIN = CourseRequest("gabapentin", "titration", days=60)
CODEINE = CourseRequest("codeine", "short-course", days=10)
TABLE = CourseRequest(
    "gabapentin",
    "steps",
    steps=(
        WrittenStep(10, slots(morning="300", noon="300", evening="600")),
        WrittenStep(7, slots(morning="300", noon="300", evening="300")),
        WrittenStep(7, slots(morning="300", evening="300")),
        WrittenStep(7, slots(evening="300")),
    ),
    ends_in="stop",
)
PREDNISOLONE = CourseRequest(
    "unlisted",
    "steps",
    name="Prednisolone (Acme)",
    first_day=day(3),
    steps=tuple(
        WrittenStep(days, slots(morning=mg)) for days, mg in ((5, "20"), (3, "10"), (3, "5"))
    ),
    ends_in="stop",
    products=(DeclaredProduct("prednisolone-acme-tablet-5", Decimal(5), halves=True),),
)
PHENELZINE = replace(
    PREDNISOLONE,
    name="Moclobemide tablets",
    steps=(WrittenStep(20, slots(morning="150", evening="150")),),
    ends_in="review",
    products=(DeclaredProduct("moclobemide-tablets-tablet-150", Decimal(150)),),
)
OLD = replace(
    WELL,
    age_years=78,
    sex="female",
    pregnancy_known=False,
    breastfeeding=None,
    egfr=38,
    weight_kg=Decimal(46),
    alcohol_units_week=16,
    conditions=("ulcer_history", "heart_failure"),
    medicines=(
        TakenMedicine("Sertraline"),
        TakenMedicine("class:acei"),
        TakenMedicine("furosemide"),
        TakenMedicine("dandelion root"),
        TakenMedicine("phenelzine", stopped_on=day(-3)),
    ),
)
NOTHING_KNOWN = replace(
    WELL,
    weight_kg=None,
    sex=None,
    egfr=None,
    pregnancy_known=False,
    breastfeeding=None,
    systolic=None,
    diastolic=None,
    alcohol_units_week=None,
    smoker=None,
    conditions=None,
    medicines=None,
    allergies=None,
    red_flags=None,
)
UNEVEN = slots(morning="1000", noon="500", bedtime="1000")
LATE = Routine(morning=9 * 60, noon=13 * 60, evening=19 * 60, bedtime=23 * 60, breakfast=10 * 60)
BURDENED = replace(
    WELL,
    age_years=66,
    egfr=55,
    medicines=(
        TakenMedicine("Esomeprazole"),
        TakenMedicine("senna"),
        TakenMedicine("Sertraline"),
        TakenMedicine("class:acei"),
        TakenMedicine("furosemide"),
        TakenMedicine("zopiclone"),
        TakenMedicine("dandelion  root"),
        TakenMedicine("Phenelzine", stopped_on=day(-3)),
        TakenMedicine("ibuprofen", stopped_on=day(2)),
    ),
)
SLOWLY = TaperRequest((percent_each(14, "10", Basis.CURRENT),))
TWO_STEPS = (WrittenStep(20, slots(bedtime="20")), WrittenStep(10, slots(bedtime="10")))
IBUPROFEN_LATER = CourseRequest("ibuprofen", "regular", first_day=day(10), days=10)
