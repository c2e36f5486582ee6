"""Amounts that hold for some days each, drawn as treads whose height is the amount.

Treads are in units of their own, one day wide and one milligram high, under one transformation.
Knows neither courses nor words.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.etree import ElementTree as ET

from medplan.pictures.days_axis import DaysAxis
from medplan.pictures.svg import Number, element, line, outline
from medplan.units import Days

_SOLID = Decimal("0.3")
_SCALE = Decimal("0.000001")
_DASHES = "4 3"


@dataclass(frozen=True, slots=True)
class Tread:
    """An amount over some days. `open` is one that need not be taken: it is only outlined."""

    days: Days
    amount: Decimal
    open: bool = False


@dataclass(frozen=True, slots=True)
class Stairs:
    """Room for treads: from `y` down to `y + height`, which is `top` to nothing."""

    axis: DaysAxis
    y: int
    height: int
    top: Decimal

    def height_of(self, amount: Decimal) -> Decimal:
        """Where an amount's top edge lies."""
        return self.y + self.height - amount * self._per_mg

    def draw(self, treads: Sequence[Tread]) -> Iterator[ET.Element]:
        """The treads, filled and outlined, without their ground."""
        foot = self.y + self.height
        filled = [tread for tread in treads if not tread.open]
        across, up = (n.quantize(_SCALE) for n in (self.axis.per_day, -self._per_mg))
        scale = f"translate({self.axis.left} {foot}) scale({across} {up})"
        yield element("g", *self._filled(filled), transform=scale, fill_opacity=_SOLID)
        for run in _runs(treads):
            dashes = _DASHES if run[0].open else "none"
            yield outline(self._edge(run), dashes=dashes)

    def ground(self, days: Days) -> ET.Element:
        """The line that treads over those days stand on."""
        foot = self.y + self.height
        return line(self.axis.begin(days.first), foot, self.axis.end(days.last), foot)

    @property
    def _per_mg(self) -> Decimal:
        return self.height / self.top if self.top else Decimal(0)

    def _filled(self, treads: Iterable[Tread]) -> Iterator[ET.Element]:
        for tread in treads:
            first = (tread.days.first - self.axis.days.first).days
            yield element("rect", x=first, y=0, width=len(tread.days), height=tread.amount)

    def _edge(self, run: Sequence[Tread]) -> Iterator[tuple[Number, Number]]:
        """The line over some treads in a row, from the ground to the ground."""
        foot = self.y + self.height
        yield self.axis.begin(run[0].days.first), foot
        for tread in run:
            y = self.height_of(tread.amount)
            yield self.axis.begin(tread.days.first), y
            yield self.axis.end(tread.days.last), y
        yield self.axis.end(run[-1].days.last), foot


def _runs(treads: Sequence[Tread]) -> Iterator[list[Tread]]:
    """Treads in a row that are outlined alike."""
    run: list[Tread] = []
    for tread in treads:
        if run and run[-1].open != tread.open:
            yield run
            run = []
        run.append(tread)
    if run:
        yield run
