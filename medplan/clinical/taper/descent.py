"""How a daily dose comes down, cut by cut, to nothing or to a floor.

A cut is never larger than asked unless no deliverable dose lies nearer; then it is *forced*, and
says so. A dose never rises in any slot. Nothing is sped up to fit: a taper that runs past its days
says that it overran. This module knows slots only as places in the order in which they give way.
Source: contract section 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from medplan.clinical.tablets.kit import MOST_GRAINS, Kit
from medplan.clinical.tablets.splits import most_even, totals
from medplan.formulary.model import Basis, Stage

SMALL_LAST_DOSE = Decimal("0.25")  # of the dose before the taper (contract section 4.3)


@dataclass(frozen=True, slots=True)
class Cut:
    """One lowered dose, held for `days`. `amounts` are mg, in the order in which slots give way.

    Percentages are of the original dose for that basis, else of the previous one. The cut to
    nothing has no days.
    """

    days: int
    amounts: tuple[Decimal, ...]
    previous_mg: Decimal
    asked_mg: Fraction
    asked_percent: Decimal | None
    actual_percent: Decimal
    forced: bool

    @property
    def daily_mg(self) -> Decimal:
        """What is taken in a day."""
        return sum(self.amounts, Decimal(0))


@dataclass(frozen=True, slots=True)
class Descent:
    """Every held cut of a taper, and how it ends.

    `last_drop` is the cut to nothing, None when the taper ends at its floor or `overran`.
    """

    cuts: tuple[Cut, ...]
    last_drop: Cut | None
    overran: bool


def descend(
    kit: Kit,
    current: Sequence[Decimal],
    stages: Sequence[Stage],
    *,
    floor_mg: Decimal | None,
    days: int,
    original_mg: Decimal | None = None,
) -> Descent:
    """Bring a daily dose down through its stages.

    Args:
        kit: what the doses are made from.
        current: mg in each slot before the taper, in the order in which slots give way.
        stages: at least one; all but the last say where they end.
        floor_mg: the daily dose to stop at, or None to run to nothing.
        days: the most days the held cuts may take.
        original_mg: the daily dose before the taper, where some of it is behind already.

    A slot of more than `MOST_GRAINS` is not looked into: there is then no cut at all, never a
    larger one than was asked.
    """
    if any(kit.grains_at_least(amount) > MOST_GRAINS for amount in current):
        return Descent((), None, overran=False)
    original = sum(current, Decimal(0)) if original_mg is None else original_mg
    walk = _Walk(kit, tuple(current), original, floor_mg or Decimal(0), days)
    for stage in stages:
        walk.through(stage)
        if walk.ended:
            break
    return Descent(tuple(walk.cuts), walk.last_drop, walk.overran)


class _Walk:
    """Where a taper has got to."""

    def __init__(
        self,
        kit: Kit,
        current: tuple[Decimal, ...],
        original: Decimal,
        floor: Decimal,
        days_left: int,
    ) -> None:
        self.cuts: list[Cut] = []
        self.last_drop: Cut | None = None
        self.overran = False
        self._kit = kit
        self._amounts = current
        self._original = original
        self._floor = floor
        self._days_left = days_left

    @property
    def ended(self) -> bool:
        return self.overran or self.last_drop is not None

    def through(self, stage: Stage) -> None:
        """Go down until the stage's end, or until no deliverable dose above it is left."""
        bound = max(until_mg(stage, self._original), self._floor)
        while sum(self._amounts) > bound and not self.ended:
            cut = self._next(stage, bound)
            if cut is None:
                return
            if not cut.daily_mg:
                self.last_drop = cut
            elif cut.days > self._days_left:
                self.overran = True
            else:
                self._hold(cut)

    def _hold(self, cut: Cut) -> None:
        self.cuts.append(cut)
        self._amounts = cut.amounts
        self._days_left -= cut.days

    def _next(self, stage: Stage, bound: Decimal) -> Cut | None:
        previous = sum(self._amounts, Decimal(0))
        asked = asked_mg(stage, self._original, previous)
        target = max(Fraction(previous) - asked, Fraction(bound))
        options = tuple(self._makeable(a) for a in self._amounts)
        grains = self._choose(totals(options), target, bound, previous)
        if grains is None:
            return None
        split = most_even(grains, options)
        if split is None:
            msg = "a total that was reachable has no split"
            raise AssertionError(msg)
        amounts = tuple(self._kit.mg(g) for g in split)
        return self._cut(stage, amounts, previous, asked)

    def _cut(
        self, stage: Stage, amounts: tuple[Decimal, ...], previous: Decimal, asked: Fraction
    ) -> Cut:
        left = sum(amounts, Decimal(0))
        lowered = Fraction(previous - left)
        small = previous <= SMALL_LAST_DOSE * self._original
        whole = self._original if stage.basis is Basis.ORIGINAL else previous
        return Cut(
            days=stage.every_days,
            amounts=amounts,
            previous_mg=previous,
            asked_mg=asked,
            asked_percent=None
            if stage.reduce_percent is None
            else two_places(stage.reduce_percent),
            actual_percent=two_places(lowered * 100 / Fraction(whole)),
            forced=lowered > asked and not (small and not left),
        )

    def _choose(
        self, reachable: int, target: Fraction, bound: Decimal, previous: Decimal
    ) -> int | None:
        """The smallest daily dose from `target` up and below `previous`; else the largest under it
        that is not below `bound`. In grains."""
        least = self._kit.grains_at_least(target)
        top = self._kit.grains_at_least(previous) - 1
        above = (reachable >> least) << least & ((1 << (top + 1)) - 1)
        if above:
            return (above & -above).bit_length() - 1
        lowest = self._kit.grains_at_least(bound)
        below = (reachable >> lowest) << lowest & ((1 << least) - 1)
        return below.bit_length() - 1 if below else None

    def _makeable(self, amount: Decimal) -> int:
        most = self._kit.grains_at_least(amount)
        if self._kit.grains(amount) is None:
            most -= 1
        return self._kit.makeable(most)


def until_mg(stage: Stage, original: Decimal) -> Decimal:
    """The daily dose at which a stage ends; the last one runs to nothing."""
    if stage.until_mg is not None:
        return stage.until_mg
    return original * (stage.until_percent or Decimal(0)) / 100


def asked_mg(stage: Stage, original: Decimal, previous: Decimal) -> Fraction:
    """How much less a stage asks for, of the dose before it or of the original one."""
    if stage.reduce_mg is not None:
        return Fraction(stage.reduce_mg)
    whole = original if stage.basis is Basis.ORIGINAL else previous
    return Fraction(whole) * Fraction(stage.reduce_percent or 0) / 100


def two_places(value: Fraction | Decimal) -> Decimal:
    """Two decimals, half up, exactly."""
    hundredths = (Fraction(value) * 100 + Fraction(1, 2)).__floor__()
    return Decimal(hundredths).scaleb(-2)
