"""How a plan differs from one made of the same request with another formulary.

Doses first, then findings: the two things that somebody who signs a formulary must know of.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from medplan.errors import Problem
from medplan.formulary.difference import Change
from medplan.formulary.model import Severity
from medplan.model.plan import Course, Finding, Plan, Role, Step
from medplan.units import Days


@dataclass(frozen=True, slots=True)
class HeldDose:
    """A daily dose and the days on which it is taken; for when-required the most."""

    days: Days
    daily_mg: Decimal


@dataclass(frozen=True, slots=True)
class CourseChange:
    """A course that came, went, or is taken otherwise; `what` names what is otherwise."""

    medicine: str
    role: Role
    change: Change
    what: tuple[str, ...]
    before: tuple[HeldDose, ...]
    after: tuple[HeldDose, ...]


@dataclass(frozen=True, slots=True)
class FindingChange:
    """A finding that came, went, or has another severity; None where it isn't there."""

    code: str
    message: str
    before: Severity | None
    after: Severity | None


@dataclass(frozen=True, slots=True)
class PlanChange:
    """What became of one request. `refused_…` hold why it is not valid, `issuable_…` whether the
    plan may be issued, None where there is no plan."""

    name: str
    refused_before: tuple[Problem, ...]
    refused_after: tuple[Problem, ...]
    issuable_before: bool | None
    issuable_after: bool | None
    courses: tuple[CourseChange, ...]
    findings: tuple[FindingChange, ...]

    @property
    def changed(self) -> bool:
        """Whether anything is otherwise."""
        return bool(
            self.courses
            or self.findings
            or self.issuable_before != self.issuable_after
            or self.refused_before != self.refused_after
        )


Outcome = Plan | tuple[Problem, ...]
"""A plan, or every reason why there is none."""


def plan_change(name: str, before: Outcome, after: Outcome) -> PlanChange:
    """How two plans of one request differ; one that is refused has no doses and no findings."""
    old, new = (outcome if isinstance(outcome, Plan) else None for outcome in (before, after))
    return PlanChange(
        name=name,
        refused_before=before if isinstance(before, tuple) else (),
        refused_after=after if isinstance(after, tuple) else (),
        issuable_before=None if old is None else old.issuable,
        issuable_after=None if new is None else new.issuable,
        courses=tuple(_course_changes(old, new)),
        findings=tuple(_finding_changes(old, new)),
    )


CourseKey = tuple[str, Role, int]


def _course_changes(old: Plan | None, new: Plan | None) -> Iterator[CourseChange]:
    was, now = _courses(old), _courses(new)
    for key in dict.fromkeys((*was, *now)):
        before, after = was.get(key), now.get(key)
        change = Change.CHANGED
        if before is None or after is None:
            change = Change.ADDED if before is None else Change.REMOVED
        what = _what(before, after) if before and after else ()
        if what or change is not Change.CHANGED:
            yield CourseChange(key[0], key[1], change, what, _held(before), _held(after))


def _courses(plan: Plan | None) -> Mapping[CourseKey, Course]:
    """The courses by medicine and role, numbered where there are several."""
    found: dict[CourseKey, Course] = {}
    for course in plan.courses if plan else ():
        name = course.name or course.medicine
        number = sum(key[:2] == (name, course.role) for key in found)
        found[name, course.role, number] = course
    return found


def _held(course: Course | None) -> tuple[HeldDose, ...]:
    return tuple(HeldDose(s.days, s.daily_mg) for s in course.steps) if course else ()


Look = Callable[[Step], object]
_LOOKS: Mapping[str, Look] = {
    "days": lambda step: step.days,
    "daily dose": lambda step: step.daily_mg,
    "single doses": lambda step: tuple((d.slot, d.mg) for d in step.doses),
    "clock times": lambda step: tuple(d.minute for d in step.doses),
    "tablets": lambda step: tuple(d.products for d in step.doses),
    "instructions": lambda step: tuple(d.instruction for d in step.doses),
    "most in a day": lambda step: step.max_daily_mg,
    "least gap": lambda step: step.min_interval_hours,
    "condition": lambda step: (step.conditional, step.when_required),
}


def _what(before: Course, after: Course) -> tuple[str, ...]:
    """In which ways two courses differ, most weighty first."""
    differing = [
        name
        for name, look in _LOOKS.items()
        if [look(step) for step in before.steps] != [look(step) for step in after.steps]
    ]
    return (*differing, *(["ending"] if before.ends_in is not after.ends_in else []))


def _finding_changes(old: Plan | None, new: Plan | None) -> Iterator[FindingChange]:
    """Findings by code; words that changed alone are the formulary's difference, not the plan's."""
    was, now = ({f.code: f for f in plan.findings} if plan else {} for plan in (old, new))
    for code in dict.fromkeys((*now, *was)):
        before, after = was.get(code), now.get(code)
        if _severity(before) is not _severity(after):
            told = after or before
            message = told.message if told else ""
            yield FindingChange(code, message, _severity(before), _severity(after))


def _severity(found: Finding | None) -> Severity | None:
    return found.severity if found else None
