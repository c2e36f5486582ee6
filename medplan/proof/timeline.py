"""When a dose on a wall clock is really taken, in seconds, where clocks change.

Gaps and windows are judged in real elapsed time with one concession: what only a clock change
breaks, by at most the time that it moves, is no fault. So where clocks go forward by up to three
hours, the time they skip is counted as if it had passed: a window that contains the change is that
much shorter, a gap that much longer. Where clocks go back the repeated time really passes and is
counted. A larger jump (a zone that changes its side of the date line) gets no concession.

A local time that is skipped comes at the first instant after the gap, one that is repeated at its
first. This module knows clocks and no medicines.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

SECONDS_PER_DAY = 24 * 3600
LARGEST_CLOCK_CHANGE = 3 * 3600


@dataclass(frozen=True, slots=True)
class _Bend:
    """A day on which the judged clock departs from the wall clock.

    From the `edge`, in seconds of the wall clock since midnight, clocks have moved by `change`
    seconds; the local times that this skips are the ones just before it.
    """

    edge: int
    change: int

    def seconds(self, wall: int) -> int:
        """Seconds since midnight on the judged clock."""
        if wall >= self.edge:
            return wall - self.change
        return min(wall, self.edge - max(self.change, 0))


class Timeline:
    """The judged clock over a run of days, given as ordinals with both ends included."""

    __slots__ = ("_bends", "_first", "_starts")

    def __init__(self, zone: ZoneInfo, first: int, last: int) -> None:
        self._first = first
        self._bends: dict[int, _Bend] = {}
        self._starts: list[int] = []
        midnight = datetime.combine(datetime.fromordinal(first), time(0), zone)
        offset, moved = midnight.utcoffset(), 0
        for day in range(first, last + 1):
            self._starts.append(day * SECONDS_PER_DAY - moved)
            midnight += timedelta(1)
            before, offset = offset, midnight.utcoffset()
            if before != offset:
                moved += self._bend(day, zone)

    def _bend(self, day: int, zone: ZoneInfo) -> int:
        """Remember how the clock changes on a day; by how many seconds the judged clock moves."""
        midnight = datetime.combine(datetime.fromordinal(day), time(0), zone)
        change = _offset(midnight, SECONDS_PER_DAY) - _offset(midnight, 0)
        if 0 < change <= LARGEST_CLOCK_CHANGE:
            return 0
        early, late = 0, SECONDS_PER_DAY
        while late - early > 1:
            middle = (early + late) // 2
            if _offset(midnight, middle) == _offset(midnight, 0):
                early = middle
            else:
                late = middle
        self._bends[day] = _Bend(late, change)
        return change

    def instants(self, first: int, last: int, minute: int) -> list[int]:
        """The judged second of one clock time on each of some days.

        Only the differences between two instants mean anything.
        """
        begin, seconds = first - self._first, minute * 60
        instants = [start + seconds for start in self._starts[begin : last - self._first + 1]]
        for day, bend in self._bends.items():
            if first <= day <= last:
                start = self._starts[day - self._first]
                instants[day - first] = start + bend.seconds(seconds)
        return instants


def _offset(midnight: datetime, seconds: int) -> int:
    """Seconds east of UTC at a wall-clock time; before the change where the time is in doubt."""
    offset = (midnight + timedelta(seconds=seconds)).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())
