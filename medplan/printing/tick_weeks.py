"""Boxes to tick, week by week: a row for each dose at each time, a column for each day.

Only agreed doses have boxes: what waits for an agreement is not to be taken yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from medplan.clinical.pharmacy.agreed import agreed_steps
from medplan.formulary.model import Formulary
from medplan.model.plan import Dose, Plan
from medplan.pictures.table import Table
from medplan.printing.blocks import Grid
from medplan.units import Days
from medplan.wording.amounts import mg_text
from medplan.wording.dates import days_text
from medplan.wording.doses import amount_text, clock_text
from medplan.wording.language import Language
from medplan.wording.names import medicine_key, medicine_name

WEEK = 7
_BOX, _NONE, _ROOM = "[ ]", "–", ""
_WIDTHS = (0, 1, *[0] * WEEK)


@dataclass(frozen=True, slots=True)
class _Row:
    """A dose of a medicine, over the days of one step; `written` is one whose times are noted."""

    name: str
    dose: Dose
    days: Days
    written: bool


def tick_weeks(plan: Plan, formulary: Formulary, language: Language) -> Iterator[Grid]:
    """A table of boxes for every week of the plan that has a dose."""
    rows = list(_rows(plan, formulary))
    first, last = plan.start, max((row.days.last for row in rows), default=plan.start)
    while first <= last:
        week = Days.lasting(first, WEEK)
        shown = [row for row in rows if row.days.overlaps(week)]
        if shown:
            yield _grid(week, shown, language)
        first += timedelta(WEEK)


def _rows(plan: Plan, formulary: Formulary) -> Iterator[_Row]:
    for course in plan.courses:
        name = medicine_name(medicine_key(course), formulary)
        for step in agreed_steps(course):
            for dose in step.doses:
                if dose.mg:
                    yield _Row(name, dose, step.days, step.when_required)


def _grid(week: Days, rows: list[_Row], language: Language) -> Grid:
    """The week's doses by their times; the same dose of two steps in a row stands once."""
    cells: dict[tuple[int, str, str], list[str]] = {}
    for row in rows:
        minute = 24 * 60 if row.dose.minute is None else row.dose.minute
        said = language.say(
            "{medicine}: {amount}", medicine=row.name, amount=_amount(row, language)
        )
        key = minute, clock_text(row.dose, language), said
        boxes = cells.setdefault(key, [_NONE] * WEEK)
        for place, day in enumerate(week):
            if day in row.days:
                boxes[place] = _ROOM if row.written else _BOX
    headings = (language.say("Time"), language.say("What to take"))
    table = Table(
        days_text(week, language),
        (*headings, *(language.weekday(day) for day in week)),
        tuple((clock, said, *boxes) for (_, clock, said), boxes in sorted(cells.items())),
    )
    return Grid(table, _WIDTHS, whole=True)


def _amount(row: _Row, language: Language) -> str:
    return amount_text(row.dose, language) if row.dose.products else mg_text(row.dose.mg, language)
