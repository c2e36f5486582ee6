"""When a zone's clocks change, and at which instant a clock time of a day comes.

Reads the time zone database through `zoneinfo` and nothing else. Knows no calendar format.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from medplan.units import Days

_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ClockChange:
    """One change of a zone's offset.

    `at` is the first instant (UTC) with the new offset, `wall` what the clock shows then, before
    it is moved. From `low` until `high` clock times are unclear: skipped, or shown twice. These
    three are naive.
    """

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    wall: datetime
    low: datetime
    high: datetime


@lru_cache(maxsize=1024)
def clock_changes(zone: str, first_year: int, last_year: int) -> tuple[ClockChange, ...]:
    """Every change of a zone's offset in those years of UTC, oldest first."""
    tz = ZoneInfo(zone)
    start, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    samples = [start + n * _DAY for n in range((end - start).days + 1)]
    offsets = [_offset(tz, moment) for moment in samples]
    return tuple(
        _change(tz, earlier, later)
        for (earlier, before), (later, after) in pairwise(zip(samples, offsets, strict=True))
        if before != after
    )


def offset_and_name(zone: str, moment: datetime) -> tuple[timedelta, str]:
    """A zone's offset from UTC and its abbreviation at an instant."""
    local = moment.astimezone(ZoneInfo(zone))
    return local.utcoffset() or timedelta(), local.tzname() or zone


@dataclass(frozen=True, slots=True)
class Clock:
    """A patient's clock over some years: its zone and every change of its offset in them."""

    zone: str
    first_year: int
    last_year: int

    @classmethod
    def over(cls, zone: str, days: Days) -> "Clock":
        """The clock over those days, with a year's margin on either side."""
        return cls(zone, days.first.year - 1, days.last.year + 1)

    @property
    def changes(self) -> tuple[ClockChange, ...]:
        """Every change in those years, oldest first."""
        return clock_changes(self.zone, self.first_year, self.last_year)

    def instant(self, day: date, minute: int) -> datetime:
        """The instant, in UTC, at which a clock time of a day comes.

        One that a clock change skips comes at the first instant after the gap, one that comes
        twice at its first. Source: contract section 3.
        """
        wall = wall_time(day, minute)
        for change in self.changes:
            if change.after > change.before and change.low <= wall < change.high:
                return change.at
        return wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    def unclear_days(self, days: Days, minute: int, length: timedelta) -> Iterator[date]:
        """The days on which what begins at a clock time touches a skipped or repeated hour."""
        begins, ends = wall_time(days.first, 0), wall_time(days.last, 0) + _DAY + length
        for change in self.changes:
            if change.high < begins or ends < change.low:
                continue
            first = max(days.first, (change.low - length).date())
            last = min(days.last, change.high.date())
            for day in (first + n * _DAY for n in range((last - first).days + 1)):
                start = wall_time(day, minute)
                if start < change.high and start + length > change.low:
                    yield day

    def shifted_days(self, days: Days, minute: int) -> Iterator[date]:
        """The days, but the first, on which a clock time comes at another time of UTC's day than
        on the day before."""
        for change in self.changes:
            for day in (change.low.date() + n * _DAY for n in range(-1, 4)):
                if day in days and day != days.first and self._moved(day, minute):
                    yield day

    def _moved(self, day: date, minute: int) -> bool:
        return self.instant(day, minute) - self.instant(day - _DAY, minute) != _DAY


def wall_time(day: date, minute: int) -> datetime:
    """A clock time of a day, naive: it means an instant only in a zone."""
    return datetime.combine(day, time(minute // 60, minute % 60))


def _offset(tz: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(tz).utcoffset() or timedelta()


def _change(tz: ZoneInfo, earlier: datetime, later: datetime) -> ClockChange:
    """The one change between two instants, found to the second by halving."""
    before, after = _offset(tz, earlier), _offset(tz, later)
    while later - earlier > _SECOND:
        middle = earlier + (later - earlier) // 2
        middle = middle.replace(microsecond=0)
        if _offset(tz, middle) == before:
            earlier = middle
        else:
            later = middle
    name = later.astimezone(tz).tzname() or ""
    wall, moved = (later.replace(tzinfo=None) + offset for offset in (before, after))
    return ClockChange(later, before, after, name, wall, min(wall, moved), max(wall, moved))
