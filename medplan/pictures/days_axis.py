"""Days laid out from left to right, with as many dates named as there is room for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

from medplan.pictures.svg import LINE, line, wide, words
from medplan.units import Days
from medplan.wording.language import Language

_EVERY = (1, 7, 14, 28, 56, 112, 182, 364)


@dataclass(frozen=True, slots=True)
class DaysAxis:
    """Where each day stands: `days` fill the room from `left` to `left + width`."""

    days: Days
    left: int
    width: int

    @property
    def per_day(self) -> Decimal:
        """How much room a day has."""
        return Decimal(self.width) / len(self.days)

    def begin(self, day: date) -> Decimal:
        """Where a day begins."""
        return self.left + (day - self.days.first).days * self.per_day

    def end(self, day: date) -> Decimal:
        """Where a day ends."""
        return self.begin(day + timedelta(1))

    def ticks(self, top: int, foot: int, language: Language) -> Iterator[ET.Element]:
        """Fine lines at even distances, from `top` down to `foot`, and below them their dates."""
        room = max(wide(language.brief_day(day)) for day in (self.days.first, self.days.last))
        every = next((n for n in _EVERY if n * self.per_day > room + 6), _EVERY[-1])
        for number in range(0, len(self.days), every):
            day = self.days.first + timedelta(number)
            x = self.begin(day)
            yield line(x, top, x, foot + 4, dashes="1 3")
            if x + room <= self.left + self.width + 8:
                yield words(x, foot + LINE, language.brief_day(day))
