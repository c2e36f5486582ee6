"""A comparison of plans as plain text: one table of short facts, then what needs a sentence.

Each plan has a column, headed by its number; the names stand above. Nothing is recommended.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial

from medplan.clinical.comparing.side_by_side import ComparedFinding, ComparedLoad, Comparison, Side
from medplan.clinical.taper.cuts import MadeCut
from medplan.formulary.model import Formulary, Severity
from medplan.wording.amounts import form_text, mg_text, number_text, product_name
from medplan.wording.dates import day_text, days_text
from medplan.wording.doses import DRAFT
from medplan.wording.names import medicine_name

_GAP = "  "
_ABSENT = "-"

Fact = Callable[[Side], str]


def comparison_text(comparison: Comparison, formularies: Mapping[str, Formulary]) -> str:
    """The plans side by side, a blank line between parts; ends with a newline."""
    sides = comparison.sides
    parts = (
        _heading(sides, formularies),
        _table(sides, _facts(sides)),
        _titled("Biggest cut of each plan", _cuts(sides, formularies)),
        _titled("Tablets and liquids", _table(sides, _supplies(sides, formularies))),
        _titled("Opioid load, mg of oral morphine a day", _loads(sides)),
        _titled("Findings that differ", _findings(comparison.differing)),
        _titled("Findings in every plan", (_told(f) for f in comparison.shared)),
    )
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _heading(sides: Sequence[Side], formularies: Mapping[str, Formulary]) -> list[str]:
    said = [f"{number}  {side.name}" for number, side in enumerate(sides, 1)]
    drafts = any(formularies[side.jurisdiction].status == "draft" for side in sides)
    return [*said, *([f"{DRAFT}."] if drafts else [])]


def _titled(title: str, sentences: Iterable[str]) -> list[str]:
    said = list(sentences)
    return [title.upper(), *said] if said else []


def _facts(sides: Sequence[Side]) -> Iterator[tuple[str, Fact]]:
    """The short facts, each with how a plan says it; a cut only where some plan has one."""
    yield "May be issued", lambda side: "yes" if side.issuable else "no"
    yield "Starts", lambda side: day_text(side.start)
    yield "Ends", lambda side: day_text(side.end)
    yield "Days", lambda side: str((side.end - side.start).days + 1)
    yield "Steps", lambda side: str(side.steps)
    if any(side.biggest_cut for side in sides):
        yield "Biggest cut", _cut_size
        yield "Asked for", _asked_size
    yield "Findings", _counts


def _cut_size(side: Side) -> str:
    cut = side.biggest_cut
    return _size(cut.actual_mg, cut.actual_percent) if cut else _ABSENT


def _asked_size(side: Side) -> str:
    cut = side.biggest_cut
    return _size(cut.asked_mg, cut.asked_percent) if cut else _ABSENT


def _size(mg: Decimal | None, percent: Decimal | None) -> str:
    if mg is None or percent is None:
        return _ABSENT
    return f"{mg_text(mg)} ({number_text(percent)} %)"


def _counts(side: Side) -> str:
    counts = [(side.count(severity), severity) for severity in reversed(Severity)]
    return ", ".join(f"{n} {severity}" for n, severity in counts if n) or "none"


def _cuts(sides: Sequence[Side], formularies: Mapping[str, Formulary]) -> Iterator[str]:
    for number, side in enumerate(sides, 1):
        if side.biggest_cut:
            yield f"{number}  {_cut(side.biggest_cut, formularies[side.jurisdiction])}"


def _cut(cut: MadeCut, formulary: Formulary) -> str:
    name = medicine_name(cut.name or cut.medicine, formulary)
    fall = f"from {mg_text(cut.from_mg)} to {mg_text(cut.to_mg)} a day"
    of = f"{number_text(cut.actual_percent)} % of {mg_text(cut.original_mg)}"
    forced = ", more than was asked" if cut.forced else ""
    return f"{name} on {day_text(cut.day)}: {fall}, {of}{forced}."


def _supplies(
    sides: Sequence[Side], formularies: Mapping[str, Formulary]
) -> Iterator[tuple[str, Fact]]:
    rows = {
        row.product: medicine_name(row.medicine, formularies[side.jurisdiction])
        for side in sides
        for row in side.supply
    }
    for product, owner in rows.items():
        yield product_name(product, owner), partial(_units, product)


def _units(product: str, side: Side) -> str:
    units = next((row.units for row in side.supply if row.product == product), None)
    return _ABSENT if units is None else f"{number_text(units)} {form_text(product, units)}"


def _table(sides: Sequence[Side], facts: Iterable[tuple[str, Fact]]) -> list[str]:
    """Aligned columns under the plans' numbers; nothing where there is no fact."""
    rows = [(name, *(fact(side) for side in sides)) for name, fact in facts]
    if not rows:
        return []
    head = ("", *(str(number) for number, _ in enumerate(sides, 1)))
    table = [head, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    return [
        _GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]


def _loads(sides: Sequence[Side]) -> Iterator[str]:
    """Each authority's load in each plan: the peak, then the way through time."""
    for authority in dict.fromkeys(load.authority for s in sides for load in s.opioid_load):
        for number, side in enumerate(sides, 1):
            for load in side.opioid_load:
                if load.authority == authority:
                    yield f"{number}  {_load(load)}"


def _load(load: ComparedLoad) -> str:
    peak = f"{number_text(load.peak.ome_mg)} at most, {days_text(load.peak.days)}"
    way = " > ".join(number_text(run.ome_mg) for run in load.runs)
    return f"{load.authority}: {peak}" + (f"; {way}" if len(load.runs) > 1 else "")


def _findings(differing: Iterable[ComparedFinding]) -> Iterator[str]:
    for found in differing:
        yield _told(found)
        for number, severity in enumerate(found.severities, 1):
            settled = " (acknowledged)" if _acknowledged(found, number - 1) else ""
            yield f"  {number}  {severity or 'absent'}{settled}"


def _acknowledged(found: ComparedFinding, place: int) -> bool:
    return found.severities[place] is Severity.MAJOR and not found.open[place]


def _told(found: ComparedFinding) -> str:
    return f"- {found.message} [{found.code}]"
