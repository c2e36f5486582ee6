"""A form as a page shows it: what stands in each field, and what is wrong there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from medplan.errors import Problem
from medplan.web.practice.form_tree import ASKED, Fields, kind_of

MOST_COURSES = 20
_MOST_ROWS = 200
_WORDS = {"courses": "medicine", "patient": "", "medicines": "medicine taken", "mg": "mg"}
# What a form keeps without showing it, so that editing a plan loses nothing.
_KEPT = frozenset({"/acknowledged/*/code", "/acknowledged/*/reason"})
_KEPT_OF_TAPERS = frozenset({"/courses/*/taper/slot_order/*"})


@dataclass(frozen=True, slots=True)
class Form:
    """A form's fields by name, and the problems that a reader found in them."""

    fields: Fields
    problems: Sequence[Problem] = field(default=())

    def value(self, name: str) -> str:
        """What stands in a field."""
        values = self.fields.get(name, ())
        return values[-1] if values else ""

    def values(self, name: str) -> Sequence[str]:
        """All that is chosen in a field of many choices."""
        return self.fields.get(name, ())

    def asked(self, name: str) -> bool:
        """Whether the question behind a list was asked."""
        return "yes" in self.fields.get(f"{ASKED}{name}", ())

    def faults(self, name: str) -> list[str]:
        """What is wrong with a field."""
        return [p.detail for p in self.problems if p.pointer == name]

    def wrong(self, name: str) -> bool:
        """Whether anything is wrong with a field or inside a group of them."""
        return any(p.pointer == name or p.pointer.startswith(f"{name}/") for p in self.problems)

    def rows(self, name: str, *, spare: int) -> range:
        """The rows of a table to show: those with something in them, and some empty ones."""
        start = f"{name}/"
        used = [
            int(number)
            for other, values in self.fields.items()
            if other.startswith(start) and any(value.strip() for value in values)
            if (number := other.removeprefix(start).partition("/")[0]).isdigit()
        ]
        return range(min(max(used, default=-1) + 1 + spare, _MOST_ROWS))

    def courses(self) -> range:
        """The numbers of the courses, those still without a medicine too."""
        start = "/courses/"
        numbers = [
            int(number)
            for name in self.fields
            if name.startswith(start)
            if (number := name.removeprefix(start).partition("/")[0]).isdigit()
        ]
        return range(min(max(numbers, default=-1) + 1, MOST_COURSES))

    def kept(self) -> list[tuple[str, str]]:
        """What the form carries along unseen."""
        return [
            (name, value)
            for name, values in self.fields.items()
            if kind_of(name) in _KEPT or (kind_of(name) in _KEPT_OF_TAPERS and self._tapers(name))
            for value in values
        ]

    def _tapers(self, name: str) -> bool:
        course = "/".join(name.split("/")[:3])
        return self.value(f"{course}/regimen") == "taper"


def without_course(fields: Fields, number: int) -> dict[str, list[str]]:
    """The fields without one of the courses; those after it move up."""
    kept: dict[str, list[str]] = {}
    for name, values in fields.items():
        parts = name.split("/")
        if parts[1:2] == ["courses"] and len(parts) > 2 and parts[2].isdigit():
            n = int(parts[2])
            if n == number:
                continue
            parts[2] = str(n - 1 if n > number else n)
        kept["/".join(parts)] = list(values)
    return kept


def place_text(pointer: str) -> str:
    """A place of a request in words: `medicine 1, days`."""
    said = []
    for part, following in pairwise([*pointer.split("/")[1:], ""]):
        if part.isdigit():
            continue
        word = _WORDS.get(part, part.replace("_", " "))
        said.append(f"{word} {int(following) + 1}" if following.isdigit() else word)
    return ", ".join(word for word in said if word) or "the request"
