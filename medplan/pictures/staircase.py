"""A course as a staircase: over each of its steps, the milligrams of a day.

Steps are drawn in their own units, days wide and milligrams high, and the whole is scaled to the
room there is: the height written in the picture is the dose itself, exactly. A step that waits for
an agreement is only outlined with dashes.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from xml.etree import ElementTree as ET

from medplan.formulary.model import Formulary
from medplan.model.plan import Course, Step
from medplan.pictures.days_axis import DaysAxis
from medplan.pictures.stairs import Stairs, Tread
from medplan.pictures.svg import LINE, picture, wide, words
from medplan.pictures.table import Table
from medplan.wording.amounts import mg_text
from medplan.wording.dates import days_text
from medplan.wording.doses import daily_text
from medplan.wording.language import ENGLISH, Language, marked
from medplan.wording.names import medicine_key, medicine_name

HEIGHT = 120
_TITLE = marked("{medicine}: milligrams a day")
_AGREED = marked("only if you agreed to go up")


def draw_staircase(
    course: Course, formulary: Formulary, language: Language = ENGLISH, width: int = 360
) -> str:
    """The daily dose of a course over its days, as an SVG element of that width."""
    table = staircase_table(course, formulary, language)
    treads = [Tread(s.days, s.daily_mg, s.conditional or s.when_required) for s in course.steps]
    top = max((s.daily_mg for s in course.steps), default=Decimal(0))
    left = round(wide(mg_text(top, language))) + 6
    axis = DaysAxis(course.days, left, width - left - 4)
    stairs = Stairs(axis, LINE, HEIGHT, top)
    said = "; ".join(": ".join(cell for cell in row if cell) for row in table.rows)
    inside = [
        *axis.ticks(LINE, LINE + HEIGHT, language),
        *stairs.draw(treads),
        stairs.ground(course.days),
        *_labels(stairs, course.steps, language),
        words(left - 4, LINE + HEIGHT, mg_text(Decimal(0), language), anchor="end"),
    ]
    return picture(width, HEIGHT + 2 * LINE + 6, table.caption, f"{said}.", inside)


def staircase_table(course: Course, formulary: Formulary, language: Language = ENGLISH) -> Table:
    """The steps of a course: their days, the amount of a day, and what it depends on."""
    name = medicine_name(medicine_key(course), formulary)
    headings = (marked("Days"), marked("A day"), marked("Note"))
    return Table(
        language.say(_TITLE, medicine=name),
        tuple(language.say(heading) for heading in headings),
        tuple(
            (
                days_text(step.days, language),
                daily_text(step, language),
                language.say(_AGREED) if step.conditional else "",
            )
            for step in course.steps
        ),
    )


def _labels(stairs: Stairs, steps: Sequence[Step], language: Language) -> Iterator[ET.Element]:
    """The amount over each step that has room for it; the highest stands at the side."""
    free_from = Decimal(0)
    for step in steps:
        said = language.number(step.daily_mg)
        x = stairs.axis.begin(step.days.first) + 2
        if x >= free_from and step.daily_mg != stairs.top:
            yield words(x, stairs.height_of(step.daily_mg) - 3, said)
            free_from = x + wide(said) + 4
    top = mg_text(stairs.top, language)
    yield words(stairs.axis.left - 4, stairs.height_of(stairs.top) + 4, top, anchor="end")
