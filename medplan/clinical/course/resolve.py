"""Whether a request's courses make sense to the formulary, and what each one then means.

The request already has the right shape (`documents`). Here its medicines, products and regimens
are looked up, fields that don't belong together are refused, and defaults are filled in. Every
problem of every course is reported at once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from medplan.clinical.course.products import (
    combination_problems,
    course_products,
    product_problems,
    slug,
)
from medplan.clinical.course.unlisted import UNLISTED, unlisted_medicine
from medplan.clinical.patient.taking import words_for
from medplan.clinical.tablets.kit import Kit
from medplan.clinical.times.often import times_a_day
from medplan.clinical.times.routines import routine_problems
from medplan.errors import InvalidRequestError, Problem
from medplan.formulary.model import Formulary, Medicine, Product, Regimen, RegimenKind, Release
from medplan.model.request import CourseRequest, PlanRequest

Value = TypeVar("Value")
TAPER = "taper"
STEPS = "steps"

_COMMON = frozenset(
    {"medicine", "regimen", "name", "first_day", "products", "halves", "when_required"}
    | {"gastroprotection", "laxative"}
)
_FIELDS: dict[str, frozenset[str]] = {
    RegimenKind.FIXED: _COMMON
    | {"days", "dose_mg", "times_per_day", "every_hours", "slots", "max_daily_mg"},
    RegimenKind.TITRATION: _COMMON | {"days", "start_mg", "step_mg", "step_days", "target_mg"},
    TAPER: _COMMON | {"current", "used_days", "taper"},
    STEPS: _COMMON | {"steps", "ends_in"},
}
_ALL_FIELDS = tuple(CourseRequest.__dataclass_fields__)


@dataclass(frozen=True)
class ResolvedCourse:
    """A course request with its medicine, regimen and products looked up.

    `regimen` is None for the `taper` and `steps` that every medicine has. `words` are the names
    and classes by which a rule may know the medicine.
    """

    request: CourseRequest
    index: int
    medicine: Medicine
    regimen: Regimen | None
    first_day: date
    products: tuple[Product, ...]
    kit: Kit
    words: frozenset[str]

    @property
    def is_taper(self) -> bool:
        """Whether the request asked for a taper; several rules spare those."""
        return self.request.regimen == TAPER


def resolve(request: PlanRequest, formulary: Formulary) -> tuple[ResolvedCourse, ...]:
    """Every course of the request, looked up.

    Raises:
        InvalidRequestError: some course names what the formulary lacks or contradicts itself.
    """
    problems = [
        problem
        for i, course in enumerate(request.courses)
        for problem in course_problems(course, i, request.start, formulary)
    ]
    if problems:
        raise InvalidRequestError(problems)
    courses = tuple(
        _resolved(c, i, request.start, formulary) for i, c in enumerate(request.courses)
    )
    clashes = [
        p
        for course in courses
        for p in routine_problems(course.request, course.medicine, course.regimen, request.routine)
    ]
    if clashes:
        raise InvalidRequestError(clashes)
    return courses


def course_problems(
    course: CourseRequest, index: int, request_start: date, formulary: Formulary
) -> list[Problem]:
    """Everything about one course that the formulary can't make sense of."""
    at = f"/courses/{index}"
    medicine = _medicine(course, formulary)
    if medicine is None:
        detail = f"the {formulary.jurisdiction} formulary has no medicine {course.medicine!r}"
        return [Problem(f"{at}/medicine", "unknown-medicine", detail)]
    kind = _kind(course, medicine)
    if kind is None:
        detail = f"{medicine.id} has the regimens {', '.join(_regimens(medicine))}"
        return [Problem(f"{at}/regimen", "unknown-regimen", detail)]
    problems = list(_general_problems(course, medicine, kind, at, request_start, formulary))
    problems += _companion_problems(course, medicine, at, formulary)
    problems += _PROBLEMS[kind](course, medicine, at)
    if medicine.id == UNLISTED and not course.name:
        return problems  # its products are named after it
    wrong = list(product_problems(course.products, medicine, f"{at}/products"))
    return problems + (wrong or list(combination_problems(course, medicine, f"{at}/products")))


