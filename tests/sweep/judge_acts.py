"""What must be true of a plan after an act, whatever was done to whom.

What was issued for the days before it stays, and so do medicines that it is not about; no act but
an amendment and a step that somebody agreed to gives more; companions end with what they cover.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from medplan.documents.plan import dump_plan, read_plan
from medplan.documents.request import read_kept_request
from medplan.documents.request_writing import dump_request
from medplan.formulary.model import Formulary, Severity
from medplan.model.acts import Act, Amend, Choice, Decide, Issued, Resync, Stop
from medplan.model.plan import Course, Plan, Role, Step

_DAY = timedelta(1)


def act_faults(before: Plan, revised: Issued, act: Act, formulary: Formulary) -> Iterator[str]:
    """What is wrong with a plan after an act; a plan that is blocked is nobody's."""
    plan = revised.plan
    if _taken(before, act.effective) != _taken(plan, act.effective):
        yield "a dose before the effective day is not as issued"
    if read_kept_request(dump_request(revised.request)) != revised.request:
        yield "the request is read as another than was written"
    if blocks(plan):
        return
    failing = [row for row in plan.proof if not row.holds]
    yield from (f"proof-failed: {row.invariant}" for row in failing)
    if not plan.issuable and not failing:
        yield "not issuable, and nothing says why"
    if dump_plan(read_plan(dump_plan(plan))) != dump_plan(plan):
        yield "the plan is read as another than was written"
    if not isinstance(act, Amend):
        yield from _unasked_doses(before, plan, act)
    yield from _stray_companions(plan, act, formulary)


def blocks(plan: Plan) -> list[str]:
    """The rules that block a plan."""
    return [f.code.partition(":")[0] for f in plan.findings if f.severity is Severity.BLOCK]


def _unasked_doses(before: Plan, after: Plan, act: Act) -> Iterator[str]:
    """What gives more than the act may give, or changes what it is not about."""
    about = None if isinstance(act, Amend) else act.medicine
    for name in _names(before) | _names(after):
        was, now = _daily(before, name), _daily(after, name)
        if about not in (None, name):
            if was != now:
                yield "another medicine than the act's is changed"
            continue
        most = _most(before, name, act)
        later = (day for day in now if day >= act.effective)
        if most is not None and any(now[day] > most.get(day, 0) for day in later):
            yield "it gives more than it may"


def _most(before: Plan, name: str, act: Act) -> Mapping[date, Decimal] | None:
    """The most that the act may leave on each day; None where it may give more.

    A stop gives no more than was taken on the day before, where no second course was to come.
    """
    planned = _daily(before, name)
    if isinstance(act, Resync) or (isinstance(act, Decide) and act.choice is Choice.STEP_BACK):
        return planned
    stops = isinstance(act, Stop) or (isinstance(act, Decide) and act.choice is Choice.STOP)
    last = _taken_daily(before, name).get(act.effective - _DAY)
    if not stops or last is None or len(_courses(before, name)) > 1:
        return None
    return {act.effective + n * _DAY: last for n in range(2 * 730)}


def _stray_companions(plan: Plan, act: Act, formulary: Formulary) -> Iterator[str]:
    """Companions that go on although nothing is left that they go with."""
    days_after = {
        Role.LAXATIVE: formulary.laxative.days_after,
        Role.GASTROPROTECTION: formulary.gastroprotection.step_down_days,
    }
    prescribed = [c for c in plan.courses if c.role is Role.PRESCRIBED]
    for course in plan.courses:
        if course.role is Role.PRESCRIBED or course.days.last < act.effective:
            continue
        ends = [c.days.last for c in prescribed if c.medicine in course.covers]
        if not ends or course.days.last > max(ends) + days_after[course.role] * _DAY:
            yield f"a {course.role} goes on without what it covers"


def _names(plan: Plan) -> set[str]:
    return {c.name or c.medicine for c in plan.courses if c.role is Role.PRESCRIBED}


def _courses(plan: Plan, name: str) -> list[Course]:
    own = (c for c in plan.courses if c.role is Role.PRESCRIBED)
    return [c for c in own if name == (c.name or c.medicine)]


def _daily(plan: Plan, name: str) -> Mapping[date, Decimal]:
    """The daily dose of a medicine on each day, as planned."""
    daily: dict[date, Decimal] = {}
    for step in (s for c in _courses(plan, name) for s in c.steps):
        for day in step.days:
            daily[day] = daily.get(day, Decimal(0)) + step.daily_mg
    return daily


def _taken_daily(plan: Plan, name: str) -> Mapping[date, Decimal]:
    """The daily dose of a medicine on each day, without steps that nobody agreed to."""
    daily: dict[date, Decimal] = {}
    for course in _courses(plan, name):
        for day, step in _agreed(course):
            daily[day] = daily.get(day, Decimal(0)) + step.daily_mg
    return daily


def _taken(plan: Plan, effective: date) -> Mapping[tuple[date, str], Counter[object]]:
    """Every dose on every day before the effective one, companions' too."""
    doses: dict[tuple[date, str], Counter[object]] = {}
    for course in plan.courses:
        for day, step in _agreed(course):
            if day < effective:
                rows = ((d.minute, d.mg, d.products) for d in step.doses)
                doses.setdefault((day, course.name or course.medicine), Counter()).update(rows)
    return doses


def _agreed(course: Course) -> Iterator[tuple[date, Step]]:
    """What was taken on each day: of a step up that nobody agreed to, the dose before it."""
    agreed = course.steps[0]
    for step in course.steps:
        agreed = agreed if step.conditional else step
        yield from ((day, agreed) for day in step.days)
