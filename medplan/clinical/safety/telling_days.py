"""Which days show everything that a plan's limits look at: of days that are alike, the edges.

While the same is taken day after day and clocks stand still, every day is like the one before. What
limits measure, 24 hours and the gap to the next dose, reaches into the day after and no further. So
the first two days of such a run show all that happens in it, and its last day what happens where
the next one begins. The proof counts every day; this module knows no doses.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from medplan.units import Days


def telling_days(held: Iterable[Days], changes: Iterable[int]) -> Sequence[int]:
    """The days, as ordinals in order, that show all of some doses.

    Args:
        held: the runs of days on which each of the doses is taken.
        changes: the days on which clocks change; such a day is like none before or after it.
    """
    edges = {edge for days in held for edge in (days.first.toordinal(), days.last.toordinal() + 1)}
    begin, end = min(edges), max(edges)
    edges.update(edge for day in changes for edge in (day, day + 1) if begin < edge < end)
    told: set[int] = set()
    for first, after in pairwise(sorted(edges)):
        told.update((first, min(first + 1, after - 1), after - 1))
    return sorted(told)


def those_in(days: Days, told: Sequence[int]) -> Sequence[int]:
    """Those of the telling days that lie in a run."""
    begin = bisect_left(told, days.first.toordinal())
    return told[begin : bisect_right(told, days.last.toordinal(), lo=begin)]
