"""Zone definitions of our own say what the time zone database says, for every zone there is."""

import zoneinfo
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest

from medplan.ical.vtimezone import timezone_lines
from medplan.ical.writer import component, to_bytes
from medplan.ical.zone import Clock, clock_changes
from medplan.units import Days
from tests.ical.expected import first_instant

FIRST, LAST = 2025, 2029
NAMES = sorted(zoneinfo.available_timezones())
DEFINED = [name for name in NAMES if timezone_lines(name, FIRST, LAST) is not None]


def offsets_by_definition(name: str) -> list[tuple[datetime, timedelta]]:
    """Every onset (UTC) in a VTIMEZONE's window with its offset, worked out from its text alone."""
    lines = timezone_lines(name, FIRST, LAST)
    assert lines is not None
    read = icalendar.Calendar.from_ical(to_bytes(component("VCALENDAR", lines)))
    (definition,) = read.walk("VTIMEZONE")
    onsets = []
    for part in definition.subcomponents:
        assert isinstance(part, icalendar.TimezoneStandard | icalendar.TimezoneDaylight)
        before, after = part.TZOFFSETFROM, part.TZOFFSETTO
        onsets += [((w - before).replace(tzinfo=UTC), after) for w in _walls(part)]
    return sorted(onsets)


def _walls(part: icalendar.TimezoneStandard | icalendar.TimezoneDaylight) -> list[datetime]:
    first = part.DTSTART
    if not part.rrules:
        return [first]
    rule = part.rrules[0]
    week, weekday = int(rule["BYDAY"][0][:-2]), rule["BYDAY"][0][-2:]
    number = ("MO", "TU", "WE", "TH", "FR", "SA", "SU").index(weekday)
    walls = []
    for year in range(first.year, LAST + 1):
        month = [date(year, rule["BYMONTH"][0], 1) + timedelta(n) for n in range(31)]
        fitting = [d for d in month if d.weekday() == number and d.month == month[0].month]
        walls.append(datetime.combine(fitting[week if week < 0 else week - 1], first.time()))
    assert walls[0] == first
    return walls


@pytest.mark.parametrize("name", DEFINED)
def test_the_definition_gives_every_offset_that_zoneinfo_gives(name: str) -> None:
    onsets, zone = offsets_by_definition(name), ZoneInfo(name)
    days = [datetime(FIRST, 1, 1, tzinfo=UTC) + timedelta(n) for n in range(5 * 365)]
    told = [moment for moment, _ in onsets if moment.year >= FIRST]
    moments = [*days, *told, *(moment - timedelta(seconds=1) for moment in told)]

    starts = [moment for moment, _ in onsets]
    latest = [onsets[bisect_right(starts, moment) - 1][1] for moment in moments]

    assert latest == [moment.astimezone(zone).utcoffset() for moment in moments]


@pytest.mark.parametrize("name", ["Europe/London", "Pacific/Auckland", "America/New_York"])
def test_a_regular_zone_is_two_yearly_rules(name: str) -> None:
    lines = timezone_lines(name, 2026, 2028) or ()

    assert [line for line in lines if line.startswith("BEGIN")][1:] == [
        "BEGIN:DAYLIGHT",
        "BEGIN:STANDARD",
    ]
    assert sum(line.startswith("RRULE:FREQ=YEARLY;BYMONTH=") for line in lines) == 2


def test_a_zone_that_no_two_rules_describe_has_no_definition() -> None:
    without = {name for name in NAMES if timezone_lines(name, FIRST, LAST) is None}

    assert {"Africa/Casablanca", "Africa/El_Aaiun", "Asia/Gaza"} <= without
    assert not without & {"UTC", "Europe/London", "Pacific/Auckland", "Asia/Kolkata"}
    assert all(clock_changes(name, FIRST, LAST) for name in without)


def test_a_zone_without_changes_is_one_standard() -> None:
    assert timezone_lines("Asia/Kolkata", 2026, 2028) == (
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Kolkata",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0530",
        "TZOFFSETTO:+0530",
        "TZNAME:IST",
        "END:STANDARD",
        "END:VTIMEZONE",
    )


@pytest.mark.parametrize(
    "name", ["Pacific/Auckland", "Australia/Lord_Howe", "Asia/Beirut", "Atlantic/Azores"]
)
def test_a_skipped_time_comes_right_after_the_gap_and_a_repeated_one_first(name: str) -> None:
    year = Days(date(2027, 1, 1), date(2027, 12, 31))
    clock = Clock.over(name, year)

    for change in clock_changes(name, 2027, 2027):
        for day in (change.wall.date() + timedelta(n) for n in (-1, 0, 1)):
            for minute in range(0, 24 * 60, 15):
                assert clock.instant(day, minute) == first_instant(ZoneInfo(name), day, minute)


def test_days_are_unclear_only_where_the_event_touches_the_skipped_hour() -> None:
    year = Days(date(2027, 1, 1), date(2027, 12, 31))
    clock = Clock.over("Pacific/Auckland", year)
    quarter = timedelta(minutes=15)
    skipped, repeated = date(2027, 9, 26), date(2027, 4, 4)

    found = {m: sorted(clock.unclear_days(year, m, quarter)) for m in (105, 110, 150, 179, 180)}

    assert found == {
        105: [],
        110: [repeated, skipped],
        150: [repeated, skipped],
        179: [repeated, skipped],
        180: [],
    }
