"""Real elapsed time between local clock times, across clock changes.

A clock time that a change skips is taken at the first instant after the gap; one that comes twice,
at its first (contract section 3). Instants are whole minutes since 1970-01-01 UTC.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from medplan.units import MINUTES_PER_DAY

LARGEST_CHANGE = 3 * 60
"""Minutes; a change larger than this (a zone crossing the date line) is not set aside."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = date(1970, 1, 1).toordinal()
"""The day from which `wall` and instants count, as a date's ordinal."""


class ZoneClock:
    """Turns a day and a minute of it into an instant, in one time zone."""

    def __init__(self, time_zone: str) -> None:
        self._zone = ZoneInfo(time_zone)
        self._offset_at_midnight: dict[int, int] = {}
        self._steady: dict[int, int | None] = {}

    def instant(self, ordinal: int, minute: int) -> int:
        """The instant at which a clock shows that minute of that day (a date's ordinal)."""
        offset = self.steady_offset(ordinal)
        if offset is None:
            return _on_a_changing_day(self._zone, ordinal, minute)
        return wall(ordinal, minute) - offset

    def steady_offset(self, ordinal: int) -> int | None:
        """The zone's offset on a day, in minutes; None on a day on which it changes."""
        if ordinal not in self._steady:
            offset = self._offset(ordinal)
            self._steady[ordinal] = offset if offset == self._offset(ordinal + 1) else None
        return self._steady[ordinal]

    def changes(self, first: int, last: int) -> tuple[int, ...]:
        """The days from one to another, as ordinals, on which the zone's offset changes."""
        return tuple(day for day in range(first, last + 1) if self.steady_offset(day) is None)

    def _offset(self, ordinal: int) -> int:
        known = self._offset_at_midnight.get(ordinal)
        if known is None:
            midnight = datetime.combine(date.fromordinal(ordinal), datetime.min.time(), self._zone)
            known = _offset_minutes(midnight)
            self._offset_at_midnight[ordinal] = known
        return known


def wall(ordinal: int, minute: int) -> int:
    """Minutes since the first midnight of 1970 as a clock that never changes would count them."""
    return (ordinal - EPOCH_DAY) * MINUTES_PER_DAY + minute


@lru_cache(maxsize=1024)
def clock_for(time_zone: str) -> ZoneClock:
    """One clock for each zone, so that its days are worked out once."""
    return ZoneClock(time_zone)


def _offset_minutes(moment: datetime) -> int:
    offset = moment.utcoffset()
    if offset is None:
        msg = "a zone always has an offset"
        raise AssertionError(msg)
    return int(offset.total_seconds()) // 60


def _on_a_changing_day(zone: ZoneInfo, ordinal: int, minute: int) -> int:
    naive = datetime.combine(date.fromordinal(ordinal), datetime.min.time())
    local = (naive + timedelta(minutes=minute)).replace(tzinfo=zone)
    instant = int((local - _EPOCH).total_seconds()) // 60
    shown = (_EPOCH + timedelta(minutes=instant)).astimezone(zone)
    if shown.replace(tzinfo=None, fold=0) == local.replace(tzinfo=None):
        return instant
    # Skipped: `instant` was counted with the old offset and lies after the change; walk back to it.
    after = shown.utcoffset()
    while (_EPOCH + timedelta(minutes=instant - 1)).astimezone(zone).utcoffset() == after:
        instant -= 1
    return instant
