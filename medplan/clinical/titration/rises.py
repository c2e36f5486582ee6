"""How a daily dose goes up, one agreed step at a time, to its target.

The mirror image of a taper: no slot falls, the split is the most even one, and slots that give way
first have less. Each step up is exact, or the titration can't be made. Source: contract sections 2
and 4.4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from medplan.clinical.tablets.kit import MOST_GRAINS, Kit
from medplan.clinical.tablets.splits import most_even


@dataclass(frozen=True, slots=True)
class Rise:
    """One level of a titration: mg a day, and its split in the order in which slots give way.

    `amounts` is None when no units make this level up without lowering a slot.
    """

    daily_mg: Decimal
    amounts: tuple[Decimal, ...] | None


def levels(start: Decimal, step: Decimal, target: Decimal, most: int) -> tuple[Decimal, ...]:
    """The daily doses from start to target, at most `most`; the last is clipped to the target."""
    result = [start]
    while result[-1] < target and len(result) < most:
        result.append(min(result[-1] + step, target))
    return tuple(result)


def rises(kit: Kit, slot_count: int, daily: Sequence[Decimal]) -> tuple[Rise, ...]:
    """Each level split over the slots; stops at the first that can't be made."""
    made: list[Rise] = []
    before = (0,) * slot_count
    for level in daily:
        total = kit.grains(level)
        split = None
        if total is not None and total <= MOST_GRAINS:
            at_least = [kit.makeable(total) >> low << low for low in before]
            split = most_even(total, at_least)
        if split is None:
            made.append(Rise(level, None))
            break
        made.append(Rise(level, tuple(kit.mg(g) for g in split)))
        before = split
    return tuple(made)
