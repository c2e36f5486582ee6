"""What a change of formulary changes, as plain text for whoever signs the release."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from medplan.clinical.comparing.formularies import CourseChange, FindingChange, HeldDose, PlanChange
from medplan.errors import Problem
from medplan.formulary.difference import Change, Difference, FactChange, RowChange
from medplan.wording.amounts import mg_text
from medplan.wording.names import listed

_SHARED = "shared by several medicines"
_MOST_NAMED = 6


def difference_text(found: Difference) -> str:
    """The changed rows by medicine, severities and sources named first; ends with a newline."""
    counts = ", ".join(f"{found.count(change)} {change}" for change in Change)
    parts = [
        [
            f"Formulary {found.jurisdiction}: {counts}",
            f"from {found.before}",
            f"to   {found.after}",
        ],
        _titled("Severities changed", (_severity(row) for row in found.severities)),
        _titled("Sources changed", (_sources(row) for row in found.sources)),
    ]
    for medicine, rows in groupby(found.changes, key=lambda row: row.key.medicine):
        parts.append(_titled(medicine or _SHARED, (line for row in rows for line in _row(row))))
    return _joined(parts)


def plan_changes_text(changes: Iterable[PlanChange]) -> str:
    """The cases whose plan changes, doses before findings; ends with a newline."""
    looked_at = tuple(changes)
    changed = [change for change in looked_at if change.changed]
    head = f"Plans: {len(changed)} of {len(looked_at)} change"
    return _joined([[head], *([change.name, *_plan(change)] for change in changed)])


def _joined(parts: Iterable[list[str]]) -> str:
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _titled(title: str, lines: Iterable[str]) -> list[str]:
    said = list(lines)
    return [title.upper(), *said] if said else []


def _name(row: RowChange) -> str:
    return f"{row.key.kind} {row.key.id}"


def _severity(row: RowChange) -> str:
    fact = row.severity
    owner = f"{row.key.medicine} " if row.key.medicine else ""
    return f"- {owner}{_name(row)}: {_way(fact)}" if fact else ""


def _sources(row: RowChange) -> str:
    owner = f"{row.key.medicine} " if row.key.medicine else ""
    return f"- {owner}{_name(row)}: {'; '.join(_way(fact) for fact in row.sources)}"


def _row(row: RowChange) -> Iterator[str]:
    way = f" ({row.direction})" if row.direction else ""
    touches = "" if row.key.medicine else _touches(row)
    yield f"- {_name(row)} {row.change}{way}{touches}"
    for fact in row.facts:
        yield f"    {fact.name}: {_way(fact)}"


def _touches(row: RowChange) -> str:
    if not row.touches:
        return ""
    named = row.touches[:_MOST_NAMED]
    more = len(row.touches) - len(named)
    return f", for {listed([*named, f'{more} more'] if more else named)}"


def _way(fact: FactChange) -> str:
    if fact.before is None:
        return f"{fact.after}"
    if fact.after is None:
        return f"no longer {fact.before}"
    way = f" ({fact.direction})" if fact.direction else ""
    return f"{fact.before} -> {fact.after}{way}"


def _plan(change: PlanChange) -> Iterator[str]:
    yield from _refusals("now refused", change.refused_after, change.refused_before)
    yield from _refusals("no longer refused", change.refused_before, change.refused_after)
    may = (change.issuable_before, change.issuable_after)
    if None not in may and may[0] != may[1]:
        yield f"  may {'now' if may[1] else 'no longer'} be issued"
    for course in change.courses:
        yield from _course(course)
    yield from (_finding(found) for found in change.findings)


def _refusals(said: str, these: Iterable[Problem], others: Iterable[Problem]) -> Iterator[str]:
    known = set(others)
    for problem in these:
        if problem not in known:
            yield f"  {said}: {problem.pointer or '/'} {problem.detail}"


def _course(course: CourseChange) -> Iterator[str]:
    what = f": {', '.join(course.what)}" if course.what else ""
    yield f"  {course.medicine} ({course.role}) {course.change}{what}"
    if course.before != course.after:
        yield from (f"    before {_held(held)}" for held in course.before)
        yield from (f"    after  {_held(held)}" for held in course.after)


def _held(held: HeldDose) -> str:
    return f"{held.days.first} to {held.days.last}  {mg_text(held.daily_mg)} a day"


def _finding(found: FindingChange) -> str:
    return f"  {found.code}: {found.before or 'absent'} -> {found.after or 'absent'}"
