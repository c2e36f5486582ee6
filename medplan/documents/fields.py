"""The kinds of value a request is made of, each as one strict marshmallow field.

A field takes one JSON type and converts nothing on the way: no booleans for integers, no numbers
for texts. Null is taken where a value may be left out. Messages say what would be right and
never repeat what was sent, for it may be about a patient.
"""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import TypeVar

from marshmallow import ValidationError, fields
from typing_extensions import override

from medplan.documents.faults import MISSING, Fault
from medplan.units import format_decimal, parse_clock, parse_decimal

T = TypeVar("T")

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_COMBINING = frozenset({"Mn", "Me"})
_MOST_COMBINING = 4
_NO_PLACE = frozenset({"Factory"})


class Strict(fields.Field[T], ABC):
    """A field of one JSON type; `openapi` is what the API's description says of it."""

    def __init__(self, *, required: bool = False, **openapi: object) -> None:
        super().__init__(
            required=required,
            allow_none=not required,
            metadata=openapi,
            error_messages={"required": MISSING, "null": MISSING},
        )

    @abstractmethod
    def read(self, value: object) -> T:
        """The value, if it is of the right kind; ValidationError with a `Fault` if not."""

    @override
    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object
    ) -> T:
        return self.read(value)


class Text(Strict[str]):
    """Words on one line (or several), without characters that can't be seen."""

    def __init__(
        self, *, least: int = 1, most: int = 100, required: bool = False, lines: bool = False
    ) -> None:
        super().__init__(required=required, type="string", minLength=least, maxLength=most)
        self._least, self._most, self._lines = least, most, lines

    @override
    def read(self, value: object) -> str:
        text = _text(value)
        if len(text.strip()) < self._least or len(text) > self._most:
            raise ValidationError(
                Fault("bad-length", f"{self._least} to {self._most} characters are needed")
            )
        if not _can_be_seen(text.replace("\n", " ") if self._lines else text):
            raise ValidationError(Fault("bad-text", "holds characters that can't be seen"))
        return text


class Word(Strict[str]):
    """One of a few words."""

    def __init__(self, *words: str, required: bool = False) -> None:
        super().__init__(required=required, type="string", enum=list(words))
        self._words = words

    @override
    def read(self, value: object) -> str:
        word = _text(value)
        if word not in self._words:
            raise ValidationError(Fault("not-in-list", f"one of {', '.join(self._words)}"))
        return word


class YesNo(Strict[bool]):
    """True or false."""

    def __init__(self) -> None:
        super().__init__(type="boolean")

    @override
    def read(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise ValidationError(Fault("wrong-type", "true or false is needed"))
        return value


class Whole(Strict[int]):
    """A whole number within bounds, both included."""

    def __init__(self, least: int, most: int, *, required: bool = False) -> None:
        super().__init__(required=required, type="integer", minimum=least, maximum=most)
        self._least, self._most = least, most

    @override
    def read(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError(Fault("wrong-type", "a whole number is needed"))
        if not self._least <= value <= self._most:
            raise ValidationError(Fault("out-of-range", f"must be {self._least} to {self._most}"))
        return value


class Amount(Strict[Decimal]):
    """A plain decimal in quotes, above zero; `or_whole` lets a bare whole number stand for it, and
    `or_none` lets it be zero."""

    def __init__(
        self, most: int, *, required: bool = False, or_whole: bool = False, or_none: bool = False
    ) -> None:
        kind: object = ["string", "integer"] if or_whole else "string"
        super().__init__(required=required, type=kind, example="7.5")
        self._most, self._or_whole, self._or_none = Decimal(most), or_whole, or_none

    @override
    def read(self, value: object) -> Decimal:
        if self._or_whole and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise ValidationError(
                Fault("wrong-type", 'a decimal in quotes such as "7.5" is needed')
            )
        try:
            amount = parse_decimal(value)
        except ValueError as error:
            raise ValidationError(Fault("not-a-decimal", str(error))) from error
        if not (0 < amount <= self._most or (self._or_none and not amount)):
            least = "0 or more" if self._or_none else "above 0"
            most = format_decimal(self._most)
            raise ValidationError(Fault("out-of-range", f"must be {least} and at most {most}"))
        return amount


class Day(Strict[date]):
    """A calendar day `YYYY-MM-DD`, both bounds included."""

    def __init__(self, first: date, last: date, *, required: bool = False) -> None:
        super().__init__(required=required, type="string", format="date")
        self._first, self._last = first, last

    @override
    def read(self, value: object) -> date:
        text = _text(value)
        try:
            day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            raise ValidationError(Fault("not-a-day", "no such day; write it as YYYY-MM-DD"))
        if not self._first <= day <= self._last:
            raise ValidationError(Fault("out-of-range", f"must be {self._first} to {self._last}"))
        return day


class Clock(Strict[int]):
    """A clock time `HH:MM`, read as the minute of the day."""

    def __init__(self) -> None:
        super().__init__(type="string", example="08:00")

    @override
    def read(self, value: object) -> int:
        try:
            return parse_clock(_text(value))
        except ValueError as error:
            raise ValidationError(Fault("not-a-clock-time", str(error))) from error


class Zone(Strict[str]):
    """The name of a place's time zone in the IANA database."""

    def __init__(self, *, required: bool = False) -> None:
        super().__init__(required=required, type="string", example="Pacific/Auckland")

    @override
    def read(self, value: object) -> str:
        name = _text(value)
        if name not in zone_names():
            raise ValidationError(Fault("unknown-zone", "no such time zone in the IANA database"))
        return name


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValidationError(Fault("wrong-type", "text is needed"))
    return value


@cache
def zone_names() -> frozenset[str]:
    """The names in the pinned database, whatever the machine's own would add or lack."""
    names = files("tzdata").joinpath("zones").read_text(encoding="ascii").split()
    return frozenset(names) - _NO_PLACE


def _can_be_seen(text: str) -> bool:
    """Whether no control, direction or joining mark hides in the text, nor a pile of accents."""
    run = 0
    for c in text:
        category = unicodedata.category(c)
        run = run + 1 if category in _COMBINING else 0
        if category in _UNSEEN or run > _MOST_COMBINING:
            return False
    return True
