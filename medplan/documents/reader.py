"""Reading a document key by key, noting every fault instead of stopping at the first.

Each method reads one key and answers with a value of the right type; where the key is missing or
wrong it notes a problem and answers with a harmless stand-in, which is never used because the
caller raises the problems in the end.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from typing import TypeVar

from medplan.documents.fields import zone_names
from medplan.documents.json_text import JsonValue, child
from medplan.errors import Problem
from medplan.units import Days, parse_clock, parse_decimal

T = TypeVar("T")
Word = TypeVar("Word", bound=StrEnum)

_Place = tuple[str | int, ...]

CONTRADICTION = "contradiction"


class Reader:
    """One JSON object at one place in a document: the keys and numbers that lead to it. Readers of
    one document share `problems`."""

    def __init__(self, value: JsonValue, place: _Place, problems: list[Problem]) -> None:
        self._place, self._problems = place, problems
        self._members: Mapping[str, JsonValue] = value if isinstance(value, dict) else {}
        self._unread = set(self._members)
        if not isinstance(value, dict):
            self.note("", "wrong-type", "an object is needed")

    def note(self, key: str, code: str, detail: str) -> None:
        """Keep a problem about one key, or about the whole object where the key is empty."""
        self._note((*self._place, key) if key else self._place, code, detail)

    def done(self) -> None:
        """Refuse every key that was not read."""
        for key in self._unread:
            self.note(key, "unknown-key", "no such key is known here")

    def has(self, key: str) -> bool:
        """Whether the key is there, null or not."""
        return key in self._members

    def optional(self, key: str, read: Callable[[str], T]) -> T | None:
        """What `read` makes of the key, or None where it is null. The key must be there."""
        if self.has(key) and self._members[key] is None:
            self._unread.discard(key)
            return None
        return read(key)

    def text(self, key: str) -> str:
        """Words."""
        value = self._take(key)
        return value if isinstance(value, str) else self._wrong(key, "", "text is needed")

    def yes_no(self, key: str) -> bool:
        """True or false."""
        value = self._take(key)
        if isinstance(value, bool):
            return value
        return self._wrong(key, False, "true or false is needed")  # noqa: FBT003 - a stand-in

    def whole(self, key: str) -> int:
        """A whole number."""
        value = self._take(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        return self._wrong(key, 0, "a whole number is needed")

    def decimal(self, key: str) -> Decimal:
        """A plain decimal in quotes."""
        return self._parsed(key, parse_decimal, Decimal(0))

    def clock(self, key: str) -> int:
        """A clock time, as the minute of the day."""
        return self._parsed(key, parse_clock, 0)

    def day(self, key: str) -> date:
        """A calendar day."""
        return self._parsed(key, _parse_day, date.min)

    def zone(self, key: str) -> str:
        """The name of a time zone that exists."""
        return self._parsed(key, _parse_zone, "UTC")

    def word(self, key: str, words: type[Word]) -> Word:
        """One of a closed list of words."""
        return self._parsed(key, words, next(iter(words)))

    def days(self, first: str, last: str) -> Days:
        """A run of days from one key's day to the other's."""
        first_day, last_day = self.day(first), self.day(last)
        if last_day < first_day:
            self.note(last, CONTRADICTION, f"lies before {first}")
            return Days(first_day, first_day)
        return Days(first_day, last_day)

    def object(self, key: str) -> "Reader":
        """The reader of an object inside this one; of nothing, silently, where there is none."""
        if not self.has(key):
            self.note(key, "missing", "needed here")
            return Reader({}, (), [])
        return Reader(self._take(key), (*self._place, key), self._problems)

    def rows(self, key: str, read: Callable[["Reader"], T]) -> tuple[T, ...]:
        """What `read` makes of each object in a list."""
        return tuple(
            _whole_row(Reader(item, (*self._place, key, n), self._problems), read)
            for n, item in enumerate(self._list(key))
        )

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of words."""
        items = self._list(key)
        for n, item in enumerate(items):
            if not isinstance(item, str):
                self._note((*self._place, key, n), "wrong-type", "text is needed")
        return tuple(item for item in items if isinstance(item, str))

    def _note(self, place: _Place, code: str, detail: str) -> None:
        """Keep a problem; only now is the place written as a JSON Pointer."""
        self._problems.append(Problem(reduce(child, place, ""), code, detail))

    def _take(self, key: str) -> JsonValue:
        self._unread.discard(key)
        return self._members.get(key)

    def _list(self, key: str) -> list[JsonValue]:
        value = self._take(key)
        return value if isinstance(value, list) else self._wrong(key, [], "an array is needed")

    def _parsed(self, key: str, parse: Callable[[str], T], stand_in: T) -> T:
        value = self._take(key)
        if not isinstance(value, str):
            return self._wrong(key, stand_in, "text is needed")
        try:
            return parse(value)
        except ValueError:
            self.note(key, "bad-value", "not a value that can stand here")
            return stand_in

    def _wrong(self, key: str, stand_in: T, detail: str) -> T:
        if self.has(key):
            self.note(key, "wrong-type", detail)
        else:
            self.note(key, "missing", "needed here")
        return stand_in


def _whole_row(row: Reader, read: Callable[[Reader], T]) -> T:
    value = read(row)
    row.done()
    return value


def _parse_day(text: str) -> date:
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        msg = "not written as YYYY-MM-DD"
        raise ValueError(msg)
    return day


def _parse_zone(name: str) -> str:
    if name not in zone_names():
        msg = "no such time zone in the IANA database"
        raise ValueError(msg)
    return name
