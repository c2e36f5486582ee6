"""The written plan for the patient: what to take, day by day, and all there is to know about it.

The first page is enough to begin with: the medicines, the first week to tick, whom to call. What
follows is the rest of the weeks, every step, the days to remember and what to look out for.
"""

from collections.abc import Iterator
from datetime import timedelta

from medplan.formulary.model import CheckLevel, Formulary
from medplan.model.plan import Course, Plan, Step
from medplan.pictures.staircase import draw_staircase
from medplan.pictures.table import Table
from medplan.pictures.timeline import draw_timeline, timeline_table
from medplan.printing.blocks import Block, Drawing, Grid, Heading, Paragraph, Points, Sheet
from medplan.printing.corner import corner
from medplan.printing.tick_weeks import tick_weeks
from medplan.services.parts import PaperFacts
from medplan.wording.ahead import Kind, coming, told_once
from medplan.wording.amounts import mg_text
from medplan.wording.dates import day_text, days_text
from medplan.wording.doses import (
    DRAFT,
    NOT_ISSUED,
    ONLY_IF_AGREED,
    amount_text,
    clock_text,
    daily_text,
    when_required_sentence,
)
from medplan.wording.good_to_know import AIM, LEFTOVERS, WHOM_TO_ASK, AboutMedicine, medicines_of
from medplan.wording.language import Language, marked
from medplan.wording.looking_out import questions_of
from medplan.wording.names import medicine_key, medicine_name
from medplan.wording.notes import item_text, stop_sentence

_WEEKS_TO_TICK = 12
_SIZE = 11
_WIDE = 640
_DAYS_TO_REMEMBER = frozenset({Kind.CHANGE, Kind.DECISION, Kind.REVIEW})
_LEVELS = {
    CheckLevel.EMERGENCY: marked("Get emergency help"),
    CheckLevel.SERIOUS: marked("Get advice the same day"),
    CheckLevel.COMMON: marked("Common; tell us at the next visit if it bothers you"),
}


def patient_sheet(plan: Plan, formulary: Formulary, facts: PaperFacts, language: Language) -> Sheet:
    """The written plan of an issued revision, as a sheet for the patient."""
    say = language.say
    revision = say("Plan revision {revision}", revision=facts.revision)
    return Sheet(
        title=say("Your plan"),
        language=language.locale.language,
        region=language.locale.territory,
        under_title=(
            say("For: ______________________________"),
            say(
                "From {start} to {end}. Times are clock times in {zone}.",
                start=day_text(plan.start, language),
                end=day_text(plan.end, language),
                zone=plan.time_zone,
            ),
        ),
        corner=None if facts.link is None else corner(facts.link, say("Check today's plan")),
        blocks=tuple(_blocks(plan, formulary, language)),
        footer=f"{revision}, {language.day(facts.made_on)}. {facts.plan_id}",
        page_number=say("Page {{page}} of {{pages}}"),
        size=_SIZE,
    )


def _blocks(plan: Plan, formulary: Formulary, language: Language) -> Iterator[Block]:
    yield from _notices(plan, language)
    yield Paragraph(language.say(AIM))
    yield from _calls(plan, language)
    yield from _medicines(plan, formulary, language)
    yield from _ticks(plan, formulary, language)
    yield from _steps(plan, formulary, language)
    yield from _days(plan, formulary, language)
    yield from _points(plan, language)
    yield from _looking_out(plan, formulary, language)
    yield Heading(language.say("When it is over"))
    yield Paragraph(language.say(LEFTOVERS))


def _notices(plan: Plan, language: Language) -> Iterator[Block]:
    if plan.formulary.status == "draft":
        yield Paragraph(f"{language.say(DRAFT)}.", framed=True)
    if not plan.issuable:
        yield Paragraph(language.say(NOT_ISSUED), framed=True)


def _medicines(plan: Plan, formulary: Formulary, language: Language) -> Iterator[Block]:
    """Each medicine: what it is for, from when to when, and what follows."""
    purposes = {a.name: " ".join(a.purpose) for a in _known(plan, formulary, language)}
    rows = tuple(
        (name, purposes.get(name, ""), f"{days}, {then}")
        for name, days, then in timeline_table(plan, formulary, language).rows
    )
    headings = (marked("Medicine"), marked("What it is for"), marked("When"))
    yield Heading(language.say("Your medicines"))
    yield Grid(Table("", tuple(language.say(h) for h in headings), rows), (0, 1, 1))


def _known(plan: Plan, formulary: Formulary, language: Language) -> tuple[AboutMedicine, ...]:
    return medicines_of(plan, formulary, plan.start, language)


