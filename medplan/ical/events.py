"""One VEVENT: the properties every event has, and its title and text at the detail asked for.

A discreet event holds no medicine, amount or illness anywhere; a full one says them. Stamps and
sequence come from the revision, never from the clock. Source: design notes, decisions 6 to 19.
"""

from base64 import b32encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from medplan.formulary.model import Formulary
from medplan.ical.days import DaySeries
from medplan.ical.options import CalendarOptions, Detail
from medplan.ical.series import EVENT_LENGTH, Due, Piece
from medplan.ical.stamps import Stamp, revision_text, stamp_lines
from medplan.ical.writer import component, text
from medplan.ical.zone import Clock, wall_time
from medplan.model.plan import Plan
from medplan.wording import event_notes, titles
from medplan.wording.amounts import mg_text
from medplan.wording.doses import (
    DRAFT,
    ONLY_IF_AGREED,
)
from medplan.wording.names import medicine_name
from medplan.wording.notes import lines

HOST = "plan"  # the same in a feed and a file, wherever the server runs
_DURATION = f"DURATION:PT{EVENT_LENGTH // timedelta(minutes=1)}M"
# TRANSP tells Outlook, too, that nobody is busy; X-MICROSOFT-CDO-BUSYSTATUS would only repeat it.
_ALWAYS = ("TRANSP:TRANSPARENT", "CLASS:PRIVATE")


@dataclass(frozen=True, slots=True)
class Entry:
    """What one event is about, before it is stamped. Without `times` it is the day of its stamp,
    where the patient is."""

    uid: str
    times: tuple[str, ...]
    title: str
    said: tuple[str, ...]
    rings: bool = False


