"""What is wrong with one value, as marshmallow carries it, and as problems with JSON Pointers."""

from collections.abc import Iterator, Mapping

from marshmallow.exceptions import SCHEMA
from typing_extensions import override

from medplan.documents.json_text import child
from medplan.errors import Problem


class Fault(str):
    """A message that also has a stable code; marshmallow passes it on like any message."""

    __slots__ = ("code",)
    code: str

    def __new__(cls, code: str, detail: str) -> "Fault":
        """A fault that reads as its detail."""
        fault = super().__new__(cls, detail)
        fault.code = code
        return fault

    @override
    def format(self, *_values: object, **_named: object) -> "Fault":
        """Itself: marshmallow formats every message, which would lose the code."""
        return self


MISSING = Fault("missing", "needed here")
UNKNOWN_KEY = Fault("unknown-key", "no such key is known here")
NOT_AN_OBJECT = Fault("wrong-type", "an object is needed")


def problems_of(messages: object, pointer: str = "") -> Iterator[Problem]:
    """Every fault in marshmallow's nested messages with the place it is about."""
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            yield from problems_of(below, pointer if key == SCHEMA else child(pointer, key))
    elif isinstance(messages, list):
        for below in messages:
            yield from problems_of(below, pointer)
    elif isinstance(messages, Fault):
        yield Problem(pointer, messages.code, str(messages))
    else:
        yield Problem(pointer, "invalid", str(messages))
