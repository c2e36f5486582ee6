"""Whether the audit lines are those that were written: every chain gone through, line by line.

An altered, removed, swapped or inserted line breaks its chain, and lines cut off at the end leave
the head behind. Whoever can rewrite lines and head alike is found out by heads that were signed and
taken elsewhere before (`audit_heads`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.store.audit_chain import (
    FIRST_HASH,
    Head,
    KeptLine,
    find_head,
    line_hash,
    lines_in_order,
    list_organisations,
)
from medplan.store.database import Database


class Trouble(StrEnum):
    """What is wrong with a chain."""

    ALTERED = "altered, swapped or inserted"
    MISSING = "missing"
    CUT_OFF = "cut off at the end"
    ADDED = "added past the head"
    HEAD = "not what the head says"
    EXPORTED = "not what was exported"
    UNKNOWN = "of an organisation that is gone"


@dataclass(frozen=True, slots=True)
class Fault:
    """A trouble and the line's number where it shows."""

    organisation_id: UUID
    number: int
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Checked:
    """How many lines of how many organisations were gone through, and every fault."""

    lines: int
    organisations: int
    faults: Sequence[Fault]


def check_audit(database: Database, exported: Sequence[Head] = ()) -> Checked:
    """Go through every organisation's chain, and hold it against heads exported before."""
    heads = {head.organisation_id: head for head in exported}
    with database.operating() as session:
        organisations = list_organisations(session)
    gone = heads.keys() - set(organisations)
    faults = [Fault(one, heads[one].number, Trouble.UNKNOWN) for one in sorted(gone, key=str)]
    lines = 0
    for organisation_id in organisations:
        with database.reading_for(organisation_id) as session:
            chain = _Chain(session, organisation_id, heads.get(organisation_id))
            faults.extend(chain.faults())
            lines += chain.lines
    return Checked(lines, len(organisations), faults)


class _Chain:
    """One organisation's chain; `lines` counts those gone through."""

    def __init__(self, session: Session, organisation_id: UUID, exported: Head | None) -> None:
        self._session, self._id, self._exported = session, organisation_id, exported
        self._seen: tuple[int, str] = (0, FIRST_HASH)
        self.lines = 0

    def faults(self) -> Iterator[Fault]:
        """Go through all lines. Those that are added meanwhile count too."""
        before = find_head(self._session, self._id)
        for kept in lines_in_order(self._session, self._id):
            self.lines += 1
            yield from self._faults_of(kept)
        yield from self._faults_at_end(before, find_head(self._session, self._id))

    def _faults_of(self, kept: KeptLine) -> Iterator[Fault]:
        number, last = self._seen
        if kept.number != number + 1:
            yield self._fault(number + 1, Trouble.MISSING)
        elif line_hash(last, kept.number, kept.line) != kept.hash:
            yield self._fault(kept.number, Trouble.ALTERED)
        self._seen = (kept.number, kept.hash)
        exported = self._exported
        if exported and exported.number == kept.number and exported.hash != kept.hash:
            yield self._fault(kept.number, Trouble.EXPORTED)

    def _faults_at_end(self, before: Head, after: Head) -> Iterator[Fault]:
        """Hold the last line against the head, which may have moved on meanwhile."""
        number, last = self._seen
        must = max(before.number, self._exported.number if self._exported else 0)
        if number < must:
            yield self._fault(number + 1, Trouble.CUT_OFF)
        if number > after.number:
            yield self._fault(after.number + 1, Trouble.ADDED)
        if number == after.number and last != after.hash:
            yield self._fault(number, Trouble.HEAD)

    def _fault(self, number: int, trouble: Trouble) -> Fault:
        return Fault(self._id, number, trouble)
