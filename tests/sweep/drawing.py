"""What is drawn for a random life: who asks for what and where, and what is done to it when.

Everything comes from a `Random`, so that a life can be lived again from its seed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from medplan.formulary.model import Basis, Formulary, Stage
from medplan.model.acts import (
    Act,
    Amend,
    Choice,
    Decide,
    Hold,
    Issued,
    Resume,
    Resync,
    Stop,
    StopTaper,
)
from medplan.model.plan import Course, Plan, Role
from medplan.model.request import (
    CourseRequest,
    DeclaredProduct,
    PlanRequest,
    Routine,
    SlotDose,
    TaperRequest,
    WrittenStep,
)
from medplan.units import Slot
from tests.sweep.asked import everything
from tests.sweep.grid import HEALTHY, patients

_PERCENTS = tuple(map(Decimal, (10, 20, 25, 33, 50)))
_AWAY = (
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "America/St_Johns",
    "Asia/Kolkata",
    "Pacific/Chatham",
    "America/Santiago",
    "UTC",
)
_ROUTINES = (
    Routine(390, 750, 1110, 1290, 400),
    Routine(morning=600, bedtime=1430),
    Routine(morning=120, evening=1140),
)
_LATEST_START = 500


def to_begin_with(formulary: Formulary) -> Sequence[PlanRequest]:
    """Everything that can be asked for in a country, its tapers once more with harder cuts, and
    medicines that the formulary doesn't list."""
    country = formulary.jurisdiction
    requests = [one.request for one in everything({country: formulary})[0]]
    return (*requests, *_harder_tapers(requests), *_unlisted(requests[0]))


def _harder_tapers(requests: Sequence[PlanRequest]) -> Iterator[PlanRequest]:
    """Each taper of the requests once more by percentages, whose steps are often forced."""
    for request in requests:
        course = request.courses[0]
        if len(request.courses) == 1 and course.regimen == "taper":
            for n, percent in enumerate(_PERCENTS):
                basis = (Basis.ORIGINAL, Basis.CURRENT)[n % 2]
                stage = Stage(7, reduce_percent=percent, basis=basis)
                asked = replace(course, taper=TaperRequest((stage,)))
                yield replace(request, courses=(asked,))


def _unlisted(request: PlanRequest) -> Iterator[PlanRequest]:
    """Two medicines with names alone: one by a taper, one by a written table."""
    for name in ("invented one", "invented two"):
        key = name.replace(" ", "-")
        listed = (DeclaredProduct(f"{key}-tablet-10", Decimal(10), halves=True),)
        course = CourseRequest("unlisted", "taper", name=name, products=listed)
        both = (SlotDose(Slot.MORNING, Decimal(40)), SlotDose(Slot.EVENING, Decimal(40)))
        stage = Stage(7, reduce_mg=Decimal(20))
        for used in (10, 400):
            taper = replace(course, current=both, used_days=used, taper=TaperRequest((stage,)))
            yield replace(request, courses=(taper,))
        table = (WrittenStep(7, both), WrittenStep(14, both[:1]))
        for ends_in in ("stop", "review"):
            steps = replace(course, regimen="steps", steps=table, ends_in=ends_in)
            yield replace(request, courses=(steps,))


def beginning(chance: Random, requests: Sequence[PlanRequest], formulary: Formulary) -> PlanRequest:
    """One to three courses for somebody: as they stand, or elsewhere and at another time."""
    request = _some(chance, requests)
    if chance.random() < 1 / 3:
        request = replace(request, patient=chance.choice(patients(formulary)).facts)
    else:
        request = replace(request, patient=HEALTHY)
    if chance.random() < 1 / 2:
        request = _later(request, chance.randrange(_LATEST_START))
    if chance.random() < 1 / 3:
        request = replace(request, time_zone=chance.choice(_AWAY))
    if chance.random() < 1 / 4:
        request = replace(request, routine=chance.choice(_ROUTINES))
    return request


def _some(chance: Random, requests: Sequence[PlanRequest]) -> PlanRequest:
    first = chance.choice(requests)
    courses = list(first.courses)
    for _ in range(chance.choice((0, 0, 1, 2))):
        more = chance.choice(requests).courses[0]
        twice = any((c.medicine, c.name) == (more.medicine, more.name) for c in courses)
        late = timedelta(chance.choice((7, 20, 40) if twice else (0, 0, 3, 10)))
        courses.append(replace(more, first_day=(more.first_day or first.start) + late))
    if chance.random() < 1 / 5:
        late = timedelta(chance.choice((1, 5, 14, 30)))
        again = chance.choice(courses)
        courses.append(replace(again, first_day=(again.first_day or first.start) + late))
    return replace(first, courses=tuple(courses))


