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
_LINE = re.compile(rb"^(UID|LAST-MODIFIED|SEQUENCE|DESCRIPTION):(.*)\r$", re.MULTILINE)
_FOLD = b"\r\n "
_SAID = "Plan revision {}."
_REVISION = re.compile(r".*Plan revision (\d+)\.")  # the last one: a name or label may say the same
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
        event, _, _ = found[0].replace(_FOLD, b"").partition(b"BEGIN:VALARM")
        said = {name.decode(): value.decode() for name, value in _LINE.findall(event)}
        revision = _REVISION.match(said["DESCRIPTION"])
        if revision is not None:
            at = datetime.strptime(said["LAST-MODIFIED"], _MOMENT).replace(tzinfo=UTC)
            yield Written(said["UID"], Stamp(int(revision[1]), int(said["SEQUENCE"]), at), found[0])


def revision_text(revision: int) -> str:
    """How an event's text says as of which revision it is; `events_of` reads it back."""
    return _SAID.format(revision)


def stamp_lines(stamp: Stamp) -> tuple[str, ...]:
    """The properties of an event that its stamp decides."""
    moment = f"{stamp.at:{_MOMENT}}"
    return (f"DTSTAMP:{moment}", f"LAST-MODIFIED:{moment}", f"SEQUENCE:{stamp.sequence}")
