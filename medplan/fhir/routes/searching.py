"""One page of a search: plans from the newest down, each with its resources of one kind.

A page ends where `_count` is full, also in the middle of a plan: its cursor names the last plan
that was told whole and how many resources of the next one were.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from medplan.errors import InvalidRequestError, Problem
from medplan.fhir.routes.kinds import Kind, Seen
from medplan.fhir.routes.queries import Bounds, Query
from medplan.fhir.values import Resource, member
from medplan.gate.cursors import read_cursor, write_cursor
from medplan.services.records.standings import Found, Standing

_NEWEST = UUID(int=2**128 - 1)
_BATCH = 50
_MOST_BATCHES = 20


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a page begins: after a plan that was told whole, and so many resources further."""

    after: UUID = _NEWEST
    skipped: int = 0


def read_spot(secret_key: str, scope: list[str], cursor: str | None) -> Spot:
    """Read where a page begins.

    Raises:
        InvalidRequestError: the cursor is not one of this search.
    """
    if cursor is None:
        return Spot()
    skipped, _, signed = cursor.partition(".")
    if not (skipped.isascii() and skipped.isdigit()):
        raise InvalidRequestError([Problem("_cursor", "bad-cursor", "not one of this search")])
    return Spot(read_cursor(secret_key, [*scope, skipped], signed), int(skipped))


def write_spot(secret_key: str, scope: list[str], spot: Spot) -> str:
    """Sign where a page begins."""
    skipped = str(spot.skipped)
    return f"{skipped}.{write_cursor(secret_key, [*scope, skipped], spot.after)}"


def page(
    kind: Kind,
    query: Query,
    spot: Spot,
    look: Callable[[UUID, int], Found],
    see: Callable[[Standing], Seen],
) -> tuple[list[Resource], Spot | None]:
    """The resources of one page, and where the next one begins (None: nowhere)."""
    found: list[Resource] = []
    after, skipped = spot.after, spot.skipped
    for _ in range(_MOST_BATCHES):
        batch = look(after, _BATCH)
        for standing in batch.standings:
            told = [*wanted(kind, query, see(standing))][skipped:]
            room = query.count - len(found)
            if len(told) > room:
                return found + told[:room], Spot(after, skipped + room)
            found += told
            after, skipped = standing.plan_id, 0
        if not batch.more:
            return found, None
    return found, Spot(after, skipped)


def wanted(kind: Kind, query: Query, seen: Seen) -> Iterator[Resource]:
    """The resources of a plan that a search asks for."""
    standing = seen.standing
    if query.statuses and standing.status not in query.statuses:
        return
    if not query.updated.hold(standing.made_at):
        return
    for resource in kind.of(seen):
        if (not query.ids or resource["id"] in query.ids) and _on_days(query.date, resource):
            yield resource


def _on_days(bounds: Bounds, resource: Resource) -> bool:
    """Whether one of a resource's days is asked for; one without days is on every day."""
    if bounds == Bounds():
        return True
    spans = [*_spans(resource)]
    return any(bounds.touch(first, last) for first, last in spans) or not spans


def _spans(resource: Resource) -> Iterator[tuple[date, date]]:
    instructions = resource.get("dosageInstruction")
    dosages = instructions if isinstance(instructions, list) else []
    bounds = (member(dosage, "timing", "repeat", "boundsPeriod") for dosage in dosages)
    for period in (resource.get("period"), *bounds):
        if isinstance(period, dict):
            first, last = str(period["start"]), str(period["end"])
            yield date.fromisoformat(first), date.fromisoformat(last)
