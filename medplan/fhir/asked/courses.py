"""Rows of one medicine as courses of a request: each run of days without a gap is one course.

Rows that hold on the same day add up, so that several strengths of one order are one course.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from medplan.documents.json_text import JsonValue
from medplan.fhir.asked.medicines import Meant
from medplan.fhir.asked.timings import Row
from medplan.fhir.element import Issue, Level
from medplan.units import Days, Slot, format_clock, format_decimal

_DAY = timedelta(1)


@dataclass(frozen=True, slots=True)
class Group:
    """What was ordered of one medicine: its products, its rows, where it stands in what was sent,
    and how it ends where the sender says so in our own words."""

    medicine: Meant
    products: tuple[Meant, ...]
    rows: tuple[Row, ...]
    place: str
    ends_in: str


@dataclass(frozen=True, slots=True)
class _Segment:
    """The same doses on every one of some days; none at all in a gap."""

    days: Days
    mg: Mapping[Slot, Decimal]


def course_documents(group: Group, issues: list[Issue]) -> list[JsonValue]:
    """The courses that a group asks for, as a request's document has them."""
    needed = [row for row in group.rows if row.needed_mg is not None]
    if needed and len(group.rows) > 1:
        text = "a when-required instruction beside another one can't be planned as one course"
        issues.append(Issue(Level.ERROR, "not-supported", group.place, text))
        return []
    if needed:
        return [_when_required(group, needed[0])]
    return [*_steps(group, issues)]


def routine(groups: Iterable[Group]) -> dict[str, JsonValue]:
    """The clock time of each part of the day: the one that most courses have, else the later."""
    times: dict[Slot, Counter[int]] = {}
    for group in groups:
        for slot, minute in {(t.slot, t.minute) for row in group.rows for t in row.taken}:
            if minute is not None:
                times.setdefault(slot, Counter())[minute] += 1
    return {
        slot.value: format_clock(max(times[slot], key=lambda m: (times[slot][m], m)))
        for slot in Slot
        if slot in times
    }


def _opening(group: Group, first: date) -> dict[str, JsonValue]:
    products = [p.declaration() for p in group.products if p.product is not None]
    document: dict[str, JsonValue] = {"medicine": group.medicine.medicine}
    if group.medicine.name is not None:
        document["name"] = group.medicine.name
    if products:
        document["products"] = products
    if any(row.halves for row in group.rows):
        document["halves"] = True
    return document | {"first_day": first.isoformat()}


def _when_required(group: Group, row: Row) -> JsonValue:
    document = _opening(group, row.days.first)
    document |= {"regimen": "when-required", "days": len(row.days)}
    document["dose_mg"] = format_decimal(row.needed_mg or Decimal(0))
    if row.most_mg is not None:
        document["max_daily_mg"] = format_decimal(row.most_mg)
    if row.hours is not None:
        document["every_hours"] = row.hours
    return document


def _steps(group: Group, issues: list[Issue]) -> Iterator[JsonValue]:
    for run in _runs(_segments(group.rows), group, issues):
        rows: list[JsonValue] = [
            {"days": len(s.days), "slots": {k.value: format_decimal(v) for k, v in s.mg.items()}}
            for s in run
        ]
        document = _opening(group, run[0].days.first)
        yield document | {"regimen": "steps", "steps": rows, "ends_in": group.ends_in}


def _segments(rows: Iterable[Row]) -> Iterator[_Segment]:
    every = [*rows]
    edges = sorted({day for r in every for day in (r.days.first, r.days.last + _DAY)})
    for first, after in pairwise(edges):
        mg: dict[Slot, Decimal] = {}
        for row in every:
            for taken in row.taken if first in row.days else ():
                mg[taken.slot] = mg.get(taken.slot, Decimal(0)) + taken.mg
        in_order = {slot: mg[slot] for slot in Slot if slot in mg}
        yield _Segment(Days(first, after - _DAY), in_order)


def _runs(
    segments: Iterable[_Segment], group: Group, issues: list[Issue]
) -> Iterator[list[_Segment]]:
    """Segments without a gap between them; each gap is told."""
    run: list[_Segment] = []
    for segment in segments:
        if segment.mg:
            run.append(segment)
            continue
        gap = segment.days
        text = f"no dose is ordered from {gap.first} to {gap.last}: is that meant?"
        issues.append(Issue(Level.WARNING, "business-rule", group.place, text))
        yield run
        run = []
    yield run
