"""Which feeds were fetched in which hour, and what they were given.

Reading a feed must write nothing. So each process remembers the hour and the revision of every
feed's last fetch, and hands on only what is new: at most one write for a feed and an hour. Knows
neither the clock nor the database.
"""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FeedKey:
    """A feed of an organisation."""

    organisation_id: UUID
    id: UUID


@dataclass(frozen=True, slots=True)
class Fetch:
    """The hour in which a feed was last fetched, and the revision whose bytes it gave."""

    hour: datetime
    revision: int


class FetchLog:
    """This process's memory of fetches, shared by its threads."""

    def __init__(self) -> None:
        self._last: dict[FeedKey, Fetch] = {}
        self._due: dict[FeedKey, Fetch] = {}
        self._lock = Lock()

    def note(self, key: FeedKey, revision: int, at: datetime) -> None:
        """Remember that a feed was fetched just now."""
        fetch = Fetch(at.replace(minute=0, second=0, microsecond=0), revision)
        if self._last.get(key) == fetch:
            return
        with self._lock:
            self._last[key] = self._due[key] = fetch

    def take(self) -> dict[FeedKey, Fetch]:
        """Hand over what nobody has been told yet."""
        with self._lock:
            due, self._due = self._due, {}
        return due

    def give_back(self, fetches: dict[FeedKey, Fetch]) -> None:
        """Take back what could not be written; a newer fetch stays."""
        with self._lock:
            self._due = fetches | self._due
