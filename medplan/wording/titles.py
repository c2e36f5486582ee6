"""Titles of calendar events. A discreet one names no medicine, no amount and no illness.

Titles show on watches, lock screens and shared calendars, so the discreet ones are the default.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from medplan.wording.doses import ONLY_IF_AGREED
from medplan.wording.names import listed

CALENDAR_NAME = "My plan"
CATEGORY = "Plan"
NO_SCHEDULE = "No current schedule"
CANCELLED = "No longer in your plan"

_NOON, _EVENING, _NIGHT = 11 * 60, 16 * 60, 21 * 60


class DayKind(StrEnum):
    """What a whole-day event is there for."""

    START = "start"
    STOP = "stop"
    REVIEW = "review"
    DECISION = "decision"
    SUPPLY = "supply"
    CHECK = "check"
    WHEN_REQUIRED = "when-required"
    RENEWAL = "renewal"


DISCREET = {
    DayKind.START: "New in your plan",
    DayKind.STOP: "Plan change",
    DayKind.REVIEW: "Review",
    DayKind.DECISION: "Decision day",
    DayKind.SUPPLY: "Collect supply",
    DayKind.CHECK: "Check-in",
    DayKind.WHEN_REQUIRED: "Plan note",
    DayKind.RENEWAL: "Renew plan",
}
_FULL = {
    DayKind.START: "Start {}",
    DayKind.STOP: "STOP {}",
    DayKind.REVIEW: "Review: {}",
    DayKind.DECISION: "Decide: {} up or not",
    DayKind.SUPPLY: "Collect {}",
    DayKind.CHECK: "Check for side effects",
    DayKind.WHEN_REQUIRED: "When needed: {}",
    DayKind.RENEWAL: "Renew plan: {}",
}


@dataclass(frozen=True, slots=True)
class DoseTitle:
    """One medicine in the title of a dose: its name with the amount, or the patient's label.

    `words` None is a medicine without a label in a discreet title: it is only counted.
    """

    words: str | None
    conditional: bool


def day_title(kind: DayKind, names: Sequence[str]) -> str:
    """The full title of a whole-day event: `STOP Naproxen and Omeprazole`."""
    return _FULL[kind].format(listed(names) if names else "the whole plan")


def dose_number(minute: int, place: tuple[int, int] | None) -> str:
    """A dose without its name: `Dose 1 of 2`.

    `place` is (which, of how many) where that is the same on every day of the series; else the
    title says the part of the day, since a wrong count would have somebody wait for a dose.
    """
    if place is not None:
        return f"Dose {place[0]} of {place[1]}"
    if minute < _NOON:
        return "Morning dose"
    if minute < _EVENING:
        return "Midday dose"
    return "Evening dose" if minute < _NIGHT else "Night dose"


def dose_title(parts: Sequence[DoseTitle], otherwise: str) -> str:
    """The title of a dose event: names or labels, else `otherwise`; conditional parts say so.

    A title is all that a notification shows, so what depends on an agreement must be in it.
    """
    groups = [(p.words, [p]) for p in parts if p.words is not None]
    if not groups:
        return otherwise + _condition(parts)
    nameless = [p for p in parts if p.words is None]
    if nameless:
        groups.append((f"{len(nameless)} more", nameless))
    if all(p.conditional for p in parts):
        return listed(words for words, _ in groups) + _condition(parts)
    agreed = [words for words, group in groups if not any(p.conditional for p in group)]
    waiting = [words for words, group in groups if all(p.conditional for p in group)]
    if len(waiting) > 1 and len(agreed) + len(waiting) == len(groups):
        return f"{listed(agreed)}; {ONLY_IF_AGREED.lower()}: {listed(waiting)}"
    return listed(words + _condition(group) for words, group in groups)


def _condition(parts: Sequence[DoseTitle]) -> str:
    if all(p.conditional for p in parts):
        return f" ({ONLY_IF_AGREED.lower()})"
    if any(p.conditional for p in parts):
        return f" (part of it {ONLY_IF_AGREED.lower()})"
    return ""