def _later(request: PlanRequest, days: int) -> PlanRequest:
    by = timedelta(days)
    courses = tuple(
        c if c.first_day is None else replace(c, first_day=c.first_day + by)
        for c in request.courses
    )
    return replace(request, start=request.start + by, courses=courses)


def an_act(chance: Random, issued: Issued, requests: Sequence[PlanRequest]) -> Act:
    """Any act, on a medicine of the plan or on all."""
    plan = issued.plan
    day = _day(chance, plan)
    prescribed = [c for c in plan.courses if c.role is Role.PRESCRIBED]
    medicine = chance.choice([*(c.name or c.medicine for c in prescribed), None])
    match chance.randrange(8):
        case 0:
            return Stop(day, medicine, chance.choice(list(StopTaper)))
        case 1:
            return Hold(day, chance.randint(1, 28), medicine)
        case 2:
            return Resume(day, medicine, chance.choice((0, 0, 2, 5, 8)))
        case 4:
            return _resync(chance, chance.choice(prescribed), day)
        case 3 | 5 if plan.decisions:
            decision = chance.choice(plan.decisions)
            late = timedelta(chance.choice((0, 0, 1, 5, 12)))
            return Decide(decision.day + late, decision.medicine, chance.choice(list(Choice)))
        case _:
            return Amend(day, _amended(chance, issued.request, day, requests))


def _resync(chance: Random, course: Course, day: date) -> Resync:
    """Less than is planned for the day, by slot or in all; now and then more, or nothing."""
    name = course.name or course.medicine
    planned = next((s for s in course.steps if day in s.days), course.steps[0])
    share = Decimal(chance.choice((0, 1, 1, 2, 2, 3, 5))) / 4
    if chance.random() < 1 / 2:
        return Resync(day, name, planned.daily_mg * share)
    taking = tuple(
        SlotDose(d.slot, d.mg * chance.choice((share, Decimal(1))))
        for d in planned.doses
        if d.slot is not None
    )
    return Resync(day, name, taking or planned.daily_mg * share)


def _day(chance: Random, plan: Plan) -> date:
    """Any day of the plan and a little around it, often one on which a step begins, a course ends
    or the clocks change."""
    edges = [day for c in plan.courses for s in c.steps for day in (s.days.first, c.days.last)]
    kind = chance.random()
    if kind < 1 / 2:
        return chance.choice(edges) + timedelta(chance.choice((-1, 0, 0, 1)))
    if kind < 3 / 5 and (changes := _clock_changes(plan)):
        return chance.choice(changes) + timedelta(chance.choice((-1, 0, 0, 1)))
    length = (plan.end - plan.start).days
    return plan.start + timedelta(chance.randint(-2, length + 3))


def _clock_changes(plan: Plan) -> list[date]:
    """The days of the plan on which the clocks change."""
    zone = ZoneInfo(plan.time_zone)
    days = [plan.start + timedelta(n) for n in range((plan.end - plan.start).days + 2)]
    offsets = [datetime.combine(day, time(), zone).utcoffset() for day in days]
    return [day for n, day in enumerate(days[:-1]) if offsets[n] != offsets[n + 1]]


def _amended(
    chance: Random,
    request: PlanRequest,
    day: date,
    requests: Sequence[PlanRequest],
) -> PlanRequest:
    courses = list(request.courses)
    n = chance.randrange(len(courses))
    match chance.randrange(5):
        case 0:
            courses[n] = replace(courses[n], first_day=day)
        case 1:
            courses[n] = _longer(chance, courses[n])
        case 2 if len(courses) > 1:
            del courses[n]
        case 3:
            wanted = chance.choice(requests).courses[0]
            if chance.random() < 2 / 3:
                courses = [c for c in courses if c.medicine != wanted.medicine]
            courses.append(replace(wanted, first_day=chance.choice((day, None))))
        case _:
            courses[n] = replace(chance.choice(_alike(courses[n], requests)), first_day=day)
    return replace(request, courses=tuple(courses), acknowledged=())


def _alike(course: CourseRequest, requests: Sequence[PlanRequest]) -> Sequence[CourseRequest]:
    same = [r.courses[0] for r in requests if r.courses[0].medicine == course.medicine]
    return same or [course]


def _longer(chance: Random, course: CourseRequest) -> CourseRequest:
    if course.days is not None:
        return replace(course, days=max(1, course.days + chance.choice((-2, 3, 10))))
    if course.start_mg is not None:
        return replace(course, target_mg=course.start_mg)
    return replace(course, halves=None)
