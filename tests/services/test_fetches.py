"""Fetches of feeds are remembered by the hour and handed on once."""

from datetime import UTC, datetime, timedelta

from medplan.services.fetches import Fetch, FetchLog

NOON = datetime(2026, 11, 22, 12, 5, 7, tzinfo=UTC)
HOUR = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_polls_of_one_hour_are_one_fetch() -> None:
    log = FetchLog()
    for minute in range(50):
        log.note("a", 1, 1, NOON + timedelta(minutes=minute))

    assert log.take() == {"a": Fetch(HOUR, 1, 1)}
    log.note("a", 1, 1, NOON)
    assert log.take() == {}


def test_another_hour_revision_or_sequence_is_another_fetch() -> None:
    log = FetchLog()
    log.note("a", 1, 1, NOON)
    log.take()

    log.note("a", 2, 2, NOON)
    assert log.take() == {"a": Fetch(HOUR, 2, 2)}
    log.note("a", 2, 3, NOON)
    assert log.take() == {"a": Fetch(HOUR, 2, 3)}
    log.note("a", 2, 2, NOON + timedelta(hours=1))
    log.note("b", 1, 1, NOON)
    assert log.take() == {"a": Fetch(HOUR + timedelta(hours=1), 2, 2), "b": Fetch(HOUR, 1, 1)}


def test_what_could_not_be_written_waits_and_a_newer_fetch_stays() -> None:
    log = FetchLog()
    log.note("a", 1, 1, NOON)
    log.note("b", 1, 1, NOON)
    due = log.take()
    log.note("a", 2, 2, NOON)

    log.give_back(due)

    assert log.take() == {"a": Fetch(HOUR, 2, 2), "b": Fetch(HOUR, 1, 1)}
