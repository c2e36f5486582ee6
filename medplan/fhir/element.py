"""Reading FHIR element by element, telling whatever was not understood.

An `Element` knows where it is (a FHIRPath expression) and which of its members were looked at.
`done` tells of the others, so that nothing that was sent is dropped in silence.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from medplan.documents.json_text import JsonValue
from medplan.fhir.values import OURS

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(  # within the years that can be told in every zone
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)


class Level(StrEnum):
    """How bad an issue is, in FHIR's words."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to be told of what was sent: where, in FHIR's code of issue types, and why."""

    level: Level
    code: str
    expression: str
    text: str


class Element:
    """One JSON object at one place. Elements of one resource share their issues."""

    def __init__(self, value: JsonValue, place: str, issues: list[Issue]) -> None:
        self.place, self.issues = place, issues
        self._members: Mapping[str, JsonValue] = value if isinstance(value, dict) else {}
        self._unread = set(self._members)
        if not isinstance(value, dict):
            self.refuse("structure", "an object is needed")

    def refuse(self, code: str, text: str, key: str = "") -> None:
        """Tell of a fault in this element or one of its members."""
        self.tell(Level.ERROR, code, text, key)

    def tell(self, level: Level, code: str, text: str, key: str = "") -> None:
        """Tell of something in this element or one of its members."""
        self.issues.append(Issue(level, code, f"{self.place}.{key}" if key else self.place, text))

    def done(self) -> None:
        """Tell of every member that nobody looked at."""
        for key in sorted(self._unread):
            if key != "id" and not key.startswith("_"):
                self.refuse("not-supported", "this is not understood, so nothing is planned", key)

    def has(self, key: str) -> bool:
        """Whether the member is there."""
        return key in self._members

    def leave(self, *keys: str) -> None:
        """Know these members, whose content does not change a dose."""
        self._unread -= {*keys}

    def text(self, key: str) -> str | None:
        """Words, None where there are none."""
        value = self._take(key)
        if value is None or isinstance(value, str):
            return value
        self._wrong(key, "text is needed")
        return None

    def yes(self, key: str) -> bool:
        """Whether the member is true."""
        value = self._take(key)
        if value is not None and not isinstance(value, bool):
            self._wrong(key, "true or false is needed")
        return value is True

    def decimal(self, key: str) -> Decimal | None:
        """An exact number."""
        value = self._take(key)
        if isinstance(value, Decimal):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return Decimal(value)
        if value is not None:
            self._wrong(key, "a number is needed")
        return None

    def whole(self, key: str) -> int | None:
        """A whole number."""
        value = self._take(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        self._wrong(key, "a whole number is needed")
        return None

    def day(self, key: str) -> date | None:
        """A calendar day; a month or a year alone says no day."""
        value = self._take(key)
        if value is None:
            return None
        try:
            if isinstance(value, str) and _DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        self._wrong(key, "a whole calendar day such as 2026-11-23 is needed")
        return None

    def moment(self, key: str) -> date | datetime | None:
        """A calendar day, or an instant with its offset from UTC."""
        value = self._members.get(key)
        if not isinstance(value, str) or "T" not in value:
            return self.day(key)
        self._take(key)
        try:
            if _INSTANT.fullmatch(value):
                return datetime.fromisoformat(value)
        except ValueError:
            pass
        self._wrong(key, "a day, or an instant such as 2026-11-23T10:00:00+13:00, is needed")
        return None

    def child(self, key: str) -> "Element | None":
        """The object that a member is."""
        value = self._take(key)
        return None if value is None else Element(value, f"{self.place}.{key}", self.issues)

    def children(self, key: str) -> list["Element"]:
        """The objects in a list."""
        return [
            Element(item, f"{self.place}.{key}[{n}]", self.issues)
            for n, item in enumerate(self.values(key))
        ]

    def texts(self, key: str) -> list[str]:
        """The words in a list."""
        values = self.values(key)
        if not all(isinstance(value, str) for value in values):
            self._wrong(key, "a list of text is needed")
        return [value for value in values if isinstance(value, str)]

    def values(self, key: str) -> list[JsonValue]:
        """The items of a list, empty where there is none."""
        value = self._take(key)
        if value is None or isinstance(value, list):
            return value or []
        self._wrong(key, "a list is needed")
        return []

    def ours(self, name: str, key: str = "extension") -> "Element | None":
        """One of our own extensions."""
        return next(self.all_ours(name, key), None)

    def all_ours(self, name: str, key: str = "extension") -> Iterator["Element"]:
        """Every one of our own extensions of this name."""
        return (e for e in self.children(key) if e.text("url") == f"{OURS}:{name}")

    def parts(self, name: str) -> list["Element"]:
        """The parts of an extension that have this name."""
        return [e for e in self.children("extension") if e.text("url") == name]

    def part(self, name: str) -> "Element":
        """The part of an extension that has this name; an empty one where there is none."""
        found = self.parts(name)
        return found[0] if found else Element({}, self.place, self.issues)

    def _take(self, key: str) -> JsonValue:
        self._unread.discard(key)
        return self._members.get(key)

    def _wrong(self, key: str, text: str) -> None:
        self.refuse("value", text, key)
