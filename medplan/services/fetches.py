"""Which feeds were fetched in which hour, and what they were given.

Reading a feed must write nothing. So each process remembers the hour and the revision of every
feed's last fetch, and hands on only what is new: at most one write for a feed and an hour. Knows
neither the clock nor the database.
"""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from uuid import UUID

from medplan.store.feed_lookup import LiveBody


@dataclass(frozen=True, slots=True)
class Fetch:
    """The hour in which a feed was last fetched, and the revision and sequence of what it gave."""

    organisation_id: UUID
    hour: datetime
    revision: int
    sequence: int


class FetchLog:
    """This process's memory of fetches, shared by its threads. A feed is named by its token's hash:
    a fetch by an address that was since rotated counts for nobody."""

    def __init__(self) -> None:
        self._last: dict[str, Fetch] = {}
        self._due: dict[str, Fetch] = {}
        self._lock = Lock()

    def note(self, found: LiveBody, at: datetime) -> None:
        """Remember that a feed was fetched just now, and what it gave."""
        hour = at.replace(minute=0, second=0, microsecond=0)
        fetch = Fetch(found.organisation_id, hour, found.revision, found.sequence)
        if self._last.get(found.token_sha256) == fetch:
            return
        with self._lock:
            self._last[found.token_sha256] = self._due[found.token_sha256] = fetch

    def take(self) -> dict[str, Fetch]:
        """Hand over what nobody has been told yet."""
        with self._lock:
            due, self._due = self._due, {}
        return due

    def give_back(self, fetches: dict[str, Fetch]) -> None:
        """Take back what could not be written; a newer fetch stays."""
        with self._lock:
            self._due = fetches | self._due