def _medicine(course: CourseRequest, formulary: Formulary) -> Medicine | None:
    if course.medicine == UNLISTED:
        return unlisted_medicine(course.name or "", formulary.jurisdiction)
    return formulary.medicines.get(course.medicine)


def _regimens(medicine: Medicine) -> tuple[str, ...]:
    return (*medicine.regimen_by_id, TAPER, STEPS)


def _kind(course: CourseRequest, medicine: Medicine) -> str | None:
    if course.regimen in (TAPER, STEPS):
        return course.regimen
    regimen = medicine.regimen_by_id.get(course.regimen)
    return None if regimen is None else regimen.kind


def _general_problems(
    course: CourseRequest,
    medicine: Medicine,
    kind: str,
    at: str,
    start: date,
    formulary: Formulary,
) -> Iterator[Problem]:
    for name in _ALL_FIELDS:
        if getattr(course, name) is not None and name not in _FIELDS[kind]:
            detail = f"{name} does not belong to the regimen {course.regimen}"
            yield Problem(f"{at}/{name}", "misplaced", detail)
    if course.first_day is not None and course.first_day < start:
        yield Problem(f"{at}/first_day", "before-start", "the course begins before the plan")
    yield from _name_problems(course, medicine, at, formulary)
    regimen = medicine.regimen_by_id.get(course.regimen)
    asks = regimen is not None and regimen.when_required
    if course.when_required is not None and course.when_required != asks:
        detail = f"the regimen {course.regimen} is {'' if asks else 'not '}taken when required"
        yield Problem(f"{at}/when_required", "contradicts-regimen", detail)


def _name_problems(
    course: CourseRequest, medicine: Medicine, at: str, formulary: Formulary
) -> Iterator[Problem]:
    if medicine.id != UNLISTED:
        if course.name is not None:
            yield Problem(f"{at}/name", "misplaced", "only an unlisted medicine has a name")
        return
    if not course.name:
        yield Problem(f"{at}/name", "missing", "an unlisted medicine needs a name")
    elif slug(course.name) in formulary.medicines:
        detail = f"{course.name} is in the formulary: ask for it by its id"
        yield Problem(f"{at}/name", "in-formulary", detail)
    if course.products is None:
        yield Problem(f"{at}/products", "missing", "declare an unlisted medicine's products")


def _companion_problems(
    course: CourseRequest, medicine: Medicine, at: str, formulary: Formulary
) -> Iterator[Problem]:
    asked = course.gastroprotection
    if asked not in (None, "auto", "none"):
        ppi = formulary.medicines.get(asked)
        if ppi is None or "ppi" not in ppi.classes:
            detail = "say auto, none, or the id of a proton pump inhibitor"
            yield Problem(f"{at}/gastroprotection", "unknown-medicine", detail)
        elif "nsaid" not in medicine.classes:
            detail = f"gastroprotection goes with an NSAID; {medicine.id} is none"
            yield Problem(f"{at}/gastroprotection", "misplaced", detail)


def _fixed_problems(course: CourseRequest, medicine: Medicine, at: str) -> Iterator[Problem]:
    regimen = medicine.regimen_by_id[course.regimen]
    if course.days is None:
        yield Problem(f"{at}/days", "missing", "say for how many days")
    yield from _amount_problems(course, at)
    if course.slots is None and course.dose_mg is None and regimen.dose_mg is None:
        yield Problem(f"{at}/dose_mg", "missing", f"{course.regimen} has no usual dose: say one")
    if course.slots is None and times_a_day(course, regimen) is None:
        yield Problem(f"{at}/times_per_day", "missing", "say how many times a day")
    yield from _most_problems(course, regimen, at)
    if course.slots is not None and regimen.when_required:
        detail = "a when-required dose belongs to no slot"
        yield Problem(f"{at}/slots", "misplaced", detail)


def _most_problems(course: CourseRequest, regimen: Regimen, at: str) -> Iterator[Problem]:
    """A most for a day that when required is less than one dose, or else than all of a day's."""
    most = course.max_daily_mg
    if most is None:
        return
    dose = course.dose_mg or regimen.dose_mg or Decimal(0)
    if course.slots is None and dose > most:
        detail = "the most for a day is less than one dose"
        yield Problem(f"{at}/max_daily_mg", "contradiction", detail)
    elif not regimen.when_required and _a_day(course, regimen, dose) > most:
        detail = "the doses of a day come to more than the most for a day"
        yield Problem(f"{at}/max_daily_mg", "contradiction", detail)


