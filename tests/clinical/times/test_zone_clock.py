"""Real elapsed time across clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given
from hypothesis import strategies as st

from medplan.clinical.times.zone_clock import ZoneClock

ZONES = st.sampled_from(sorted(available_timezones()))
DAYS = st.dates(date(2016, 1, 1), date(2035, 12, 31))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def first_instant_showing(zone: str, day: date, minute: int) -> int:
    """Walk through every minute of the time line and take the first that shows it or later."""
    wanted = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    start = int((wanted.replace(tzinfo=UTC) - EPOCH).total_seconds()) // 60 - 30 * 60
    for instant in range(start, start + 60 * 60):
        shown = (EPOCH + timedelta(minutes=instant)).astimezone(ZoneInfo(zone))
        if shown.replace(tzinfo=None) >= wanted:
            return instant
    raise AssertionError(zone)


@given(zone=ZONES, day=DAYS, minute=st.integers(0, 1439))
def test_an_instant_is_the_first_that_shows_the_clock_time_or_a_later_one(
    zone: str, day: date, minute: int
) -> None:
    instant = ZoneClock(zone).instant(day.toordinal(), minute)

    assert instant == first_instant_showing(zone, day, minute)


def test_a_skipped_time_is_taken_when_the_gap_ends() -> None:
    clock = ZoneClock("Pacific/Auckland")
    change = date(2026, 9, 27).toordinal()

    at_half_past_two = clock.instant(change, 150)
    assert at_half_past_two == clock.instant(change, 180)
    assert EPOCH + timedelta(minutes=at_half_past_two) == datetime(2026, 9, 26, 14, tzinfo=UTC)


def test_a_repeated_time_is_taken_at_its_first() -> None:
    clock = ZoneClock("Europe/London")

    instant = clock.instant(date(2026, 10, 25).toordinal(), 90)
    assert EPOCH + timedelta(minutes=instant) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
