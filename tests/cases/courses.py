"""What a case expects of whole courses: doses by day and slot, ends, and whose companion it is."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import TypedDict, TypeVar

from medplan.model.plan import Course, Plan
from tests.cases.patterns import one_of

Amount = TypeVar("Amount")
Slots = Mapping[str | None, Decimal]
Run = tuple[date, date, Amount]


class CourseWish(TypedDict, total=False):
    """What `expect.courses` says of one course."""

    daily: list[tuple[str, str, str]]
    slots: list[tuple[str, str, Mapping[str, str]]]
    last_day: str | list[str]
    first_free_day: str | list[str]
    ends_in: str | list[str]
    role: str | list[str]
    when_required: bool
    max_daily_mg: str


class RoleWish(TypedDict, total=False):
    """Days between which some companion course of a role runs."""

    first_day: str | list[str]
    last_day: str | list[str]


def course_differences(wishes: Mapping[str, CourseWish], plan: Plan) -> Iterator[str]:
    """In what the named courses are not as wished; `naproxen#2` is the second of naproxen."""
    for key, wish in wishes.items():
        course = _named(key, plan)
        if course is None:
            yield f"no course {key}"
            continue
        yield from (f"{key}: {said}" for said in _differences(wish, course))


def role_differences(wishes: Mapping[str, RoleWish], plan: Plan) -> Iterator[str]:
    """The companions that are missing or run on other days."""
    for role, wish in wishes.items():
        spans = [_span(course) for course in plan.courses if course.role == role]
        if not any(_spans(wish, first, last) for first, last, _ in spans):
            yield f"no {role} course like {wish}, only {spans}"


def _named(key: str, plan: Plan) -> Course | None:
    medicine, _, place = key.partition("#")
    courses = [course for course in plan.courses if course.medicine == medicine]
    number = int(place or 1)
    return courses[number - 1] if len(courses) >= number else None


def _spans(wish: RoleWish, first: str, last: str) -> bool:
    return one_of(wish.get("first_day", first), first) and one_of(wish.get("last_day", last), last)


def _span(course: Course) -> tuple[str, str, str]:
    """The first day, the last, and the first without it."""
    first, last = course.days.first, course.days.last
    return first.isoformat(), last.isoformat(), (last + timedelta(1)).isoformat()


def _differences(wish: CourseWish, course: Course) -> Iterator[str]:
    if "daily" in wish:
        wanted = [(_day(a), _day(b), Decimal(mg)) for a, b, mg in wish["daily"]]
        yield from _first_difference(wanted, _daily(course))
    if "slots" in wish:
        rows = [(_day(a), _day(b), _amounts(slots)) for a, b, slots in wish["slots"]]
        yield from _first_difference(rows, _by_slot(course))
    _, last, free = _span(course)
    if not one_of(wish.get("last_day", last), last):
        yield f"ends on {last}"
    if not one_of(wish.get("first_free_day", free), free):
        yield f"is free from {free}"
    if not one_of(wish.get("ends_in", course.ends_in.value), course.ends_in.value):
        yield f"ends in {course.ends_in}"
    if not one_of(wish.get("role", course.role.value), course.role.value):
        yield f"has the role {course.role}"
    yield from _when_required(wish, course)


def _when_required(wish: CourseWish, course: Course) -> Iterator[str]:
    for step in course.steps:
        if wish.get("when_required", step.when_required) != step.when_required:
            yield f"when required is {step.when_required}"
        if "max_daily_mg" in wish and step.max_daily_mg != Decimal(wish["max_daily_mg"]):
            yield f"at most {step.max_daily_mg} a day"


def _daily(course: Course) -> list[Run[Decimal]]:
    return _joined((s.days.first, s.days.last, s.daily_mg) for s in course.steps)


def _by_slot(course: Course) -> list[Run[Slots]]:
    rows: list[Run[Slots]] = []
    for step in course.steps:
        taken: dict[str | None, Decimal] = {}
        for dose in step.doses:
            slot = dose.slot.value if dose.slot else None
            taken[slot] = taken.get(slot, Decimal(0)) + dose.mg
        held = {slot: mg for slot, mg in taken.items() if mg}
        rows.append((step.days.first, step.days.last, held))
    return _joined(rows)


def _joined(rows: Iterable[Run[Amount]]) -> list[Run[Amount]]:
    """Equal neighbours as one run."""
    runs: list[Run[Amount]] = []
    for first, last, amount in rows:
        before = runs[-1] if runs else None
        if before and before[2] == amount and before[1] + timedelta(1) == first:
            runs[-1] = (before[0], last, amount)
        else:
            runs.append((first, last, amount))
    return runs


def _first_difference(wanted: list[Run[Amount]], got: list[Run[Amount]]) -> Iterator[str]:
    for n in range(max(len(wanted), len(got))):
        row, came = wanted[n : n + 1], got[n : n + 1]
        if row != came:
            yield f"row {n + 1} is {came} and not {row}"
            return


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _amounts(slots: Mapping[str, str]) -> Slots:
    return {slot: Decimal(mg) for slot, mg in slots.items()}
