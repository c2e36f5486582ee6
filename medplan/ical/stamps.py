"""Since when an event is as it is, and how a calendar written before tells.

An event that a new revision or setting does not change keeps its old stamp, byte for byte: readers
then leave it alone, with whatever their users did to it. Knows how events are written, not what
they are about.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_EVENT = re.compile(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", re.DOTALL)
_LINE = re.compile(rb"^(UID|LAST-MODIFIED|SEQUENCE|X-PLAN-REVISION):(.*)\r$", re.MULTILINE)
_MOMENT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Stamp:
    """The revision, the SEQUENCE and the moment (UTC, whole seconds) as of which an event is."""

    revision: int
    sequence: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """An event as a calendar has it: its UID, its stamp and all its octets."""

    uid: str
    stamp: Stamp
    octets: bytes


def events_of(calendar: bytes) -> Iterator[Written]:
    """The events of a calendar that this room wrote; none of an empty text."""
    for found in _EVENT.finditer(calendar):
        said = {name.decode(): value.decode() for name, value in _LINE.findall(found[0])}
        sequence = int(said["SEQUENCE"])
        revision = int(said.get("X-PLAN-REVISION", sequence))
        at = datetime.strptime(said["LAST-MODIFIED"], _MOMENT).replace(tzinfo=UTC)
        yield Written(said["UID"], Stamp(revision, sequence, at), found[0])


def stamp_lines(stamp: Stamp) -> tuple[str, ...]:
    """The properties of an event that its stamp decides. The revision is told apart only where a
    reader could not take it for the sequence."""
    moment = f"{stamp.at:{_MOMENT}}"
    apart = () if stamp.revision == stamp.sequence else (f"X-PLAN-REVISION:{stamp.revision}",)
    return (
        f"DTSTAMP:{moment}",
        f"LAST-MODIFIED:{moment}",
        f"SEQUENCE:{stamp.sequence}",
        *apart,
    )
