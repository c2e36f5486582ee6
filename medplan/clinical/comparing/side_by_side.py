"""Several plans side by side: how long, how many steps, how big a cut, how many tablets.

A comparison judges nothing: it shows where plans differ, so that a prescriber and a patient can
choose between them. The plans may be for different countries; each is measured by its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from medplan.clinical.course.resolve import ResolvedCourse, resolve
from medplan.clinical.taper.cuts import MadeCut, cuts
from medplan.formulary.model import FindingKind, Formulary, Severity
from medplan.model.plan import Course, EndsIn, Finding, OpioidLoad, Plan, Role
from medplan.model.request import PlanRequest
from medplan.units import Days


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the plans to compare: what it is called, what was asked for, and what came of it."""

    name: str
    request: PlanRequest
    formulary: Formulary
    plan: Plan


@dataclass(frozen=True, slots=True)
class ComparedCourse:
    """A prescribed course in short. `biggest_cut` is None for a dose that never falls."""

    medicine: str
    name: str | None
    regimen: str
    days: Days
    ends_in: EndsIn
    steps: int
    biggest_cut: MadeCut | None


@dataclass(frozen=True, slots=True)
class ComparedLoad:
    """The opioid load over time by one authority, and the first of its highest stretches."""

    authority: str
    runs: tuple[OpioidLoad, ...]
    peak: OpioidLoad


@dataclass(frozen=True, slots=True)
class ComparedSupply:
    """Every unit of one product that a plan needs; `medicine` is the id of what it holds."""

    product: str
    medicine: str
    units: Decimal


@dataclass(frozen=True, slots=True)
class Side:
    """One plan of a comparison. `steps` counts those of the prescribed courses."""

    name: str
    jurisdiction: str
    issuable: bool
    start: date
    end: date
    steps: int
    courses: tuple[ComparedCourse, ...]
    biggest_cut: MadeCut | None
    supply: tuple[ComparedSupply, ...]
    opioid_load: tuple[ComparedLoad, ...]
    findings: tuple[Finding, ...]

    def count(self, severity: Severity) -> int:
        """How many findings of one severity it has."""
        return sum(f.severity is severity for f in self.findings)


@dataclass(frozen=True, slots=True)
class ComparedFinding:
    """A finding, with the severity it has in each plan: None where a plan lacks it.

    `open` says of each plan whether the finding still keeps it from being issued.
    """

    code: str
    kind: FindingKind
    message: str
    severities: tuple[Severity | None, ...]
    open: tuple[bool, ...]

    @property
    def differs(self) -> bool:
        """Whether the plans disagree about it."""
        return len(set(self.severities)) > 1 or len(set(self.open)) > 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """Plans side by side, in the order in which they were given."""

    sides: tuple[Side, ...]
    findings: tuple[ComparedFinding, ...]

    @property
    def differing(self) -> tuple[ComparedFinding, ...]:
        """The findings that the plans don't share."""
        return tuple(f for f in self.findings if f.differs)

    @property
    def shared(self) -> tuple[ComparedFinding, ...]:
        """The findings that every plan has alike."""
        return tuple(f for f in self.findings if not f.differs)


def compared(candidates: Sequence[Candidate]) -> Comparison:
    """The plans side by side.

    Raises:
        InvalidRequestError: a plan's request is not one that its formulary can make sense of.
    """
    sides = tuple(_side(candidate) for candidate in candidates)
    return Comparison(sides, tuple(_findings(sides)))


def _side(candidate: Candidate) -> Side:
    plan = candidate.plan
    resolved = resolve(candidate.request, candidate.formulary)
    courses = tuple(_courses(plan, resolved))
    return Side(
        name=candidate.name,
        jurisdiction=plan.formulary.jurisdiction,
        issuable=plan.issuable,
        start=plan.start,
        end=plan.end,
        steps=sum(c.steps for c in courses),
        courses=courses,
        biggest_cut=_biggest(c.biggest_cut for c in courses if c.biggest_cut),
        supply=_supply(plan),
        opioid_load=_loads(plan.opioid_load),
        findings=plan.findings,
    )


def _courses(plan: Plan, resolved: Iterable[ResolvedCourse]) -> Iterator[ComparedCourse]:
    """The prescribed courses with what each was asked to be.

    They stand in the order of the request; a taper that couldn't be made has none.
    """
    left = list(resolved)
    for course in plan.courses:
        if course.role is not Role.PRESCRIBED:
            continue
        while not _is_course_of(course, left[0]):
            del left[0]
        asked = left.pop(0)
        yield ComparedCourse(
            medicine=course.medicine,
            name=course.name,
            regimen=course.regimen,
            days=course.days,
            ends_in=course.ends_in,
            steps=len(course.steps),
            biggest_cut=_biggest(cuts(course, asked)),
        )


def _is_course_of(course: Course, asked: ResolvedCourse) -> bool:
    return (course.medicine, course.name, course.regimen, course.days.first) == (
        asked.medicine.id,
        asked.request.name,
        asked.request.regimen,
        asked.first_day,
    )


def _biggest(made: Iterable[MadeCut]) -> MadeCut | None:
    """The cut that takes most of its original dose; the earliest of equals."""
    return min(made, key=lambda cut: (-cut.actual_mg / cut.original_mg, cut.day), default=None)


def _supply(plan: Plan) -> tuple[ComparedSupply, ...]:
    owners = {product.id: product.medicine for product in plan.products}
    units: dict[str, Decimal] = {}
    for row in plan.supply:
        units[row.product] = units.get(row.product, Decimal(0)) + row.units
    return tuple(ComparedSupply(p, owners[p], units[p]) for p in sorted(units))


def _loads(rows: Sequence[OpioidLoad]) -> tuple[ComparedLoad, ...]:
    return tuple(
        ComparedLoad(authority, runs, max(runs, key=lambda run: run.ome_mg))
        for authority in dict.fromkeys(row.authority for row in rows)
        for runs in [tuple(row for row in rows if row.authority == authority)]
    )


def _findings(sides: Sequence[Side]) -> Iterator[ComparedFinding]:
    """Every finding of any plan, the severest first, then by code."""
    by_code = [{f.code: f for f in side.findings} for side in sides]
    told: dict[str, Finding] = {}
    for side in sides:
        for found in side.findings:
            if found.code not in told or told[found.code].severity.rank < found.severity.rank:
                told[found.code] = found
    for found in sorted(told.values(), key=lambda f: (-f.severity.rank, f.code)):
        here = [findings.get(found.code) for findings in by_code]
        yield ComparedFinding(
            code=found.code,
            kind=found.kind,
            message=found.message,
            severities=tuple(f.severity if f else None for f in here),
            open=tuple(f.open if f else False for f in here),
        )
