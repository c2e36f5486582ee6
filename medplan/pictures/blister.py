"""A week of tablets as a blister pack holds them: a row for each time, a column for each day.

Only what is agreed and has a clock time is in it: what waits for an agreement, or is taken when
needed, is not packed ahead.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

from medplan.clinical.pharmacy.agreed import agreed_steps
from medplan.formulary.model import Formulary
from medplan.model.plan import Plan
from medplan.pictures.svg import FONT, LINE, element, line, picture, words
from medplan.pictures.table import Table
from medplan.units import Days, format_clock
from medplan.wording.amounts import product_name
from medplan.wording.language import ENGLISH, Language, marked
from medplan.wording.names import medicine_key, medicine_name

WEEK = 7
_Cell = dict[date, Decimal]
_TITLE = marked("Tablets for the week from {day}")
_RADIUS = 11


def draw_blister_week(
    plan: Plan,
    first_day: date,
    formulary: Formulary,
    language: Language = ENGLISH,
    width: int = 360,
) -> str:
    """Seven days of tablets from a day on, as an SVG element of that width."""
    table = blister_week_table(plan, first_day, formulary, language)
    column = Decimal(width) / WEEK
    inside = [
        words(column * n + column / 2, FONT, heading, anchor="middle", weight="bold")
        for n, heading in enumerate(table.headings[1:])
    ]
    y = LINE + 4
    for row in table.rows:
        inside += _drawn(row, y, column, width)
        y += 3 * LINE
    said = "; ".join(f"{row[0]}: {', '.join(c or '0' for c in row[1:])}" for row in table.rows)
    return picture(width, y, table.caption, f"{said}.", inside)


def blister_week_table(
    plan: Plan, first_day: date, formulary: Formulary, language: Language = ENGLISH
) -> Table:
    """For each clock time and product, how many units on each of the seven days."""
    days = list(Days.lasting(first_day, WEEK))
    rows = sorted(_cells(plan, Days(days[0], days[-1]), formulary, language).items())
    return Table(
        language.say(_TITLE, day=language.day(first_day)),
        (language.say(marked("When and what")), *(language.weekday(day) for day in days)),
        tuple(
            (
                f"{format_clock(minute)} {product}",
                *(language.number(cells[day]) if day in cells else "" for day in days),
            )
            for (minute, product), cells in rows
        ),
    )


def _cells(
    plan: Plan, week: Days, formulary: Formulary, language: Language
) -> dict[tuple[int, str], _Cell]:
    found: defaultdict[tuple[int, str], _Cell] = defaultdict(dict)
    for course in plan.courses:
        name = medicine_name(medicine_key(course), formulary)
        for step in agreed_steps(course):
            if step.when_required or not step.days.overlaps(week):
                continue
            for dose in step.doses:
                for part in dose.products:
                    cells = found[dose.minute or 0, product_name(part.product, name, language)]
                    for day in (day for day in step.days if day in week):
                        cells[day] = cells.get(day, Decimal(0)) + part.units
    return found


def _drawn(row: tuple[str, ...], y: int, column: Decimal, width: int) -> Iterator[ET.Element]:
    """What and when, and below it a pocket for each day; an empty one is a dot."""
    yield line(0, y, width, y)
    yield words(2, y + LINE - 3, row[0])
    middle = y + 2 * LINE
    for n, units in enumerate(row[1:]):
        x = column * n + column / 2
        if units:
            yield element("circle", cx=x, cy=middle, r=_RADIUS, fill="none", stroke="currentColor")
            yield words(x, middle + 4, units, anchor="middle", weight="bold")
        else:
            yield element("circle", cx=x, cy=middle, r=1)
