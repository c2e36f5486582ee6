"""At which clock times of the day the doses of a course are taken.

Times are minutes of the day in the patient's own zone. Standard times come from contract section 3;
a patient's routine moves them as far as the least gap between two doses allows. This module knows
nothing of clock changes: a clock time stays what the patient's clock shows.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from medplan.formulary.model import Anchor, Timing
from medplan.model.request import Routine
from medplan.units import MINUTES_PER_DAY, Slot

_MORNING, _NOON, _EVENING, _BEDTIME = Slot


def _clock(*times: int) -> tuple[int, ...]:
    return tuple(hours * 60 for hours in times)


_NAMED_SLOTS: Mapping[int, tuple[Slot, ...]] = {
    2: (_MORNING, _EVENING),
    3: (_MORNING, _NOON, _EVENING),
    4: (_MORNING, _NOON, _EVENING, _BEDTIME),
}
"""The slots of a course taken that many times a day; other numbers of doses have none."""

_STANDARD: Mapping[tuple[Slot, ...], tuple[tuple[int, ...], ...]] = {
    _NAMED_SLOTS[2]: (_clock(8, 20),),
    _NAMED_SLOTS[3]: (_clock(8, 14, 20), _clock(7, 15, 23)),
    _NAMED_SLOTS[4]: (_clock(7, 12, 17, 22), _clock(5, 11, 17, 23)),
}
_EIGHT_HOURLY = _clock(7, 15, 23)
_ALONE: Mapping[Slot, int] = {
    _MORNING: 8 * 60,
    _NOON: 13 * 60,
    _EVENING: 20 * 60,
    _BEDTIME: 22 * 60,
}
_ANCHOR_SLOT: Mapping[Anchor, Slot] = {Anchor.BREAKFAST: _MORNING, Anchor.BEDTIME: _BEDTIME}
_EARLY_EVENING = 18 * 60
_WAKING = (6 * 60, 22 * 60)
_LATEST = 23 * 60
_FIRST_OF_MANY = 3 * 60  # clear of the hour that clock changes skip or repeat


def slots_for_count(own: tuple[Slot, ...], count: int) -> tuple[Slot, ...]:
    """The slots of so many doses a day: a regimen's own one for a single dose; many have none."""
    return own if count == 1 == len(own) else _NAMED_SLOTS.get(count, ())


def slot_times(
    slots: Sequence[Slot],
    *,
    routine: Routine,
    least_gap_hours: Decimal | None,
    eight_hourly: bool,
    timing: Timing | None,
) -> Mapping[Slot, int]:
    """The clock time of each slot of a course.

    Args:
        slots: the slots the course uses, in any order, each once.
        routine: the patient's own times, which win where the least gap allows.
        least_gap_hours: the label's least gap between two doses, or None.
        eight_hourly: whether three doses a day are 8-hourly or modified-release.
        timing: minutes before breakfast or bedtime at which the slot of that name is taken.
    """
    ordered = tuple(s for s in Slot if s in slots)
    gap = int((least_gap_hours or Decimal(0)) * 60)
    standards = _standard_times(ordered, eight_hourly=eight_hourly)
    wished = [_wished(s, routine, timing) for s in ordered]
    for standard in standards:
        times = _filled(wished, standard)
        if _gaps_hold(times, gap):
            return dict(zip(ordered, times, strict=True))
    times = _filled(wished, standards[0])
    return dict(zip(ordered, moved_apart(times, gap), strict=True))


def even_times(count: int, least_gap_hours: Decimal | None) -> tuple[int, ...]:
    """Clock times for doses that belong to no slot: within waking hours where the gap allows."""
    if count == 1:
        return (_ALONE[_MORNING],)
    gap = int((least_gap_hours or Decimal(0)) * 60)
    first, last = _WAKING
    spacing = (last - first) // (count - 1)
    if spacing >= gap and MINUTES_PER_DAY - (last - first) >= gap:
        return tuple(first + n * spacing for n in range(count))
    spacing = MINUTES_PER_DAY // count
    start = _FIRST_OF_MANY if spacing > _FIRST_OF_MANY else 0
    return tuple(start + n * spacing for n in range(count))


