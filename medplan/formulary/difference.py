"""What a change of formulary changes: rows added, removed and changed, with old and new numbers.

For whoever signs a release: a diff of files shows lines, this shows limits, rules and doses. It
says which way a change goes only where one number decides that: a lower maximum is stricter.
What it does to plans is `clinical.comparing.formularies`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from medplan.formulary.model import Formulary, LimitKind, Severity
from medplan.formulary.rows import Row, RowKey, rows

SEVERITY = "severity"
_JUDGED = frozenset({"limit", "duration", "rule", "unknown fact", "opioid load"})
# Where the first row that fits counts, or the first of equals is taken, the order says something.
_ORDERED = frozenset({"product", "taper", "unknown fact"})


class Change(StrEnum):
    """What became of something."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Direction(StrEnum):
    """Whether more or less is refused or warned about than before."""

    STRICTER = "stricter"
    LOOSER = "looser"


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact of a row, before and after; None where it wasn't or isn't said."""

    name: str
    before: str | None
    after: str | None
    direction: Direction | None = None


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that came, went or says something else.

    `touches` are the medicines whose plans it can change; `direction` is that of a whole row that
    came or went.
    """

    key: RowKey
    change: Change
    touches: tuple[str, ...]
    facts: tuple[FactChange, ...]
    direction: Direction | None = None

    @property
    def severity(self) -> FactChange | None:
        """How its severity changed, if a row that was there before changed it."""
        if self.change is not Change.CHANGED:
            return None
        return next((f for f in self.facts if f.name == SEVERITY), None)

    @property
    def sources(self) -> tuple[FactChange, ...]:
        """Which of its citations changed: source or grade of evidence."""
        if self.change is not Change.CHANGED:
            return ()
        return tuple(f for f in self.facts if "citation" in f.name.split("."))


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed from one formulary to another of the same jurisdiction."""

    jurisdiction: str
    before: str
    after: str
    changes: tuple[RowChange, ...]

    def count(self, change: Change) -> int:
        """How many rows were added, removed or changed."""
        return sum(row.change is change for row in self.changes)

    @property
    def severities(self) -> tuple[RowChange, ...]:
        """The rows that ask more or less of the prescriber than before."""
        return tuple(row for row in self.changes if row.severity)

    @property
    def sources(self) -> tuple[RowChange, ...]:
        """The rows that cite something else, or with another grade."""
        return tuple(row for row in self.changes if row.sources)


def difference(before: Formulary, after: Formulary) -> Difference:
    """What changed between two formularies of one jurisdiction, in the order of their rows."""
    old, new = _by_key(before), _by_key(after)
    keys = tuple(dict.fromkeys((*old, *new)))
    changed = [c for key in keys for c in _row_change(key, old.get(key), new.get(key))]
    owners = tuple(dict.fromkeys(key.medicine for key in keys))
    ordered = sorted((*changed, *_moved(old, new)), key=lambda c: owners.index(c.key.medicine))
    return Difference(before.jurisdiction, before.version, after.version, tuple(ordered))


def _by_key(formulary: Formulary) -> Mapping[RowKey, Row]:
    return {row.key: row for row in rows(formulary)}


def _row_change(key: RowKey, old: Row | None, new: Row | None) -> Iterator[RowChange]:
    facts = tuple(_fact_changes(key, old, new))
    touched = dict.fromkeys((*(old.touches if old else ()), *(new.touches if new else ())))
    if old and new:
        if facts:
            yield RowChange(key, Change.CHANGED, tuple(touched), facts)
        return
    judged = key.kind in _JUDGED
    came = Direction.STRICTER if judged else None
    went = Direction.LOOSER if judged else None
    change, way = (Change.REMOVED, went) if old else (Change.ADDED, came)
    yield RowChange(key, change, tuple(touched), facts, way)


def _fact_changes(key: RowKey, old: Row | None, new: Row | None) -> Iterator[FactChange]:
    was, now = (row.facts if row else {} for row in (old, new))
    for name in dict.fromkeys((*was, *now)):
        before, after = was.get(name), now.get(name)
        if before != after:
            yield FactChange(name, before, after, _direction(key, was, name, before, after))


def _direction(
    key: RowKey, was: Mapping[str, str], name: str, before: str | None, after: str | None
) -> Direction | None:
    """Which way a number or a severity went, where the kind of row decides it."""
    if before is None or after is None:
        return None
    if name == SEVERITY:
        return _way(Severity(after).rank - Severity(before).rank)
    if key.kind == "limit" and name == "value":
        rise = Decimal(after) - Decimal(before)
        return _way(rise if was["kind"] == LimitKind.MIN_INTERVAL_HOURS else -rise)
    if key.kind == "duration" and name == "over_days":
        return _way(int(before) - int(after))
    return None


def _way(stricter_by: int | Decimal) -> Direction:
    return Direction.STRICTER if stricter_by > 0 else Direction.LOOSER


def _moved(old: Mapping[RowKey, Row], new: Mapping[RowKey, Row]) -> Iterator[RowChange]:
    """Where rows that are in both stand in another order, and the order says something."""
    then = _orders(row for key, row in old.items() if key in new)
    now = _orders(row for key, row in new.items() if key in old)
    for place, listed in then.items():
        before, after = ("; ".join(row.key.id for row in order) for order in (listed, now[place]))
        if before != after:
            touched = dict.fromkeys(medicine for row in listed for medicine in row.touches)
            fact = FactChange("order", before, after)
            yield RowChange(RowKey(*place, "order"), Change.CHANGED, tuple(touched), (fact,))


def _orders(members: Iterable[Row]) -> Mapping[tuple[str, str], list[Row]]:
    orders: dict[tuple[str, str], list[Row]] = {}
    for row in members:
        if row.key.kind in _ORDERED:
            orders.setdefault((row.key.medicine, row.key.kind), []).append(row)
    return orders
