"""A plan in lines that stand by themselves, so that two plans can be told apart line by line.

Everything that planning decides is in some line; advice that a formulary gives word for word, and
the proof, are left out.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from medplan.model.acts import Act, Amend, Decide, Hold, Resume, Resync, Stop
from medplan.model.plan import Check, Course, Dose, Finding, Plan, Step
from medplan.model.request import SlotDose
from medplan.units import Days, format_clock


def lines(plan: Plan) -> list[str]:
    """The plan, one line for each thing that it says."""
    return list(_lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    issuable = "may be issued" if plan.issuable else "may not be issued"
    yield f"plan: {plan.start}..{plan.end} {plan.time_zone}, {plan.indication}, {issuable}"
    yield f"facts: {plan.facts}"
    for product in plan.products:
        contains = ", ".join(f"{mg} mg of {name}" for name, mg in product.contains)
        notes = f"halves {product.halves}, measure {product.measure_ml}, own {product.declared}"
        yield f"product: {product.id} of {product.medicine}: {contains}; {notes}"
    for number, course in enumerate(plan.courses, 1):
        yield from _course(number, course)
    for found in plan.findings:
        yield _finding(found)
    for review in plan.reviews:
        yield f"review: {review.day} {', '.join(review.medicines)}: {review.why}"
    for decision in plan.decisions:
        asked = "/".join(decision.options)
        yield f"decision: {decision.day} {decision.medicine}: {asked} by {decision.by}"
    yield from _checks(plan.checks)
    yield from _totals(plan)
    yield f"sources: {', '.join(plan.sources)}"


def _totals(plan: Plan) -> Iterator[str]:
    """How courses end, and what they add up to."""
    for stop in plan.stops:
        days = f"last dose {stop.last_dose_day}, free from {stop.first_free_day}"
        yield f"stop: {stop.medicine}: {days}, taper {stop.taper}. {stop.text}"
    for row in plan.supply:
        yield f"supply: {row.units.normalize():f} of {row.product} for {_days(row.days)}"
    for load in plan.opioid_load:
        yield f"load: {_days(load.days)} {load.authority} {load.ome_mg.normalize():f} mg"


def _days(days: Days) -> str:
    return f"{days.first}..{days.last}"


def _course(number: int, course: Course) -> Iterator[str]:
    name = f" {course.name!r}" if course.name else ""
    covers = f" for {', '.join(course.covers)}" if course.covers else ""
    yield (
        f"course {number}: {course.medicine}{name}, {course.regimen}, {course.role}{covers},"
        f" ends in {course.ends_in}"
    )
    said = list(dict.fromkeys(d.instruction for step in course.steps for d in step.doses))
    yield from (f"course {number} ({n}): {text}" for n, text in enumerate(said, 1))
    for step in course.steps:
        doses = "; ".join(_dose(d, said.index(d.instruction) + 1) for d in step.doses)
        yield f"course {number}, {_days(step.days)}: {', '.join(_step(step))}: {doses}"


def _step(step: Step) -> Iterator[str]:
    yield f"{step.phase} {step.daily_mg.normalize():f} mg a day"
    if step.conditional:
        yield "if agreed"
    if step.when_required:
        yield "when required"
    if step.max_daily_mg is not None:
        yield f"at most {step.max_daily_mg.normalize():f}"
    if step.min_interval_hours is not None:
        yield f"{step.min_interval_hours.normalize():f} hours apart"
    if step.actual_percent is not None:
        yield f"{step.actual_percent} % less, {step.asked_percent} % asked"
    if step.held_days:
        yield f"{step.held_days} days of it held"


def _dose(dose: Dose, instruction: int) -> str:
    at = "at any time" if dose.minute is None else format_clock(dose.minute)
    slot = "" if dose.slot is None else f" {dose.slot}"
    made = " + ".join(f"{p.units.normalize():f} {p.product}" for p in dose.products)
    return f"{at}{slot} {dose.mg.normalize():f} mg = {made or 'nothing'} ({instruction})"


def _finding(found: Finding) -> str:
    sources = ", ".join(f"{c.source} ({c.evidence})" for c in found.sources)
    return (
        f"{found.severity}: {found.code} ({found.kind}: {', '.join(found.medicines)})"
        f" {found.message} | {found.suggestion} | {sources} | {found.acknowledged}"
    )


def _checks(checks: Iterable[Check]) -> Iterator[str]:
    """The days of each occasion, and on each how many things there are to look for."""
    ordered = sorted(checks, key=lambda c: (c.medicine, c.when, c.day))
    for (medicine, when), group in groupby(ordered, key=lambda c: (c.medicine, c.when)):
        days = ", ".join(f"{check.day} ({len(check.items)})" for check in group)
        yield f"checks {when}: {medicine}: {days}"


def told(act: Act) -> str:
    """The act in one line."""
    match act:
        case Amend():
            return f"{act.effective}: amend"
        case Stop():
            return f"{act.effective}: stop {act.medicine or 'everything'}, taper {act.taper}"
        case Hold():
            return f"{act.effective}: hold {act.medicine or 'everything'} for {act.days} days"
        case Resume():
            missed = f" after {act.missed_days} missed days" if act.missed_days else ""
            return f"{act.effective}: resume {act.medicine or 'everything'}{missed}"
        case Resync():
            return f"{act.effective}: {_taking(act.taking)} of {act.medicine} is taken"
        case Decide():
            return f"{act.effective}: {act.choice} for {act.medicine}"


def _taking(taking: object) -> str:
    if isinstance(taking, tuple):
        return ", ".join(f"{d.slot} {d.mg} mg" for d in taking if isinstance(d, SlotDose))
    return f"{taking} mg a day"