def moved_apart(times: Sequence[int], gap: int) -> tuple[int, ...]:
    """The times nearest to those wished (least sum of moves, earlier of two) that keep the gap.

    The gap holds round the clock, from the last dose to the next day's first. When so many doses
    don't fit with that gap, they are spread evenly, and the interval check says so.
    """
    count = len(times)
    slack = MINUTES_PER_DAY - count * gap
    if slack < 0:
        return even_times(count, None)
    wished = [t - n * gap for n, t in enumerate(times)]
    offsets = _rising_fit(wished)
    edges = (edge for wish in wished for edge in (wish, wish - slack))
    low = min(edges, key=lambda low: (_moves(_kept(offsets, low, slack), wished), low))
    moved = [o + n * gap for n, o in enumerate(_kept(offsets, low, slack))]
    # No dose moves past 23:00 unless the patient's own routine has one there.
    latest = max(_LATEST, times[-1])
    shift = max(0, -moved[0]) - max(0, moved[-1] - latest)
    return tuple(m + shift for m in moved)


def _kept(offsets: Iterable[int], low: int, slack: int) -> list[int]:
    return [min(max(offset, low), low + slack) for offset in offsets]


def _moves(offsets: Iterable[int], wished: Iterable[int]) -> int:
    return sum(abs(offset - wish) for offset, wish in zip(offsets, wished, strict=True))


def _rising_fit(values: Sequence[int]) -> list[int]:
    """The nearest never-falling sequence by least sum of moves: neighbours that fall are pooled
    at their lower median."""
    pools: list[list[int]] = []
    for value in values:
        pools.append([value])
        while len(pools) > 1 and _median(pools[-2]) > _median(pools[-1]):
            last = pools.pop()
            pools[-1] += last
    return [_median(pool) for pool in pools for _ in pool]


def _median(pool: Sequence[int]) -> int:
    return sorted(pool)[(len(pool) - 1) // 2]


def _gaps_hold(times: Sequence[int], gap: int) -> bool:
    rising = all(earlier < later for earlier, later in pairwise(times))
    around = [*times, times[0] + MINUTES_PER_DAY]
    return rising and all(later - earlier >= gap for earlier, later in pairwise(around))


def _standard_times(slots: tuple[Slot, ...], *, eight_hourly: bool) -> tuple[tuple[int, ...], ...]:
    if slots == _NAMED_SLOTS[3] and eight_hourly:
        return (_EIGHT_HOURLY,)
    if slots in _STANDARD:
        return _STANDARD[slots]
    alone = dict(_ALONE)
    if _BEDTIME in slots and _EVENING in slots:
        alone[_EVENING] = _EARLY_EVENING
    return (tuple(alone[s] for s in slots),)


def clash(slots: Sequence[Slot], routine: Routine) -> tuple[Slot, Slot] | None:
    """Two slots of a course whose times, the routine's or the usual ones, don't follow each other.

    A routine gives some times and not others; with the usual times filled in they must still rise.
    """
    ordered = tuple(s for s in Slot if s in slots)
    own = [_own_time(routine, s) for s in ordered]
    first: tuple[Slot, Slot] | None = None
    for standard in _standard_times(ordered, eight_hourly=False):
        times = pairwise(_filled(own, standard))
        falls = [s for s, (a, b) in zip(pairwise(ordered), times, strict=True) if a >= b]
        if not falls:
            return None
        first = first or falls[0]
    return first


def _wished(slot: Slot, routine: Routine, timing: Timing | None) -> int | None:
    if timing is not None and slot is _ANCHOR_SLOT[timing.anchor]:
        return _anchored(timing, routine)
    return _own_time(routine, slot)


def _filled(wished: Sequence[int | None], standard: Sequence[int]) -> list[int]:
    return [w if w is not None else usual for w, usual in zip(wished, standard, strict=True)]


def _own_time(routine: Routine, slot: Slot) -> int | None:
    own: int | None = getattr(routine, slot.value)
    return own


def _anchored(timing: Timing, routine: Routine) -> int:
    if timing.anchor is Anchor.BEDTIME:
        anchor = routine.bedtime if routine.bedtime is not None else _ALONE[_BEDTIME]
    else:
        own = routine.breakfast if routine.breakfast is not None else routine.morning
        anchor = own if own is not None else _ALONE[_MORNING]
    return max(0, anchor - timing.minutes_before)
