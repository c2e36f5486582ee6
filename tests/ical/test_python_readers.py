"""Other people's readers in Python find every dose at the instant the plan has it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import icalendar
import pytest
import recurring_ical_events  # type: ignore[import-untyped] # ships no types
import vobject  # type: ignore[import-untyped] # ships no types

from medplan.ical.calendar import Detail, Group, render_calendar
from tests.ical.expected import ZONES, expected_instants
from tests.ical.invented import OPTIONS, formulary
from tests.ical.year import year_of_days, year_of_doses

FROM, TO = date(2026, 11, 1), date(2028, 1, 31)


@pytest.mark.parametrize("zone", ZONES)
def test_recurring_ical_events_finds_every_dose_at_its_instant(zone: str) -> None:
    made = year_of_doses(zone)
    calendar = icalendar.Calendar.from_ical(render_calendar(made, formulary(), OPTIONS))

    found = list(recurring_ical_events.of(calendar).between(FROM, TO))

    days = [event.start for event in found if not isinstance(event.start, datetime)]
    assert tuple(sorted(_timed(found))) == expected_instants(made)
    assert tuple(sorted(days)) == year_of_days(made)


@pytest.mark.parametrize("zone", ZONES)
def test_vobject_finds_every_dose_at_its_instant(zone: str) -> None:
    made = year_of_doses(zone)
    read = vobject.readOne(render_calendar(made, formulary(), OPTIONS).decode())

    found = [moment for event in read.vevent_list for moment in _vobject_instants(event)]
    days = [day for event in read.vevent_list for day in _vobject_days(event)]

    assert tuple(sorted(found)) == expected_instants(made)
    assert tuple(sorted(days)) == year_of_days(made)


@pytest.mark.parametrize("zone", ZONES)
def test_icalendar_finds_no_fault(zone: str) -> None:
    options = replace(OPTIONS, detail=Detail.FULL, alarms=True, group=Group.MEDICINE)
    calendar = icalendar.Calendar.from_ical(
        render_calendar(year_of_doses(zone), formulary(), options)
    )

    assert [part.errors for part in calendar.walk() if part.errors] == []


def _timed(events: Iterable[icalendar.Event]) -> Iterator[datetime]:
    for event in events:
        start = event.start
        if isinstance(start, datetime):
            yield start.astimezone(UTC)


def _vobject_instants(event: vobject.base.Component) -> Iterator[datetime]:
    start = event.dtstart.value
    if isinstance(start, datetime):
        occurrences = event.getrruleset(addRDate=True) or [start]
        zone = start.tzinfo
        yield from (one.replace(tzinfo=one.tzinfo or zone).astimezone(UTC) for one in occurrences)


def _vobject_days(event: vobject.base.Component) -> Iterator[date]:
    start = event.dtstart.value
    if not isinstance(start, datetime):
        yield from (one.date() for one in event.getrruleset(addRDate=True) or ())
        if not hasattr(event, "rrule"):
            yield start
