"""What every form of a calendar keeps to, line by line, so that all readers understand the same."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from benchmarks.requests import everyday_plan
from medplan.formulary.model import Formulary
from medplan.ical.calendar import render_calendar
from medplan.model.plan import Plan
from tests.ical.test_sizes import FORMS, planned

HEAD = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Plan calendar//EN",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    "NAME:My plan",
    "X-WR-CALNAME:My plan",
    "CATEGORIES:Plan",
    "X-WR-CALDESC:DRAFT formulary: not signed clinical guidance. Plan revision 12.",
    "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
    "X-PUBLISHED-TTL:PT4H",
    "BEGIN:VTIMEZONE",
]
ALWAYS = ["UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "STATUS", "TRANSP", "CLASS"]
LINE = re.compile(r"([A-Z-]+)([;:].*)")
RULE = re.compile(r"FREQ=DAILY;(?:INTERVAL=(\d+);)?COUNT=(\d+)")


@pytest.fixture(scope="module", params=FORMS)
def lines(
    request: pytest.FixtureRequest, formularies: Mapping[str, Formulary], everyday: Plan
) -> list[str]:
    """The lines of the everyday plan in one of the forms, unfolded."""
    written = render_calendar(everyday, formularies["NZ"], FORMS[request.param])
    return written.decode().replace("\r\n ", "").split("\r\n")


@pytest.fixture(scope="module")
def everyday(formularies: Mapping[str, Formulary]) -> Plan:
    """Four medicines and what protects from them, for six weeks, issued."""
    return replace(planned(everyday_plan(), formularies), issuable=True)


def events(lines: Sequence[str]) -> Iterator[dict[str, str]]:
    """The properties of each event, its alarm's left out; the parameters go with the value."""
    for text in "\n".join(lines).split("BEGIN:VEVENT\n")[1:]:
        own = text.partition("\nEND:VEVENT")[0].partition("\nBEGIN:VALARM")[0].split("\n")
        yield {found[1]: found[2] for line in own if (found := LINE.fullmatch(line))}


def test_the_calendar_says_who_made_it_what_it_is_and_when_to_ask_again(lines: list[str]) -> None:
    assert lines[: len(HEAD)] == HEAD


def test_an_event_holds_what_readers_agree_on_and_nothing_else(lines: list[str]) -> None:
    for event in events(lines):
        when = [
            name for name in event if name in {"DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE"}
        ]
        assert list(event) == [*ALWAYS, *when, "SUMMARY", "DESCRIPTION"]
        assert (event["STATUS"], event["TRANSP"], event["CLASS"]) == (
            ":CONFIRMED",
            ":TRANSPARENT",
            ":PRIVATE",
        )


def test_an_event_is_named_by_nothing_and_stamped_by_its_revision(lines: list[str]) -> None:
    found = list(events(lines))

    assert all(re.fullmatch(":[a-z2-7]{26}@plan", event["UID"]) for event in found)
    assert len({event["UID"] for event in found}) == len(found)
    assert {event["SEQUENCE"] for event in found} == {":17"}
    stamps = {(event["DTSTAMP"], event["LAST-MODIFIED"]) for event in found}
    assert stamps == {(":20261122T093000Z", ":20261122T093000Z")}


def test_a_dose_is_in_a_defined_zone_and_lasts_a_quarter_of_an_hour(lines: list[str]) -> None:
    defined = {line.removeprefix("TZID:") for line in lines if line.startswith("TZID:")}
    timed = [event for event in events(lines) if "T" in event["DTSTART"].partition(":")[2]]

    assert timed
    for event in timed:
        zone = re.fullmatch(r";TZID=([^:]+):\d{8}T\d{6}", event["DTSTART"])
        assert zone is not None
        assert zone[1] in defined
        assert event["DURATION"] == ":PT15M"
        assert "DTEND" not in event


def test_a_whole_day_ends_on_the_day_after_it(lines: list[str]) -> None:
    for event in events(lines):
        if event["DTSTART"].startswith(";VALUE=DATE:"):
            first, end = (_day(event[name]) for name in ("DTSTART", "DTEND"))
            assert end - first == timedelta(1)
            assert "DURATION" not in event


def test_a_series_is_bounded_by_a_count_within_the_plan_and_a_checked_week(
    lines: list[str], everyday: Plan
) -> None:
    for event in events(lines):
        rule = RULE.fullmatch(event.get("RRULE", ":FREQ=DAILY;COUNT=1")[1:])
        assert rule is not None
        first = _day(event["DTSTART"])
        last = first + timedelta(int(rule[1] or 1) * (int(rule[2]) - 1))
        assert everyday.start <= first <= last <= everyday.end + timedelta(7)
        left_out = event.get("EXDATE", "")
        assert f"{first:%Y%m%d}" not in left_out
        assert f"{last:%Y%m%d}" not in left_out


def test_an_alarm_is_one_display_at_the_dose_that_says_its_title(lines: list[str]) -> None:
    for text in "\n".join(lines).split("BEGIN:VEVENT\n")[1:]:
        title = text.partition("\nSUMMARY:")[2].partition("\n")[0]
        for alarm in text.split("BEGIN:VALARM\n")[1:]:
            assert alarm.split("\n")[:4] == [
                "ACTION:DISPLAY",
                "TRIGGER:PT0S",
                f"DESCRIPTION:{title}",
                "END:VALARM",
            ]
        assert text.count("BEGIN:VALARM") <= 1


def _day(value: str) -> date:
    """The day in a property's value, with or without a clock time."""
    return date.fromisoformat(value.partition(":")[2][:8])
