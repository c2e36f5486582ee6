"""A course that has been planned, together with what was found while planning it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

from medplan.clinical.course.products import slug
from medplan.clinical.course.resolve import ResolvedCourse
from medplan.clinical.findings import finding
from medplan.formulary.model import FindingKind, Severity
from medplan.model.plan import Course, EndsIn, Finding, Phase, Role, Step
from medplan.units import Days, format_decimal

HORIZON_DAYS = 730


@dataclass(frozen=True)
class Draft:
    """A planned course. `stop_text` says why it stops as it does; `came_down` whether by steps."""

    resolved: ResolvedCourse
    course: Course
    findings: tuple[Finding, ...]
    came_down: bool = False
    stop_text: str = ""

    @cached_property
    def days(self) -> Days:
        """The course's days."""
        return self.course.days

    @cached_property
    def key(self) -> str:
        """What tells the course's medicine from others: its id, an unlisted one's name."""
        name = self.course.name
        return self.course.medicine if name is None else f"{self.course.medicine}-{slug(name)}"

    @property
    def words(self) -> frozenset[str]:
        """The names and classes by which a rule may know the course's medicine."""
        return self.resolved.words

    @cached_property
    def full_dose_days(self) -> int:
        """How many days the course lasts before it comes down."""
        return sum(len(s.days) for s in self.course.steps if s.phase is not Phase.TAPER)


def course_of(
    resolved: ResolvedCourse,
    steps: Sequence[Step],
    ends_in: EndsIn,
    *,
    role: Role = Role.PRESCRIBED,
    covers: tuple[str, ...] = (),
) -> Course:
    """The dated course; equal neighbouring steps are one."""
    medicine = resolved.medicine
    return Course(
        medicine=medicine.id,
        name=resolved.request.name,
        regimen=resolved.request.regimen,
        role=role,
        covers=covers,
        ends_in=ends_in,
        steps=tuple(merged(steps)),
    )


def merged(steps: Iterable[Step]) -> list[Step]:
    """The steps with equal neighbours joined."""
    result: list[Step] = []
    for step in steps:
        before = result[-1] if result else None
        if before and _is_alike(before, step):
            result[-1] = replace(before, days=Days(before.days.first, step.days.last))
        else:
            result.append(step)
    return result


def _is_alike(before: Step, step: Step) -> bool:
    """Whether two steps differ in their days alone; most differ in their dose."""
    return before.daily_mg == step.daily_mg and replace(before, days=step.days) == step


def within_horizon(resolved: ResolvedCourse, steps: Sequence[Step]) -> tuple[Step, ...]:
    """The part of the steps that lies within the horizon."""
    last = resolved.first_day + timedelta(HORIZON_DAYS - 1)
    kept = (s for s in steps if s.days.first <= last)
    return tuple(
        s if s.days.last <= last else replace(s, days=Days(s.days.first, last)) for s in kept
    )


def infeasible(
    resolved: ResolvedCourse, steps: Sequence[Step], *, overran: bool = False
) -> tuple[Finding, ...]:
    """Block findings for doses that no units make up, and for a course that runs too long."""
    medicine = resolved.medicine
    found = [
        finding(
            "not-makeable",
            [medicine.id],
            FindingKind.INFEASIBLE,
            Severity.BLOCK,
            f"No whole units of the listed products make up {format_decimal(dose.mg)} mg of "
            f"{medicine.name} on {step.days.first}.",
            day=step.days.first,
            suggestion="List a smaller strength or a liquid, or ask for a dose that these "
            f"products make: {', '.join(p.id for p in resolved.products)}.",
        )
        for step in steps
        for dose in step.doses
        if not dose.products
    ]
    if overran:
        found.append(
            finding(
                "beyond-horizon",
                [medicine.id],
                FindingKind.INFEASIBLE,
                Severity.BLOCK,
                f"{medicine.name} would run past {HORIZON_DAYS} days; a plan reaches no further.",
                suggestion="Plan the first part now and end it in a review, or ask for larger or "
                "closer steps.",
            )
        )
    return tuple(found)
