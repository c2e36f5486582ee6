"""Random lives of plans: what a few acts make of an issued plan, and what may never come of one.

Every act gives a plan whose proof holds, or a refusal that names its reason; what was issued for
the days before it stays. The acts are drawn by a seed, so that a life can be lived again.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from medplan.documents.plan import dump_plan, read_plan
from medplan.documents.request import read_kept_request
from medplan.documents.request_writing import dump_request
from medplan.errors import InvalidRequestError
from medplan.formulary.model import Basis, Formulary, Severity, Stage
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
    Acknowledgement,
    CourseRequest,
    PlanRequest,
    SlotDose,
    TaperRequest,
)
from medplan.services.planning import plan_and_prove, revise_and_prove
from tests.sweep.asked import everything
from tests.sweep.grid import HEALTHY, patients

_REASON = "An invented reason for an invented patient."
_MOST_ACTS = 4
_PERCENTS = tuple(map(Decimal, (10, 20, 25, 33, 50)))


@dataclass
class Life:
    """What came of one plan's acts; `faults` say what must never be."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def live(chance: Random, requests: Sequence[PlanRequest], formulary: Formulary) -> Life:
    """Issue a plan of one to three of the courses and do one to four acts to it."""
    life = Life()
    sick = chance.random() < 1 / 3
    patient = chance.choice(patients(formulary)).facts if sick else HEALTHY
    issued = _issued(replace(_some(chance, requests), patient=patient), formulary)
    if issued is None:
        life.outcomes["never issued"] += 1
        return life
    for _ in range(chance.randint(1, _MOST_ACTS)):
        act = _act(chance, issued, requests)
        name = type(act).__name__.lower()
        try:
            revised, faults = _done(issued, act, formulary)
        except InvalidRequestError as error:
            codes = sorted({p.code for p in error.problems})
            life.outcomes[f"{name} refused: {', '.join(codes)}"] += 1
            continue
        except Exception as error:  # noqa: BLE001 # every crash is told, and the sweep goes on
            revised, faults = issued, [f"crash: {type(error).__name__}: {error}"]
        life.faults += [f"{name}: {fault}" for fault in faults]
        if faults:
            life.outcomes[f"{name} at fault"] += 1
            return life
        if blocks := _blocks(revised.plan):
            life.outcomes[f"{name} refused: open finding {blocks[0]}"] += 1
            continue
        life.outcomes[f"{name} done"] += 1
        issued = revised
    return life


def to_begin_with(formulary: Formulary) -> Sequence[PlanRequest]:
    """Everything that can be asked for in a country, and its tapers once more with harder cuts."""
    country = formulary.jurisdiction
    requests = [one.request for one in everything({country: formulary})[0]]
    return (*requests, *_harder_tapers(requests))


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


def _some(chance: Random, requests: Sequence[PlanRequest]) -> PlanRequest:
    first = chance.choice(requests)
    courses = list(first.courses)
    for _ in range(chance.choice((0, 0, 1, 2))):
        more = chance.choice(requests).courses[0]
        if more.medicine not in {c.medicine for c in courses}:
            late = timedelta(chance.choice((0, 0, 3, 10)))
            courses.append(replace(more, first_day=(more.first_day or first.start) + late))
    return replace(first, courses=tuple(courses))


def _issued(request: PlanRequest, formulary: Formulary) -> Issued | None:
    plan = plan_and_prove(request, formulary)
    given = tuple(Acknowledgement(code, _REASON) for code in _majors(plan))
    agreed = replace(request, acknowledged=given)
    if _blocks(plan):
        return None
    plan = plan_and_prove(agreed, formulary)
    return Issued(agreed, plan) if plan.issuable else None


def _done(issued: Issued, act: Act, formulary: Formulary) -> tuple[Issued, list[str]]:
    """The act done as the service does it, with a reason for every major finding it brings."""
    before = replace(issued, request=replace(issued.request, acknowledged=()))
    revised = revise_and_prove(before, act, formulary)
    given = tuple(Acknowledgement(code, _REASON) for code in _majors(revised.plan))
    if isinstance(act, Amend):
        act = replace(act, request=replace(act.request, acknowledged=given))
    else:
        before = replace(before, request=replace(before.request, acknowledged=given))
    revised = revise_and_prove(before, act, formulary)
    return revised, list(_faults(issued.plan, revised, act))


def _majors(plan: Plan) -> list[str]:
    return [f.code for f in plan.findings if f.severity is Severity.MAJOR and f.open]


def _blocks(plan: Plan) -> list[str]:
    return [f.code.partition(":")[0] for f in plan.findings if f.severity is Severity.BLOCK]


def _faults(before: Plan, revised: Issued, act: Act) -> Iterator[str]:
    plan = revised.plan
    if _taken(before, act.effective) != _taken(plan, act.effective):
        yield "a dose before the effective day is not as issued"
    if not _blocks(plan):
        for row in plan.proof:
            if not row.holds:
                yield f"proof-failed: {row.invariant}"
    if isinstance(act, Resync) and _more(before, plan, act):
        yield "a resync gives more than was planned"
    kept = read_kept_request(dump_request(revised.request))
    if kept != revised.request:
        yield "the request is read as another than was written"
    if not _blocks(plan) and dump_plan(read_plan(dump_plan(plan))) != dump_plan(plan):
        yield "the plan is read as another than was written"


def _more(before: Plan, after: Plan, act: Resync) -> bool:
    """Whether some day from the act on has more of its medicine than it was planned to have."""
    was, now = (_daily(plan, act.medicine) for plan in (before, after))
    return any(mg > was.get(day, 0) for day, mg in now.items() if day >= act.effective)


def _daily(plan: Plan, medicine: str) -> Mapping[date, Decimal]:
    daily: dict[date, Decimal] = {}
    for course in plan.courses:
        if medicine == (course.name or course.medicine) and course.role is Role.PRESCRIBED:
            for step in course.steps:
                for day in step.days:
                    daily[day] = daily.get(day, Decimal(0)) + step.daily_mg
    return daily


def _taken(plan: Plan, effective: date) -> Mapping[tuple[date, str], Counter[object]]:
    """Every dose on every day before the effective one, companions' too.

    Of a step up that nobody agreed to, the dose before it: that is what was taken.
    """
    doses: dict[tuple[date, str], Counter[object]] = {}
    for course in plan.courses:
        agreed = course.steps[0]
        for step in course.steps:
            agreed = agreed if step.conditional else step
            for day in step.days:
                if day < effective:
                    rows = ((d.minute, d.mg, d.products) for d in agreed.doses)
                    doses.setdefault((day, course.name or course.medicine), Counter()).update(rows)
    return doses


def _act(chance: Random, issued: Issued, requests: Sequence[PlanRequest]) -> Act:
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
    """Any day of the plan and a little after, often one on which a step begins."""
    edges = [s.days.first for c in plan.courses for s in c.steps]
    if chance.random() < 1 / 2:
        return chance.choice(edges) + timedelta(chance.choice((-1, 0, 0, 1)))
    length = (plan.end - plan.start).days
    return plan.start + timedelta(chance.randint(1, length + 2))


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
