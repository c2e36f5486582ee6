"""A page for the record: what was planned, what was weighed, and what it was proved by.

It is for people who prescribe and dispense, so it is terse and says nothing twice.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from medplan.formulary.model import Formulary, Severity
from medplan.model.plan import Course, Plan
from medplan.pictures.load import draw_opioid_load, opioid_load_table
from medplan.pictures.table import Table
from medplan.pictures.timeline import timeline_table
from medplan.printing.blocks import Block, Drawing, Grid, Heading, Paragraph, Points, Sheet
from medplan.printing.corner import corner
from medplan.services.parts import PaperFacts
from medplan.units import Days
from medplan.wording.ahead import Kind, coming, told_once
from medplan.wording.amounts import mg_text, product_name
from medplan.wording.dates import day_text
from medplan.wording.doses import DRAFT, NOT_ISSUED, amount_text, clock_text, daily_text
from medplan.wording.language import Language
from medplan.wording.names import name_in_plan

_SIZE = 8
_WIDE = 900
_KINDS = frozenset({Kind.STOP, Kind.REVIEW, Kind.DECISION})


def record_sheet(plan: Plan, formulary: Formulary, facts: PaperFacts, language: Language) -> Sheet:
    """A summary of an issued revision for the patient's record."""
    say = language.say
    return Sheet(
        title=say("Plan summary"),
        language=language.locale.language,
        region=language.locale.territory,
        under_title=(
            say(
                "Plan {plan}, revision {revision} of {day}: {status}.",
                plan=facts.plan_id,
                revision=facts.revision,
                day=language.day(facts.made_on),
                status=facts.status,
            ),
            say(
                "{indication}; {start} to {end}; clock times in {zone}.",
                indication=plan.indication,
                start=day_text(plan.start, language),
                end=day_text(plan.end, language),
                zone=plan.time_zone,
            ),
            _proof(plan, language),
        ),
        corner=None if facts.link is None else corner(facts.link, say("Check today's plan")),
        blocks=tuple(_blocks(plan, formulary, language)),
        footer=say(
            "Formulary {jurisdiction} {version} ({status})",
            jurisdiction=plan.formulary.jurisdiction,
            version=plan.formulary.version[:19],
            status=plan.formulary.status,
        ),
        page_number=say("Page {{page}} of {{pages}}"),
        size=_SIZE,
    )


def _blocks(plan: Plan, formulary: Formulary, language: Language) -> Iterator[Block]:
    if plan.formulary.status == "draft":
        yield Paragraph(f"{language.say(DRAFT)}.", framed=True)
    if not plan.issuable:
        yield Paragraph(language.say(NOT_ISSUED), framed=True)
    yield from _courses(plan, formulary, language)
    yield from _days(plan, formulary, language)
    yield from _findings(plan, language)
    yield from _supply(plan, formulary, language)
    yield from _load(plan, formulary, language)


def _courses(plan: Plan, formulary: Formulary, language: Language) -> Iterator[Block]:
    """Every step of every course, one line each."""
    ends = timeline_table(plan, formulary, language).rows
    rows = []
    for course, (name, _, then) in zip(plan.courses, ends, strict=True):
        lines = list(_steps(course, language))
        for place, (days, doses, daily) in enumerate(lines):
            after = then if place == len(lines) - 1 else ""
            rows.append((name if not place else "", days, doses, daily, after))
    headings = ("Medicine", "Days", "Doses", "A day", "After that")
    yield Heading(language.say("Medicines"))
    yield Grid(_table(headings, rows, language), (0, 0, 1, 0, 0))


def _steps(course: Course, language: Language) -> Iterator[tuple[str, str, str]]:
    for step in course.steps:
        doses = "; ".join(
            f"{clock_text(dose, language)} "
            + (amount_text(dose, language) if dose.mg else mg_text(dose.mg, language))
            for dose in step.doses
        )
        if step.conditional:
            doses += language.say(" (only if agreed)")
        yield _short(step.days, language), doses, daily_text(step, language)


def _days(plan: Plan, formulary: Formulary, language: Language) -> Iterator[Block]:
    """Stops, reviews and decisions; what recurs is told once."""
    events = coming(plan, formulary, plan.start - timedelta(1), language)
    told = told_once((e for e in events if e.kind in _KINDS), language)
    if told:
        yield Heading(language.say("Stops, reviews, decisions"))
        rows = [(one.days, one.sentence) for one in told]
        yield Grid(_table(("Day", "What"), rows, language), (1, 3))


def _findings(plan: Plan, language: Language) -> Iterator[Block]:
    """What was weighed, with the reasons given; mere notes are counted."""
    weighed = [finding for finding in plan.findings if finding.severity is not Severity.INFO]
    points = [
        f"{finding.severity.upper()} [{finding.code}] {finding.message}"
        + (f" → {finding.acknowledged}" if finding.acknowledged else "")
        for finding in weighed
    ]
    notes = len(plan.findings) - len(weighed)
    if notes:
        points.append(language.say_many("{count} further note", "{count} further notes", notes))
    if points:
        yield Heading(language.say("Findings and reasons given"))
        yield Points(tuple(points))


def _supply(plan: Plan, formulary: Formulary, language: Language) -> Iterator[Block]:
    owner = {product.id: product.medicine for product in plan.products}
    rows = []
    for row in plan.supply:
        name = name_in_plan(owner.get(row.product, row.product), plan, formulary)
        rows.append(
            (
                product_name(row.product, name, language),
                language.number(row.units),
                _short(row.days, language),
            )
        )
    if rows:
        yield Heading(language.say("Supply"))
        yield Grid(_table(("Product", "Units", "Days"), rows, language), (1, 0, 1))


def _load(plan: Plan, formulary: Formulary, language: Language) -> Iterator[Block]:
    drawn = draw_opioid_load(plan, formulary, language, _WIDE)
    if drawn:
        table = opioid_load_table(plan, formulary, language)
        said = "; ".join(": ".join(cell for cell in row if cell) for row in table.rows)
        yield Heading(table.caption)
        yield Drawing(drawn, f"{said}.")


def _proof(plan: Plan, language: Language) -> str:
    return language.say(
        "Proof: {holding} of {all} invariants hold, shown from the dated doses by code that shares "
        "none with the planner.",
        holding=sum(row.holds for row in plan.proof),
        all=len(plan.proof),
    )


def _short(days: Days, language: Language) -> str:
    """A run of days where there is little room: `23 Nov – 29 Nov`."""
    first, last = language.brief_day(days.first), language.brief_day(days.last)
    return first if days.first == days.last else f"{first} – {last}"


def _table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], language: Language) -> Table:
    return Table("", tuple(language.say(heading) for heading in headings), tuple(rows))
