"""Requests for whole plans: one by hand, and any by Hypothesis."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from medplan.formulary.model import Basis, Formulary, Medicine, RegimenKind, Release, Stage
from medplan.model.request import (
    CourseRequest,
    DeclaredProduct,
    PatientFacts,
    PlanRequest,
    Routine,
    SlotDose,
    TakenMedicine,
    TaperRequest,
    WrittenStep,
)
from medplan.units import Slot

MONDAY = date(2026, 11, 23)
WELL = PatientFacts(
    reference="invented:1",
    age_years=45,
    weight_kg=Decimal(80),
    sex="male",
    egfr=92,
    pregnancy_known=True,
    breastfeeding=False,
    systolic=126,
    diastolic=78,
    alcohol_units_week=3,
    smoker=False,
    conditions=(),
    medicines=(),
    allergies=(),
    red_flags=(),
)
ZONES = {"NZ": "Pacific/Auckland", "GB": "Europe/London"}


def asked(
    *courses: CourseRequest,
    jurisdiction: str = "NZ",
    patient: PatientFacts = WELL,
    indication: str = "other",
    start: date = MONDAY,
    time_zone: str | None = None,
) -> PlanRequest:
    """A request for an invented, well patient."""
    return PlanRequest(
        jurisdiction=jurisdiction,
        start=start,
        time_zone=time_zone or ZONES[jurisdiction],
        indication=indication,
        patient=patient,
        courses=courses,
    )


def slots(**amounts: str) -> tuple[SlotDose, ...]:
    """Amounts by slot, as a request says them."""
    return tuple(SlotDose(Slot(name), Decimal(mg)) for name, mg in amounts.items())


UNLISTED = CourseRequest(
    "unlisted",
    "steps",
    name="Prednisolone (Acme)",
    steps=(WrittenStep(3, slots(morning="5")),),
    ends_in="stop",
    products=(DeclaredProduct("prednisolone-acme-tablet-5", Decimal(5), halves=False),),
)


@st.composite
def patients(draw: st.DrawFn, formulary: Formulary) -> PatientFacts:
    """Somebody over 18 about whom more or less is known."""
    words = formulary.vocabulary

    def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...] | None]:
        chosen = st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)
        return st.one_of(st.just(()), chosen, st.none())

    sex = draw(st.sampled_from(["male", "female", None]))
    names = (*sorted(formulary.co_medicines)[::20], *(f"class:{c}" for c in words.classes[:20]))
    taken = draw(some(names))
    return replace(
        WELL,
        age_years=draw(st.integers(18, 95)),
        weight_kg=draw(st.sampled_from([None, *map(Decimal, ("38", "44", "49.9", "50", "80"))])),
        sex=sex,
        egfr=draw(st.sampled_from([None, 8, 14, 25, 29, 30, 45, 59, 92])),
        pregnancy_known=draw(st.booleans()),
        breastfeeding=draw(st.sampled_from([None, False, True])) if sex == "female" else False,
        conditions=draw(some(words.conditions)),
        allergies=draw(some(words.allergies)),
        medicines=None if taken is None else tuple(TakenMedicine(t) for t in taken),
    )


def courses(formulary: Formulary) -> st.SearchStrategy[CourseRequest]:
    """Any course that the formulary can make sense of."""
    return st.sampled_from(sorted(formulary.medicines)).flatmap(
        lambda name: _course(formulary.medicines[name])
    )


@st.composite
def _course(draw: st.DrawFn, medicine: Medicine) -> CourseRequest:
    regimen = draw(st.sampled_from([*medicine.regimen_by_id, "taper", "steps"]))
    first_day = MONDAY + timedelta(draw(st.integers(0, 10)))
    course = CourseRequest(medicine.id, regimen, first_day=first_day)
    release = draw(st.sampled_from(sorted({p.release for p in medicine.products})))
    listed = tuple(DeclaredProduct(p.id) for p in medicine.products if p.release is release)
    if regimen == "steps":
        rows = draw(st.lists(_rows(medicine, release), min_size=1, max_size=4))
        ends_in = draw(st.sampled_from(["stop", "review"]))
        return replace(course, steps=tuple(rows), ends_in=ends_in, products=listed)
    if regimen == "taper":
        return replace(
            course,
            products=listed,
            current=draw(_amounts(medicine, release)),
            used_days=draw(st.sampled_from([5, 20, 60, 400])),
            taper=draw(_tapers()),
        )
    days = draw(st.integers(1, 40))
    if medicine.regimen_by_id[regimen].kind is RegimenKind.TITRATION:
        return replace(course, days=days)
    often = draw(st.sampled_from([None, 1, 2, 3, 4]))
    return replace(course, days=days, times_per_day=often)


def _unit_mg(medicine: Medicine, release: Release) -> Decimal:
    return min(p.strength_mg for p in medicine.products if p.release is release)


@st.composite
def _amounts(draw: st.DrawFn, medicine: Medicine, release: Release) -> tuple[SlotDose, ...]:
    chosen = draw(st.lists(st.sampled_from(Slot), min_size=1, max_size=4, unique=True))
    unit = _unit_mg(medicine, release)
    return tuple(SlotDose(s, unit * draw(st.integers(1, 6))) for s in chosen)


def _rows(medicine: Medicine, release: Release) -> st.SearchStrategy[WrittenStep]:
    return st.builds(WrittenStep, days=st.integers(1, 20), slots=_amounts(medicine, release))


def _tapers() -> st.SearchStrategy[TaperRequest]:
    by_percent = st.builds(
        Stage,
        every_days=st.integers(2, 28),
        reduce_percent=st.sampled_from([Decimal(10), Decimal(25)]),
        basis=st.sampled_from(Basis),
    )
    by_mg = st.builds(
        Stage, every_days=st.integers(2, 28), reduce_mg=st.sampled_from([Decimal(10), Decimal(50)])
    )
    return st.one_of(by_percent, by_mg).map(lambda stage: TaperRequest((stage,)))


@st.composite
def requests(draw: st.DrawFn, formularies: Mapping[str, Formulary]) -> PlanRequest:
    """Any request that resolves, in either jurisdiction and in many zones."""
    jurisdiction = draw(st.sampled_from(sorted(formularies)))
    formulary = formularies[jurisdiction]
    zone = draw(
        st.sampled_from(
            [
                "Pacific/Auckland",
                "Europe/London",
                "Australia/Lord_Howe",
                "Africa/Casablanca",
                "America/St_Johns",
                "Asia/Kolkata",
                "Pacific/Chatham",
                "America/Santiago",
            ]
        )
    )
    return PlanRequest(
        jurisdiction=jurisdiction,
        start=MONDAY,
        time_zone=zone,
        indication=draw(st.sampled_from(formulary.vocabulary.indications)),
        patient=draw(patients(formulary)),
        courses=tuple(draw(st.lists(courses(formulary), min_size=1, max_size=3))),
        routine=draw(st.sampled_from([Routine(), Routine(390, 750, 1110, 1290, 400)])),
    )