def _ticks(plan: Plan, formulary: Formulary, language: Language) -> Iterator[Block]:
    """The weeks to tick; of a very long plan the first twelve."""
    weeks = list(tick_weeks(plan, formulary, language))
    yield Heading(language.say("Tick each dose when you have taken it"))
    yield from weeks[:_WEEKS_TO_TICK]
    if len(weeks) > _WEEKS_TO_TICK:
        yield Paragraph(
            language.say("Ask for the next weeks at your review; every step is listed below.")
        )


def _calls(plan: Plan, language: Language) -> Iterator[Block]:
    yield Paragraph(plan.emergency, framed=True)
    yield Paragraph(language.say(WHOM_TO_ASK))
    yield Paragraph(language.say("Practice: ____________________   Pharmacy: ____________________"))


def _steps(plan: Plan, formulary: Formulary, language: Language) -> Iterator[Block]:
    """Every step of every course, with its picture where the dose changes."""
    yield Heading(language.say("Step by step"), new_page=True)
    picture = draw_timeline(plan, formulary, language, _WIDE)
    said = "; ".join(", ".join(row) for row in timeline_table(plan, formulary, language).rows)
    yield Drawing(picture, f"{said}.")
    known = {about.name: about for about in _known(plan, formulary, language)}
    for course in plan.courses:
        name = medicine_name(medicine_key(course), formulary)
        yield Heading(name, level=2)
        yield from _course(name, course, formulary, language)
        points = tuple(_advice(known[name], language))
        if points:
            yield Points(points)


def _course(name: str, course: Course, formulary: Formulary, language: Language) -> Iterator[Block]:
    if len({step.daily_mg for step in course.steps}) > 1:
        drawn = draw_staircase(course, formulary, language, _WIDE)
        yield Drawing(drawn, language.say("{medicine}: milligrams a day", medicine=name))
    headings = (marked("Days"), marked("What to take"), marked("A day"))
    rows = tuple(
        (
            days_text(step.days, language),
            _doses(name, step, language),
            daily_text(step, language),
        )
        for step in course.steps
    )
    yield Grid(Table("", tuple(language.say(h) for h in headings), rows), (2, 3, 1))


def _doses(name: str, step: Step, language: Language) -> str:
    """What a step is made of, one line for each time."""
    if step.when_required:
        said = [when_required_sentence(name, step, language)]
    else:
        said = [
            language.say(
                "{time}: {amount}",
                time=clock_text(dose, language),
                amount=amount_text(dose, language) if dose.mg else mg_text(dose.mg, language),
            )
            for dose in step.doses
        ]
    if step.conditional:
        said.append(f"{language.say(ONLY_IF_AGREED)}.")
    return "\n".join(said)


def _advice(known: AboutMedicine, language: Language) -> Iterator[str]:
    """How to take it, and what of a missed dose, driving and alcohol, as the formulary says."""
    yield from known.how_to_take
    if known.missed_dose is not None:
        yield language.say("A missed dose: {advice}", advice=known.missed_dose)
    if known.driving is not None:
        yield language.say("Driving: {advice}", advice=known.driving)
    if known.alcohol is not None:
        yield language.say("Alcohol: {advice}", advice=known.alcohol)


def _days(plan: Plan, formulary: Formulary, language: Language) -> Iterator[Block]:
    """The days to remember, and how each medicine ends."""
    events = coming(plan, formulary, plan.start - timedelta(1), language)
    told = told_once((e for e in events if e.kind in _DAYS_TO_REMEMBER), language)
    if told:
        headings = (language.say("Day"), language.say("What happens"))
        yield Heading(language.say("Days to remember"))
        yield Grid(Table("", headings, tuple((t.days, t.sentence) for t in told)), (1, 2))
    if plan.stops:
        yield Heading(language.say("When to stop"))
        yield Points(tuple(_stops(plan, formulary, language)))


def _stops(plan: Plan, formulary: Formulary, language: Language) -> Iterator[str]:
    for stop in plan.stops:
        yield stop_sentence(medicine_name(stop.medicine, formulary), stop, language)


def _looking_out(plan: Plan, formulary: Formulary, language: Language) -> Iterator[Block]:
    """What to look out for, the most urgent first, each with a box."""
    asked = questions_of(plan)
    if not asked:
        return
    yield Heading(language.say("Look out for side effects"))
    for level, said in _LEVELS.items():
        points = tuple(
            language.say(
                "{item} ({medicines})",
                item=item_text(question.item),
                medicines=language.listed(medicine_name(m, formulary) for m in question.medicines),
            )
            for question in asked
            if question.item.level is level
        )
        if points:
            yield Heading(language.say(said), level=2)
            yield Points(points, boxes=True)


def _points(plan: Plan, language: Language) -> Iterator[Block]:
    for title, points in (
        (marked("Get help at once if you notice"), plan.red_flags),
        (marked("What you can do yourself"), plan.self_care),
    ):
        if points:
            yield Heading(language.say(title))
            yield Points(points)
