"""What an audit line says; lines that the database could not take yet, in this process's memory.

Only readings leave such lines: a change that can't be written is no change. How many may wait is
bounded, so that a database that never recovers does not eat the machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from uuid import UUID

from medplan.errors import MedplanError

_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Line:
    """What an audit line says: who (None: whoever runs medplan) did what to which thing, when."""

    organisation_id: UUID
    id: UUID
    at: datetime
    user_id: UUID | None
    act: str
    subject: str


class TooManyLateError(MedplanError):
    """So many readings wait to be written down that no more are answered."""

    code = "not-ready"

    def __init__(self) -> None:
        super().__init__("The database has taken no changes for too long.")


class LateLines:
    """Lines in the order in which they came, shared by the process's threads."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._lines)

    def wait(self, line: Line) -> None:
        """Let a line wait.

        Raises:
            TooManyLateError: there is no more room.
        """
        with self._lock:
            if len(self._lines) >= _MOST:
                raise TooManyLateError
            self._lines.append(line)

    def take(self) -> Sequence[Line]:
        """Hand over every line."""
        with self._lock:
            lines, self._lines = self._lines, []
        return lines

    def give_back(self, lines: Sequence[Line]) -> None:
        """Take back lines that could not be written after all."""
        with self._lock:
            self._lines = [*lines, *self._lines]
