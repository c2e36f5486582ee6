"""What all opioids of a plan come to, day by day, against the lines that guidance draws.

The load is oral morphine equivalent in milligrams, by the authority that the formulary goes by.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from xml.etree import ElementTree as ET

from medplan.formulary.model import Formulary
from medplan.model.plan import OpioidLoad, Plan
from medplan.pictures.days_axis import DaysAxis
from medplan.pictures.staircase import HEIGHT
from medplan.pictures.stairs import Stairs, Tread
from medplan.pictures.svg import LINE, line, picture, wide, words
from medplan.pictures.table import Table
from medplan.units import Days
from medplan.wording.amounts import mg_text
from medplan.wording.dates import days_text
from medplan.wording.language import ENGLISH, Language, marked

_TITLE = marked("Opioid load: oral morphine equivalent a day")
_ROOM_ABOVE = Decimal("1.15")


def draw_opioid_load(
    plan: Plan, formulary: Formulary, language: Language = ENGLISH, width: int = 360
) -> str:
    """The plan's opioid load over its days, as an SVG element of that width; empty without any."""
    rows = _rows(plan, formulary)
    if not rows:
        return ""
    table = opioid_load_table(plan, formulary, language)
    lines = _lines(rows, formulary)
    top = max(*(row.ome_mg for row in rows), *lines) * _ROOM_ABOVE
    left = round(wide(mg_text(max(lines), language))) + 6
    days = Days(rows[0].days.first, rows[-1].days.last)
    axis = DaysAxis(days, left, width - left - 4)
    stairs = Stairs(axis, 4, HEIGHT, top)
    said = "; ".join(": ".join(cell for cell in row if cell) for row in table.rows)
    inside = [
        *axis.ticks(4, 4 + HEIGHT, language),
        *stairs.draw([Tread(row.days, row.ome_mg) for row in rows]),
        stairs.ground(days),
        *_drawn(stairs, lines, language),
    ]
    return picture(width, HEIGHT + LINE + 12, table.caption, f"{said}.", inside)


def opioid_load_table(plan: Plan, formulary: Formulary, language: Language = ENGLISH) -> Table:
    """The load of each run of days, and the highest line that it reaches."""
    headings = (marked("Days"), marked("A day"), marked("Line reached"))
    return Table(
        language.say(_TITLE),
        tuple(language.say(heading) for heading in headings),
        tuple(
            (
                days_text(row.days, language),
                mg_text(row.ome_mg, language),
                _reached(row, formulary, language),
            )
            for row in _rows(plan, formulary)
        ),
    )


def _rows(plan: Plan, formulary: Formulary) -> Sequence[OpioidLoad]:
    rows = (r for r in plan.opioid_load if r.authority == formulary.load_authority and r.ome_mg)
    return sorted(rows, key=lambda row: row.days.first)


def _lines(rows: Sequence[OpioidLoad], formulary: Formulary) -> list[Decimal]:
    """The lines that the load reaches, and the next one above it."""
    highest = max(row.ome_mg for row in rows)
    lines = sorted({threshold.ome_mg for threshold in formulary.load_thresholds})
    above = [mg for mg in lines if mg > highest][:1]
    return [mg for mg in lines if mg <= highest] + above or [highest]


def _drawn(stairs: Stairs, lines: Sequence[Decimal], language: Language) -> Iterator[ET.Element]:
    axis = stairs.axis
    for mg in lines:
        y = stairs.height_of(mg)
        yield line(axis.left, y, axis.left + axis.width, y, dashes="6 2")
        yield words(axis.left - 4, y + 4, mg_text(mg, language), anchor="end")


def _reached(row: OpioidLoad, formulary: Formulary, language: Language) -> str:
    reached = [t.ome_mg for t in formulary.load_thresholds if row.ome_mg >= t.ome_mg]
    return mg_text(max(reached), language) if reached else ""
