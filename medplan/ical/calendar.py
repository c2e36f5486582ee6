"""A plan as one iCalendar object (RFC 5545): the same bytes for the same plan and options.

Timed events are doses and nothing else; every other event is a whole day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from medplan.formulary.model import Formulary
from medplan.ical.days import day_series
from medplan.ical.events import Entry, EventWriter
from medplan.ical.options import CalendarOptions, Detail, Group
from medplan.ical.series import Piece, Series, dose_series, pieces
from medplan.ical.stamps import events_of, revision_text
from medplan.ical.vtimezone import timezone_lines
from medplan.ical.writer import component, text, to_bytes
from medplan.ical.zone import Clock
from medplan.model.plan import Plan
from medplan.units import Days
from medplan.wording.doses import DRAFT, NOT_ISSUED
from medplan.wording.titles import CALENDAR_NAME, CATEGORY

__all__ = ["CalendarOptions", "Detail", "Group", "render_calendar", "render_cancellation"]

REFRESH = "PT4H"


def render_calendar(
    plan: Plan, formulary: Formulary, options: CalendarOptions, before: bytes = b""
) -> bytes:
    """The plan's calendar: its doses in the patient's own zone, and its whole days.

    Equal arguments give equal bytes. The calendar holds at least one event. An event that
    `before`, the calendar that this one takes the place of, has just the same keeps its stamp.
    """
    shown = _Shown(plan, formulary, options)
    head = ("BEGIN:VCALENDAR", *_head(plan, options, "PUBLISH"), *shown.zone)
    return b"".join((to_bytes(head), *_stamped(shown, before), to_bytes(["END:VCALENDAR"])))


def render_cancellation(
    plans: Sequence[Plan], formulary: Formulary, options: Sequence[CalendarOptions]
) -> bytes:
    """What takes imported calendars back out: every event that any of these plans, revisions of
    one, has with any of the options, cancelled. The last plan and the first options are those
    that hold now. Says nothing of what the events were about.
    """
    stamp = options[0].stamp
    stamp = replace(stamp, sequence=stamp.sequence + 1)
    zones: dict[str, tuple[str, ...]] = {}
    events: dict[str, list[str]] = {}
    for plan in reversed(plans):
        for chosen in options:
            shown = _Shown(plan, formulary, chosen)
            zones.setdefault(plan.time_zone, shown.zone)
            for entry in shown.entries:
                events.setdefault(entry.uid, shown.write.cancelled(entry, stamp))
    body = (line for part in (*zones.values(), *events.values()) for line in part)
    head = _head(plans[-1], options[0], "CANCEL")
    return to_bytes(component("VCALENDAR", [*head, *body]))


@dataclass(frozen=True)
class _Shown:
    """A plan seen through a calendar's options."""

    plan: Plan
    formulary: Formulary
    options: CalendarOptions

    @cached_property
    def write(self) -> EventWriter:
        """What writes its events."""
        return EventWriter(self.plan, self.formulary, self.options, self._clock)

    @cached_property
    def entries(self) -> list[Entry]:
        """What its events are about; one at least."""
        days = day_series(self.plan, self.formulary, self.options)
        found = [*map(self.write.dose, self._doses), *map(self.write.day, days)]
        return found or [self.write.nothing()]

    @cached_property
    def zone(self) -> tuple[str, ...]:
        """The zone's definition, where some dose is told in its time."""
        told = not all(piece.in_utc for piece in self._doses)
        return (self._definition or ()) if told else ()

    @cached_property
    def _series(self) -> tuple[Series, ...]:
        return dose_series(self.plan, self.options)

    @cached_property
    def _clock(self) -> Clock:
        days = [Days(self.plan.start, self.plan.start), *(one.days for one in self._series)]
        span = Days(min(d.first for d in days), max(d.last for d in days))
        return Clock.over(self.plan.time_zone, span)

    @cached_property
    def _definition(self) -> tuple[str, ...] | None:
        clock = self._clock
        return timezone_lines(clock.zone, clock.first_year, clock.last_year)

    @cached_property
    def _doses(self) -> list[Piece]:
        clock, window, in_utc = self._clock, self.options.window, self._definition is None
        return [
            piece for one in self._series for piece in pieces(one, clock, window, in_utc=in_utc)
        ]


def _stamped(shown: _Shown, before: bytes) -> Iterator[bytes]:
    """The events' octets; one that stands in the calendar before just so, as it stands there."""
    earlier = {event.uid: event for event in events_of(before)}
    for entry in shown.entries:
        old = earlier.get(entry.uid)
        if old is not None and to_bytes(shown.write.written(entry, old.stamp)) == old.octets:
            yield old.octets
        else:
            yield to_bytes(shown.write.written(entry, shown.options.stamp))


def _head(plan: Plan, options: CalendarOptions, method: str) -> list[str]:
    """The calendar's own properties. No UID, whose readers keep one event only; no SOURCE, which
    would write a feed's secret address into every copy. The name is discreet."""
    draft = f"{DRAFT}. " if plan.formulary.status == "draft" else ""
    open_still = "" if plan.issuable else f"{NOT_ISSUED} "
    return [
        "VERSION:2.0",
        "PRODID:-//Plan calendar//EN",
        "CALSCALE:GREGORIAN",
        f"METHOD:{method}",
        f"NAME:{CALENDAR_NAME}",
        f"X-WR-CALNAME:{CALENDAR_NAME}",
        f"CATEGORIES:{CATEGORY}",
        f"X-WR-CALDESC:{text(f'{draft}{open_still}{revision_text(options.revision)}')}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
    ]
