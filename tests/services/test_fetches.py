"""Fetches of feeds are remembered by the hour and handed on once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from medplan.services.fetches import Fetch, FetchLog
from medplan.store.feed_lookup import LiveBody

NOON = datetime(2026, 11, 22, 12, 5, 7, tzinfo=UTC)
HOUR = datetime(2026, 11, 22, 12, tzinfo=UTC)
PRACTICE = UUID(int=1)


def given(token_sha256: str, revision: int, sequence: int) -> LiveBody:
    """What a fetch gave."""
    return LiveBody(b"", "", NOON, revision, sequence, token_sha256, PRACTICE)


def test_polls_of_one_hour_are_one_fetch() -> None:
    log = FetchLog()
    for minute in range(50):
        log.note(given("a", 1, 1), NOON + timedelta(minutes=minute))

    assert log.take() == {"a": Fetch(PRACTICE, HOUR, 1, 1)}
    log.note(given("a", 1, 1), NOON)
    assert log.take() == {}


def test_another_hour_revision_or_sequence_is_another_fetch() -> None:
    log = FetchLog()
    log.note(given("a", 1, 1), NOON)
    log.take()

    log.note(given("a", 2, 2), NOON)
    assert log.take() == {"a": Fetch(PRACTICE, HOUR, 2, 2)}
    log.note(given("a", 2, 3), NOON)
    assert log.take() == {"a": Fetch(PRACTICE, HOUR, 2, 3)}
    log.note(given("a", 2, 2), NOON + timedelta(hours=1))
    log.note(given("b", 1, 1), NOON)
    assert log.take() == {
        "a": Fetch(PRACTICE, HOUR + timedelta(hours=1), 2, 2),
        "b": Fetch(PRACTICE, HOUR, 1, 1),
    }


def test_what_could_not_be_written_waits_and_a_newer_fetch_stays() -> None:
    log = FetchLog()
    log.note(given("a", 1, 1), NOON)
    log.note(given("b", 1, 1), NOON)
    due = log.take()
    log.note(given("a", 2, 2), NOON)

    log.give_back(due)

    assert log.take() == {"a": Fetch(PRACTICE, HOUR, 2, 2), "b": Fetch(PRACTICE, HOUR, 1, 1)}
