"""Calendars of plans that the planner made: the examples, one of six weeks, one of two years."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import icalendar
import pytest
import recurring_ical_events  # type: ignore[import-untyped] # ships no types

from medplan.clinical.times.zone_clock import clock_for
from medplan.documents.request import read_request
from medplan.formulary.model import Formulary
from medplan.ical.calendar import CalendarOptions, Detail, Group, render_calendar
from medplan.ical.zone import Clock
from medplan.model.plan import Plan
from medplan.services.planning import plan_and_prove
from medplan.units import Days
from tests.ical.expected import ZONES
from tests.ical.invented import OPTIONS

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.json"))
SCIATICA = json.loads((EXAMPLES[0].parent / "sciatica-amitriptyline.json").read_text())
FILE = replace(OPTIONS, advance=True)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def planned(request: object, formularies: Mapping[str, Formulary]) -> Plan:
    """What the planner makes of a request in JSON."""
    read = read_request(json.dumps(request), formularies)
    return plan_and_prove(read, formularies[read.jurisdiction])


def rendered(made: Plan, formularies: Mapping[str, Formulary], options: CalendarOptions) -> bytes:
    """A plan's calendar by the formulary it was made from."""
    return render_calendar(made, formularies[made.formulary.jurisdiction], options)


def engine_instants(made: Plan, options: CalendarOptions) -> Counter[datetime]:
    """When the engine itself says that something is due; as often as there are events then."""
    clock = clock_for(made.time_zone)
    times = {
        (day.toordinal(), dose.minute, c.medicine if options.group is Group.MEDICINE else "")
        for c in made.courses
        for step in c.steps
        if not step.when_required
        for day in step.days
        for dose in step.doses
        if dose.minute is not None
    }
    return Counter(EPOCH + timedelta(minutes=clock.instant(day, m)) for day, m, _ in times)


@pytest.mark.parametrize("group", list(Group))
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_file_has_an_event_at_every_instant_that_the_engine_has_a_dose(
    path: Path, group: Group, formularies: Mapping[str, Formulary]
) -> None:
    made, options = planned(json.loads(path.read_text()), formularies), replace(FILE, group=group)
    calendar = icalendar.Calendar.from_ical(rendered(made, formularies, options))

    events = recurring_ical_events.of(calendar).between(
        made.start - timedelta(2), made.end + timedelta(2)
    )

    starts = [event.start for event in events]
    timed = Counter(start.astimezone(UTC) for start in starts if isinstance(start, datetime))
    assert timed == engine_instants(made, options)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_discreet_calendar_of_a_real_plan_names_nothing(
    path: Path, formularies: Mapping[str, Formulary]
) -> None:
    made = planned(json.loads(path.read_text()), formularies)
    medicines = formularies[made.formulary.jurisdiction].medicines

    written = rendered(made, formularies, replace(FILE, alarms=True)).decode().lower()

    telling = {*medicines, *(m.name.lower() for m in medicines.values()), " mg", made.indication}
    assert sorted(word for word in telling if word in written) == []


def test_a_feed_has_no_step_up_and_a_file_marks_every_one(
    formularies: Mapping[str, Formulary],
) -> None:
    made = planned(SCIATICA, formularies)
    full = replace(OPTIONS, detail=Detail.FULL)

    feed = rendered(made, formularies, full).decode()
    file = rendered(made, formularies, replace(full, advance=True)).decode()

    assert "SUMMARY:Amitriptyline 10 mg\r\n" in feed
    assert "Amitriptyline 20 mg" not in feed
    assert "SUMMARY:Amitriptyline 20 mg (only if you agreed to go up)\r\n" in file


@pytest.mark.parametrize("zone", ZONES)
def test_the_calendar_and_the_engine_agree_on_every_quarter_of_an_hour_about_a_clock_change(
    zone: str,
) -> None:
    ours = Clock.over(zone, Days(date(2027, 1, 1), date(2027, 12, 31)))
    engine = clock_for(zone)
    changing = [c.wall.date() + timedelta(n) for c in ours.changes for n in (-1, 0, 1)]

    differing = [
        (day, minute)
        for day in (date(2027, 1, 1), *changing)
        for minute in range(0, 24 * 60, 15)
        if ours.instant(day, minute)
        != EPOCH + timedelta(minutes=engine.instant(day.toordinal(), minute))
    ]

    assert differing == []
