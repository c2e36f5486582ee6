"""All courses of a plan, one below the other over the same days, with what else falls on them.

Each course is a small staircase of its own; a filled one is to be taken, a dashed outline waits
for an agreement or is taken only when needed. A bar at the end says that it stops there.
"""

from collections.abc import Iterator
from decimal import Decimal
from xml.etree import ElementTree as ET

from medplan.formulary.model import Formulary
from medplan.model.plan import Course, EndsIn, Plan
from medplan.pictures.days_axis import DaysAxis
from medplan.pictures.stairs import Stairs, Tread
from medplan.pictures.svg import FONT, LINE, element, picture, words
from medplan.pictures.table import Table
from medplan.units import Days
from medplan.wording.dates import days_text
from medplan.wording.language import ENGLISH, Language, marked
from medplan.wording.names import medicine_key, medicine_name

ROW = 44
_STAIRS = 22
_MARKS = marked("▲ a day to look again or decide")
_ENDS = {
    EndsIn.STOP: marked("then stop"),
    EndsIn.REVIEW: marked("then a review"),
    EndsIn.CONTINUES: marked("goes on after that"),
}


def draw_timeline(
    plan: Plan, formulary: Formulary, language: Language = ENGLISH, width: int = 360
) -> str:
    """The plan's courses over its days, as an SVG element of that width."""
    table = timeline_table(plan, formulary, language)
    axis = DaysAxis(_all_days(plan), 2, width - 12)
    foot = ROW * len(plan.courses) + 4
    inside = [*axis.ticks(4, foot + LINE, language), *_days_of_note(plan, axis, foot, language)]
    for number, course in enumerate(plan.courses):
        inside += _row(course, axis, number * ROW, table.rows[number])
    said = "; ".join(f"{row[0]}: {row[1]}, {row[2]}" for row in table.rows)
    return picture(width, foot + 3 * LINE + 6, table.caption, f"{said}.", inside)


def timeline_table(plan: Plan, formulary: Formulary, language: Language = ENGLISH) -> Table:
    """Each course with its days and what follows them."""
    headings = (marked("Medicine"), marked("Days"), marked("After that"))
    return Table(
        language.say("Your plan at a glance"),
        tuple(language.say(heading) for heading in headings),
        tuple(
            (
                medicine_name(medicine_key(course), formulary),
                days_text(course.days, language),
                language.say(_ENDS[course.ends_in]),
            )
            for course in plan.courses
        ),
    )


def _all_days(plan: Plan) -> Days:
    """From the first of any course's days to the last."""
    days = [course.days for course in plan.courses] or [Days(plan.start, plan.end)]
    return Days(min(d.first for d in days), max(d.last for d in days))


def _row(course: Course, axis: DaysAxis, y: int, said: tuple[str, ...]) -> Iterator[ET.Element]:
    """A course: its name and what follows it, and below them its steps."""
    name, _, then = said
    yield words(2, y + FONT, name, weight="bold")
    yield words(axis.left + axis.width, y + FONT, then, anchor="end")
    top = max((step.daily_mg for step in course.steps), default=Decimal(0))
    stairs = Stairs(axis, y + LINE + 1, _STAIRS, top)
    yield from stairs.draw(
        [Tread(s.days, s.daily_mg, s.conditional or s.when_required) for s in course.steps]
    )
    yield stairs.ground(course.days)
    if course.ends_in is EndsIn.STOP:
        x = axis.end(course.days.last)
        yield element("rect", x=x - 1, y=y + LINE + 1, width=3, height=_STAIRS)


def _days_of_note(plan: Plan, axis: DaysAxis, y: int, language: Language) -> Iterator[ET.Element]:
    """A mark under each day on which somebody looks again or decides."""
    days = {review.day for review in plan.reviews} | {one.day for one in plan.decisions}
    for day in sorted(day for day in days if day in axis.days):
        x = axis.begin(day) + axis.per_day / 2
        corners = f"{_at(x)},{y} {_at(x + 4)},{y + 7} {_at(x - 4)},{y + 7}"
        yield element("polygon", points=corners)
    if days:
        yield words(axis.left, y + 3 * LINE, language.say(_MARKS))


def _at(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))