@dataclass(frozen=True)
class EventWriter:
    """Writes the events of one calendar; holds what all of them share."""

    plan: Plan
    formulary: Formulary
    options: CalendarOptions
    clock: Clock

    def dose(self, piece: Piece) -> Entry:
        """The doses due at one clock time, on one day or on several in a row."""
        series = piece.series
        number = titles.dose_number(series.minute, series.place)
        return Entry(
            self._uid(f"dose|{series.owner}|{series.minute}|{piece.begins}"),
            tuple(self._dose_times(piece)),
            titles.dose_title([self._dose_title(due) for due in series.due], number),
            tuple(self._dose_sentences(series.due)),
            rings=self.options.alarms,
        )

    def day(self, series: DaySeries) -> Entry:
        """Whole days on which something other than a dose is due."""
        title = titles.DISCREET[series.kind]
        if self.options.detail == Detail.FULL:
            title = titles.day_title(series.kind, series.names)
        draft = (f"{DRAFT}.",) if self._begins_as_draft(series.kind) else ()
        return Entry(
            self._uid(f"day|{series.kind}|{series.begins}"),
            (*_whole_day(series.first), *_repeated_days(series)),
            title,
            (*series.sentences, *draft),
        )

    def nothing(self) -> Entry:
        """The one event of a calendar that has nothing to show."""
        return Entry(self._uid("empty"), (), titles.NO_SCHEDULE, ())

    def written(self, entry: Entry, stamp: Stamp) -> list[str]:
        """The lines of an event as of its stamp."""
        said = lines([*entry.said, *self._footer(stamp.revision)])
        return component(
            "VEVENT",
            [
                *self._common(entry, stamp, "CONFIRMED"),
                f"SUMMARY:{text(entry.title)}",
                f"DESCRIPTION:{text(said)}",
                *(_alarm(entry.title) if entry.rings else ()),
            ],
        )

    def cancelled(self, entry: Entry, stamp: Stamp) -> list[str]:
        """The lines that take an imported event back out; they say nothing of what it was."""
        common = self._common(entry, stamp, "CANCELLED")
        return component("VEVENT", [*common, f"SUMMARY:{titles.CANCELLED}"])

    def _uid(self, key: str) -> str:
        return _uid(f"{self.options.plan_key}|{key}")

    def _common(self, entry: Entry, stamp: Stamp, status: str) -> Iterator[str]:
        yield f"UID:{entry.uid}"
        yield from stamp_lines(stamp)
        yield f"STATUS:{status}"
        yield from _ALWAYS
        there = stamp.at.astimezone(ZoneInfo(self.plan.time_zone))
        yield from entry.times or _whole_day(there.date())

    def _dose_times(self, piece: Piece) -> Iterator[str]:
        """When: in the patient's zone or in UTC, bounded by a count."""
        first, minute = piece.days.first, piece.series.minute
        if piece.in_utc:
            yield f"DTSTART:{_utc(self.clock.instant(first, minute))}"
        else:
            yield f"DTSTART;TZID={self.clock.zone}:{_local(wall_time(first, minute))}"
        yield _DURATION
        if len(piece.days) > 1:
            yield f"RRULE:FREQ=DAILY;COUNT={len(piece.days)}"

    def _dose_title(self, due: Due) -> titles.DoseTitle:
        if self.options.detail == Detail.FULL:
            name = medicine_name(due.medicine, self.formulary)
            return titles.DoseTitle(f"{name} {mg_text(due.dose.mg)}", due.conditional)
        return titles.DoseTitle(self.options.labels.get(due.medicine), due.conditional)

    def _dose_sentences(self, due: tuple[Due, ...]) -> Iterator[str]:
        if self.options.detail == Detail.FULL:
            yield from event_notes.dose_sentences([self._told(one) for one in due])
            return
        for one in due:
            if one.conditional:
                label = self.options.labels.get(one.medicine)
                yield f"{ONLY_IF_AGREED}." if label is None else f"{label}: {ONLY_IF_AGREED}."

    def _told(self, due: Due) -> event_notes.DoseTold:
        known = self.formulary.medicines.get(due.medicine)
        name = medicine_name(due.medicine, self.formulary)
        return event_notes.DoseTold(
            name, due.dose, event_notes.caution_text(known), due.conditional
        )

    def _footer(self, revision: int) -> tuple[str, ...]:
        """What every event says: as of which revision it is, and where to check it.

        Of a plan that is not issued there is nothing to check: that one must not be followed.
        """
        if self.plan.issuable:
            return (f"{revision_text(revision)}{self._check}",)
        return (event_notes.NOT_ISSUED, revision_text(revision))

    @cached_property
    def _check(self) -> str:
        link = self.options.page_url
        return "" if link is None else f" Check today's plan: {link}"

    def _begins_as_draft(self, kind: titles.DayKind) -> bool:
        """Whether something begins that day by a formulary nobody has signed."""
        begins = kind in (titles.DayKind.START, titles.DayKind.WHEN_REQUIRED)
        return begins and self.plan.formulary.status == "draft"


# A plan's feeds and revisions have nearly all of their events in common.
@lru_cache(maxsize=4096)
def _uid(key: str) -> str:
    made = uuid5(NAMESPACE_URL, key)
    return f"{b32encode(made.bytes).decode().rstrip('=').lower()}@{HOST}"


def _alarm(title: str) -> list[str]:
    """One display alarm at the dose's time; without a description readers refuse a feed."""
    said = ["ACTION:DISPLAY", "TRIGGER:PT0S", f"DESCRIPTION:{text(title)}"]
    return component("VALARM", said)


def _whole_day(day: date) -> tuple[str, ...]:
    """One whole day; the end of a whole-day event is the day after it."""
    after = day + timedelta(days=1)
    return (f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}")


def _repeated_days(series: DaySeries) -> Iterator[str]:
    """On which further days: a count, of which exceptions take some away."""
    if series.count > 1:
        every = f"INTERVAL={series.every};" if series.every > 1 else ""
        yield f"RRULE:FREQ=DAILY;{every}COUNT={series.count}"
    if series.without:
        days = ",".join(f"{day:%Y%m%d}" for day in series.without)
        yield f"EXDATE;VALUE=DATE:{days}"


def _utc(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"


def _local(wall: datetime) -> str:
    return f"{wall:%Y%m%dT%H%M%S}"
