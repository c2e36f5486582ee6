"""A plan's dated doses as a table for a spreadsheet (RFC 4180)."""

import csv
import io

from medplan.model.plan import Plan
from medplan.services.records.dated import DatedDose, dated_doses
from medplan.units import Days, format_clock, format_decimal

_COLUMNS = ("day", "time", "instant", "medicine", "mg", "products", "when_required", "conditional")
_FORMULA_LEADS = ("=", "+", "-", "@", "\t", "\r")


def dose_table(plan: Plan) -> str:
    """One row for each dose on its day; a when-required medicine has a row a day without a time."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(_COLUMNS)
    for dated in dated_doses(plan, Days(plan.start, plan.end)):
        rows.writerow([_plain(cell) for cell in _cells(dated)])
    return out.getvalue()


def _cells(dated: DatedDose) -> tuple[str, ...]:
    dose = dated.dose
    return (
        dated.day.isoformat(),
        "" if dose.minute is None else format_clock(dose.minute),
        "" if dated.instant is None else dated.instant.isoformat(),
        dated.course.name or dated.course.medicine,
        format_decimal(dose.mg),
        " + ".join(f"{format_decimal(p.units)} x {p.product}" for p in dose.products),
        "yes" if dated.step.when_required else "no",
        "yes" if dated.step.conditional else "no",
    )


def _plain(cell: str) -> str:
    """Keep a spreadsheet from running a text as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA_LEADS) else cell
