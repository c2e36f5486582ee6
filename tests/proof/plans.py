"""Plans written by hand for the proof's tests: what follows from the courses is counted.

Supply and opioid load are counted day by day, as slowly and plainly as can be.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from medplan.formulary.model import (
    Citation,
    Evidence,
    FindingKind,
    Formulary,
    Severity,
)
from medplan.model.plan import (
    Course,
    Dose,
    EndsIn,
    Finding,
    FormularyRef,
    LimitFacts,
    OpioidLoad,
    Phase,
    Plan,
    PlanProduct,
    ProductUnits,
    Review,
    Role,
    Step,
    Stop,
    Supply,
)
from medplan.proof.prove import prove
from medplan.units import Days, Slot, format_decimal, parse_clock
from tests.proof.formulary import FORMULARY, MONDAY

SLOTS = {
    "08:00": Slot.MORNING,
    "14:00": Slot.NOON,
    "20:00": Slot.EVENING,
    "22:00": Slot.BEDTIME,
}
ADULT = LimitFacts(age_years=58, weight_kg=Decimal(80), egfr=74, conditions=())


def dose(at: str | None, mg: str, *products: tuple[str, str]) -> Dose:
    """A dose at a clock time, or when required."""
    return Dose(
        minute=None if at is None else parse_clock(at),
        slot=None if at is None else SLOTS.get(at),
        mg=Decimal(mg),
        products=tuple(ProductUnits(name, Decimal(units)) for name, units in products),
        instruction="",
    )


def step(
    first: date,
    days: int,
    *doses: Dose,
    phase: Phase = Phase.FIXED,
    percents: tuple[str | None, str | None] = (None, None),
) -> Step:
    """A step of fixed doses; `percents` are the asked and the actual cut."""
    asked, actual = percents
    return Step(
        phase=phase,
        days=Days.lasting(first, days),
        daily_mg=sum((d.mg for d in doses), Decimal(0)),
        conditional=phase is Phase.TITRATION,
        when_required=False,
        max_daily_mg=None,
        min_interval_hours=None,
        asked_percent=None if asked is None else Decimal(asked),
        actual_percent=None if actual is None else Decimal(actual),
        doses=doses,
    )


def when_required(first: date, days: int, amount: Dose, most: str, gap: str) -> Step:
    """A step of one when-required dose, its most in a day and its gap in hours."""
    fixed = step(first, days, amount)
    return replace(
        fixed,
        when_required=True,
        daily_mg=Decimal(most),
        max_daily_mg=Decimal(most),
        min_interval_hours=Decimal(gap),
    )


def course(
    medicine: str,
    regimen: str,
    *steps: Step,
    role: Role = Role.PRESCRIBED,
    covers: tuple[str, ...] = (),
    ends_in: EndsIn = EndsIn.STOP,
    name: str | None = None,
) -> Course:
    """A course; prescribed and ending in a stop unless said otherwise."""
    return Course(medicine, name, regimen, role, covers, ends_in, steps)


def plan_of(
    *courses: Course,
    facts: LimitFacts = ADULT,
    zone: str = "Pacific/Auckland",
    formulary: Formulary = FORMULARY,
    findings: tuple[Finding, ...] = (),
    products: tuple[PlanProduct, ...] | None = None,
) -> Plan:
    """A plan with what follows from its courses."""
    listed = all_products(formulary) if products is None else products
    dated = [c for c in courses if c.steps]
    return Plan(
        formulary=FormularyRef("NZ", formulary.version, "draft"),
        indication="other",
        start=min((c.days.first for c in dated), default=MONDAY),
        end=max((c.days.last for c in dated), default=MONDAY),
        time_zone=zone,
        facts=facts,
        products=listed,
        issuable=not any(finding.open for finding in findings),
        findings=findings,
        courses=courses,
        reviews=tuple(
            Review(c.days.last, (c.medicine,), "") for c in dated if c.ends_in is EndsIn.REVIEW
        ),
        decisions=(),
        checks=(),
        stops=tuple(
            Stop(c.medicine, c.days.last, c.days.last + timedelta(1), _taper(c), "")
            for c in dated
            if c.ends_in is EndsIn.STOP
        ),
        supply=_supply(courses),
        opioid_load=_load(courses, listed, formulary),
        proof=(),
        self_care=(),
        red_flags=(),
        emergency="",
        sources=(),
    )


def all_products(formulary: Formulary) -> tuple[PlanProduct, ...]:
    """Every product of the formulary as a plan remembers it."""
    return tuple(
        PlanProduct(
            p.id, medicine.id, tuple(p.contains.items()), p.halves, p.measure_ml, declared=False
        )
        for medicine in formulary.medicines.values()
        for p in medicine.products
    )


def finding(
    code: str,
    kind: FindingKind,
    *medicines: str,
    severity: Severity = Severity.MAJOR,
) -> Finding:
    """A finding, acknowledged if it is major."""
    reason = "agreed with the patient" if severity is Severity.MAJOR else None
    source = (Citation("invented", Evidence.DECISION),)
    return Finding(code, kind, severity, medicines, "", None, source, reason)


def _taper(one: Course) -> str:
    return "built" if any(s.phase is Phase.TAPER for s in one.steps) else "none"


def _times(one: Step) -> int:
    """How often a dose of the step is taken in a day."""
    return int(one.daily_mg // one.doses[0].mg) if one.when_required else 1


def _supply(courses: tuple[Course, ...]) -> tuple[Supply, ...]:
    units: dict[str, Decimal] = {}
    days: dict[str, list[date]] = {}
    for one in courses:
        for held in one.steps:
            for day in held.days:
                for part in (part for taken in held.doses for part in taken.products):
                    used = part.units * _times(held)
                    units[part.product] = units.get(part.product, Decimal(0)) + used
                    days.setdefault(part.product, []).append(day)
    return tuple(
        Supply(name, units[name], Days(min(days[name]), max(days[name]))) for name in sorted(units)
    )


def _load(
    courses: tuple[Course, ...], products: tuple[PlanProduct, ...], formulary: Formulary
) -> tuple[OpioidLoad, ...]:
    contains = {p.id: dict(p.contains) for p in products}
    factors = {f.medicine: f.factor for f in reversed(formulary.opioid_factors)}
    rows: list[OpioidLoad] = []
    for authority in dict.fromkeys(f.authority for f in formulary.opioid_factors):
        own = {f.medicine: f.factor for f in formulary.opioid_factors if f.authority == authority}
        by_day: dict[date, Decimal] = {}
        for one in courses:
            for held in one.steps:
                ome = sum(
                    (
                        part.units * mg * (factors | own).get(ingredient, Decimal(0))
                        for taken in held.doses
                        for part in taken.products
                        for ingredient, mg in contains.get(part.product, {}).items()
                    ),
                    Decimal(0),
                )
                for day in held.days if ome else ():
                    by_day[day] = by_day.get(day, Decimal(0)) + ome * _times(held)
        rows.extend(_runs(authority, by_day))
    return tuple(rows)


def _runs(authority: str, by_day: dict[date, Decimal]) -> list[OpioidLoad]:
    numbered = enumerate(sorted(by_day))
    runs = groupby(numbered, key=lambda pair: (pair[1] - timedelta(pair[0]), by_day[pair[1]]))
    return [
        OpioidLoad(authority, Days(held[0], held[-1]), ome)
        for (_, ome), pairs in runs
        if (held := [day for _, day in pairs])
    ]


def failing(plan: Plan, formulary: Formulary = FORMULARY) -> set[tuple[str, str]]:
    """Invariant and subject of every row that doesn't hold."""
    return {(row.invariant, row.subject) for row in prove(plan, formulary) if not row.holds}


def edit_course(plan: Plan, position: int, change: Callable[[Course], Course]) -> Plan:
    """The plan with one course changed and everything else as it was."""
    courses = list(plan.courses)
    courses[position] = change(courses[position])
    return replace(plan, courses=tuple(courses))


def edit_step(plan: Plan, position: int, number: int, change: Callable[[Step], Step]) -> Plan:
    """The plan with one step of one course changed."""

    def edit(one: Course) -> Course:
        steps = list(one.steps)
        steps[number] = change(steps[number])
        return replace(one, steps=tuple(steps))

    return edit_course(plan, position, edit)


def edit_dose(
    plan: Plan, position: int, number: int, index: int, change: Callable[[Dose], Dose]
) -> Plan:
    """The plan with one dose of one step changed."""

    def edit(held: Step) -> Step:
        doses = list(held.doses)
        doses[index] = change(doses[index])
        return replace(held, doses=tuple(doses))

    return edit_step(plan, position, number, edit)


def tablets(at: str | None, product: str, units: str) -> Dose:
    """A dose of one product, its milligrams read off the product's id."""
    mg = Decimal(units) * Decimal(product.rsplit("-", 1)[1])
    return dose(at, format_decimal(mg), (product, units))
