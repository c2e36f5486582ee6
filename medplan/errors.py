"""Everything medplan refuses. Stable codes, no HTTP, no patient data.

`gate.problems` alone turns a code into an HTTP status; `cli` turns it into an exit code.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault in what was sent: where (RFC 6901 JSON Pointer), a stable code, and why."""

    pointer: str
    code: str
    detail: str


class MedplanError(Exception):
    """Base of everything medplan refuses; `code` is stable and documented."""

    code = "error"


class InvalidRequestError(MedplanError):
    """What was sent can't be understood or contradicts itself; every problem at once."""

    code = "invalid-request"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("; ".join(f"{p.pointer or '/'}: {p.detail}" for p in self.problems))


class InvalidFormularyError(MedplanError):
    """The formulary's files break a rule of their own; each problem says file, place and reason."""

    code = "invalid-formulary"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("; ".join(f"{p.pointer}: {p.detail}" for p in self.problems))
