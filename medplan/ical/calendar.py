"""A plan as one iCalendar object (RFC 5545): the same bytes for the same plan and options.

Timed events are doses and nothing else; every other event is a whole day.
"""

from collections.abc import Iterable

from medplan.formulary.model import Formulary
from medplan.ical.days import day_series
from medplan.ical.events import EventWriter
from medplan.ical.options import CalendarOptions, Detail, Group, Method
from medplan.ical.series import Piece, dose_series, pieces
from medplan.ical.vtimezone import timezone_lines
from medplan.ical.writer import component, text, to_bytes
from medplan.ical.zone import Clock
from medplan.model.plan import Plan
from medplan.units import Days
from medplan.wording.doses import DRAFT
from medplan.wording.titles import CALENDAR_NAME

__all__ = ["CalendarOptions", "Detail", "Group", "Method", "render_calendar"]

REFRESH = "PT4H"


def render_calendar(plan: Plan, formulary: Formulary, options: CalendarOptions) -> bytes:
    """The plan's calendar: its doses in the patient's own zone, and its whole days.

    Equal arguments give equal bytes. The calendar holds at least one event.
    """
    series = dose_series(plan, options)
    clock = Clock.over(plan.time_zone, _span(plan, (one.days for one in series)))
    doses = [piece for one in series for piece in pieces(one, clock, options.window)]
    write = EventWriter(plan, formulary, options, clock)
    events = [write.dose_event(piece) for piece in doses]
    events += [write.day_event(one) for one in day_series(plan, formulary, options)]
    body = [*_head(plan, options), *_zone(clock, doses)]
    for event in events or [write.empty_event()]:
        body += event
    return to_bytes(component("VCALENDAR", body))


def _span(plan: Plan, runs: Iterable[Days]) -> Days:
    days = [Days(plan.start, plan.start), *runs]
    return Days(min(d.first for d in days), max(d.last for d in days))


def _zone(clock: Clock, doses: Iterable[Piece]) -> tuple[str, ...]:
    """The zone's definition, where some dose is told in its time."""
    if all(piece.unclear for piece in doses):
        return ()
    return timezone_lines(clock.zone, clock.first_year, clock.last_year)


def _head(plan: Plan, options: CalendarOptions) -> list[str]:
    """The calendar's own properties. No UID, whose readers keep one event only; no SOURCE, which
    would write a feed's secret address into every copy. The name is discreet."""
    draft = [f"X-WR-CALDESC:{text(DRAFT)}"] if plan.formulary.status == "draft" else []
    return [
        "VERSION:2.0",
        "PRODID:-//Plan calendar//EN",
        "CALSCALE:GREGORIAN",
        f"METHOD:{options.method.upper()}",
        f"NAME:{CALENDAR_NAME}",
        f"X-WR-CALNAME:{CALENDAR_NAME}",
        *draft,
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
    ]