def _a_day(course: CourseRequest, regimen: Regimen, dose: Decimal) -> Decimal:
    """What a day's doses come to; one dose where it isn't said how many."""
    if course.slots is not None:
        return sum((d.mg for d in course.slots), Decimal(0))
    return dose * (times_a_day(course, regimen) or 1)


def _amount_problems(course: CourseRequest, at: str) -> Iterator[Problem]:
    ways = [n for n in ("slots", "times_per_day", "every_hours") if getattr(course, n) is not None]
    if len(ways) > 1:
        detail = f"{ways[0]} and {ways[1]} both say when"
        yield Problem(f"{at}/{ways[1]}", "contradiction", detail)
    if course.slots is not None and course.dose_mg is not None:
        yield Problem(f"{at}/slots", "contradiction", "dose_mg and slots both say how much")


def _titration_problems(course: CourseRequest, medicine: Medicine, at: str) -> Iterator[Problem]:
    regimen = medicine.regimen_by_id[course.regimen]
    start = course.start_mg or regimen.start_mg
    target = course.target_mg or regimen.target_mg
    if start is not None and target is not None and target < start:
        yield Problem(f"{at}/target_mg", "contradiction", "the target is below the start")


def _taper_problems(course: CourseRequest, medicine: Medicine, at: str) -> Iterator[Problem]:
    if course.current is None:
        yield Problem(f"{at}/current", "missing", "say what is taken now")
    asked = course.taper
    if asked is not None and asked.ends_in == "review" and asked.floor_mg is None:
        detail = "a taper without floor_mg runs to nothing and ends in stop"
        yield Problem(f"{at}/taper/ends_in", "contradiction", detail)
    if asked is None and course.used_days is None:
        yield Problem(f"{at}/used_days", "missing", "say for how many days it has been used")
    if asked is None and not any(r.stages for r in medicine.tapers):
        detail = f"{medicine.name or 'this medicine'} has no taper rule of its own: say one"
        yield Problem(f"{at}/taper", "missing", detail)
    has_modified = any(p.release is Release.MODIFIED for p in medicine.products)
    if has_modified and course.products is None and medicine.id != UNLISTED:
        detail = f"{medicine.id} has modified-release forms: name the products that are taken"
        yield Problem(f"{at}/products", "missing", detail)


def _steps_problems(course: CourseRequest, medicine: Medicine, at: str) -> Iterator[Problem]:
    if course.steps is None:
        yield Problem(f"{at}/steps", "missing", f"say the steps of {medicine.name or 'it'}")
    if course.ends_in is None:
        yield Problem(f"{at}/ends_in", "missing", "say stop, review or continues")


_PROBLEMS: dict[str, Callable[[CourseRequest, Medicine, str], Iterator[Problem]]] = {
    RegimenKind.FIXED: _fixed_problems,
    RegimenKind.TITRATION: _titration_problems,
    TAPER: _taper_problems,
    STEPS: _steps_problems,
}


def _resolved(
    course: CourseRequest, index: int, start: date, formulary: Formulary
) -> ResolvedCourse:
    medicine = _medicine(course, formulary)
    if medicine is None:
        msg = f"{course.medicine} was not checked before use"
        raise AssertionError(msg)
    regimen = medicine.regimen_by_id.get(course.regimen)
    products = course_products(course, medicine, regimen)
    return ResolvedCourse(
        request=course,
        index=index,
        medicine=medicine,
        regimen=regimen,
        first_day=course.first_day or start,
        products=products,
        kit=Kit(products, halves=bool(course.halves)),
        words=words_for(medicine, formulary, course.name),
    )


def stated(value: Value | None, usual: Value | None = None) -> Value:
    """What the request says, else what the regimen usually gives; one of them is there."""
    chosen = value if value is not None else usual
    if chosen is None:
        msg = "the course was not checked before use"
        raise AssertionError(msg)
    return chosen
