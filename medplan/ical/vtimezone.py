"""A zone's VTIMEZONE: two yearly rules where they tell the truth, else none at all.

Two rules, one STANDARD and one DAYLIGHT, are what every reader agrees on; lists of dates (RDATE)
are not, nor is a definition that says otherwise than the data a reader has of its own. Rules are
derived from the zone's own changes in the years asked for and written only if they give exactly
those, so whatever a calendar dates inside them comes out right. A zone without changes is one
STANDARD; one that is not so regular has no definition, and its calendars are told in UTC.
Source: RFC 5545 3.6.5; design notes, decisions 1 and 2.
"""

import calendar
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from medplan.ical.writer import component
from medplan.ical.zone import ClockChange, clock_changes, offset_and_name

RULE_YEAR = 1970  # rules begin long before any event, as in the calendars people already have
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKS = (-1, 1, 2, 3, 4)


@lru_cache(maxsize=1024)
def timezone_lines(zone: str, first_year: int, last_year: int) -> tuple[str, ...] | None:
    """The VTIMEZONE of a zone, true for every instant of those years; None if no rule is."""
    changes = clock_changes(zone, first_year, last_year)
    parts = _two_rules(changes, range(first_year, last_year + 1))
    if not changes:
        parts = [_steady_part(zone, first_year)]
    if parts is None:
        return None
    lines = (line for part in parts for line in part)
    return tuple(component("VTIMEZONE", [f"TZID:{zone}", *lines]))


def _two_rules(changes: Sequence[ClockChange], years: range) -> list[list[str]] | None:
    """The DAYLIGHT and STANDARD of a regular zone, None where two rules would not be true."""
    forward = [c for c in changes if c.after > c.before]
    back = [c for c in changes if c.after < c.before]
    parts: list[list[str]] = []
    for one_way in (forward, back):
        if [c.wall.year for c in one_way] != list(years) or not _alike(one_way):
            return None
        week = _week_of_month([c.wall.date() for c in one_way])
        if week is None:
            return None
        parts.append(_part(one_way[0], *_onset_and_rule(one_way[0].wall, week)))
    return parts


def _alike(changes: Iterable[ClockChange]) -> bool:
    return len({(c.before, c.after, c.name, c.wall.time(), c.wall.month) for c in changes}) == 1


def _week_of_month(days: Sequence[date]) -> int | None:
    """Which weekday of their month all these days are: 1 for the first, -1 for the last."""
    if len({day.weekday() for day in days}) != 1:
        return None
    holds = (w for w in _WEEKS if all(day == _nth_weekday(day, day.year, w) for day in days))
    return next(holds, None)


def _nth_weekday(like: date, year: int, week: int) -> date:
    """The nth day of the same weekday in the same month of a year."""
    first_weekday, length = calendar.monthrange(year, like.month)
    first = 1 + (like.weekday() - first_weekday) % 7
    last = first + (length - first) // 7 * 7
    return date(year, like.month, last if week == -1 else first + (week - 1) * 7)


def _onset_and_rule(wall: datetime, week: int) -> tuple[datetime, str]:
    day = _nth_weekday(wall.date(), RULE_YEAR, week)
    weekday = _WEEKDAYS[wall.weekday()]
    rule = f"RRULE:FREQ=YEARLY;BYMONTH={wall.month};BYDAY={week}{weekday}"
    return datetime.combine(day, wall.time()), rule


def _steady_part(zone: str, year: int) -> list[str]:
    """The one offset of those years; it stands in for all time."""
    start = datetime(year, 1, 1, tzinfo=UTC)
    offset, name = offset_and_name(zone, start)
    onset = datetime(RULE_YEAR, 1, 1)  # noqa: DTZ001 - a clock time of that zone
    return _written("STANDARD", onset, None, (offset, offset, name))


def _part(change: ClockChange, onset: datetime, rule: str) -> list[str]:
    """A change as STANDARD or DAYLIGHT. Its onset is told in the offset from before it."""
    kind = "DAYLIGHT" if change.after > change.before else "STANDARD"
    return _written(kind, onset, rule, (change.before, change.after, change.name))


def _written(
    kind: str, onset: datetime, rule: str | None, offsets: tuple[timedelta, timedelta, str]
) -> list[str]:
    before, after, name = offsets
    lines = [
        f"DTSTART:{onset:%Y%m%dT%H%M%S}",
        *([rule] if rule else []),
        f"TZOFFSETFROM:{_offset_text(before)}",
        f"TZOFFSETTO:{_offset_text(after)}",
        f"TZNAME:{name}",
    ]
    return component(kind, lines)


def _offset_text(offset: timedelta) -> str:
    sign = "-" if offset < timedelta() else "+"
    minutes, seconds = divmod(abs(int(offset.total_seconds())), 60)
    text = f"{sign}{minutes // 60:02d}{minutes % 60:02d}"
    return f"{text}{seconds:02d}" if seconds else text
