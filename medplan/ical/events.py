"""One VEVENT: the properties every event has, and its title and text at the detail asked for.

A discreet event holds no medicine, amount or illness anywhere; a full one says them. Stamps and
sequence come from the revision, never from the clock. Source: design notes, decisions 6 to 19.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import NAMESPACE_URL, uuid5

from medplan.formulary.model import Formulary
from medplan.ical.days import DaySeries
from medplan.ical.options import CalendarOptions, Detail, Method
from medplan.ical.series import EVENT_LENGTH, Due, Piece
from medplan.ical.writer import component, text
from medplan.ical.zone import Clock, wall_time
from medplan.model.plan import Plan
from medplan.wording import titles
from medplan.wording.amounts import mg_text
from medplan.wording.doses import (
    AGREED_BEFORE,
    DRAFT,
    NOT_ISSUED,
    ONLY_IF_AGREED,
    dose_sentence,
)
from medplan.wording.names import medicine_name
from medplan.wording.notes import lines

HOST = "plan"  # the same in a feed and a file, wherever the server runs


@dataclass(frozen=True)
class EventWriter:
    """Writes the events of one calendar; holds what all of them share."""

    plan: Plan
    formulary: Formulary
    options: CalendarOptions
    clock: Clock

    def dose_event(self, piece: Piece) -> list[str]:
        """The doses due at one clock time, on one day or on several in a row."""
        series = piece.series
        number = titles.dose_number(series.minute, series.place)
        title = titles.dose_title([self._dose_title(due) for due in series.due], number)
        said = lines([*self._dose_sentences(series.due), *self._footer])
        key = f"dose|{series.owner}|{series.minute}|{piece.begins}"
        return self._event(key, [*self._dose_times(piece), *_said(title, said)], self._alarm(title))

    def day_event(self, series: DaySeries) -> list[str]:
        """Whole days on which something other than a dose is due."""
        title = titles.DISCREET[series.kind]
        if self._full:
            title = titles.day_title(series.kind, series.names)
        said = lines([*series.sentences, *self._footer_of(series.kind)])
        times = _whole_day(series.first)
        if series.count > 1:
            times.append(f"RRULE:FREQ=DAILY;INTERVAL={series.every};COUNT={series.count}")
        return self._event(f"day|{series.kind}|{series.begins}", [*times, *_said(title, said)])

    def empty_event(self) -> list[str]:
        """The one event of a calendar that has nothing to show, dated by its revision."""
        said = lines(self._footer)
        day = _whole_day(self.options.stamped_at.date())
        return self._event("empty", [*day, *_said(titles.NO_SCHEDULE, said)])

    @property
    def _full(self) -> bool:
        return self.options.detail == Detail.FULL

    @property
    def _cancels(self) -> bool:
        return self.options.method == Method.CANCEL

    def _event(self, key: str, own: list[str], alarm: list[str] | None = None) -> list[str]:
        uid = f"UID:{uuid5(NAMESPACE_URL, f'{self.options.plan_key}|{key}').hex}@{HOST}"
        return component("VEVENT", [uid, *self._shared, *own, *(alarm or [])])

    @cached_property
    def _shared(self) -> tuple[str, ...]:
        """The properties that are the same in every event of a calendar."""
        stamp = _utc(self.options.stamped_at)
        return (
            f"DTSTAMP:{stamp}",
            f"CREATED:{_utc(self.options.created_at or self.options.stamped_at)}",
            f"LAST-MODIFIED:{stamp}",
            f"SEQUENCE:{self.options.written_sequence}",
            f"STATUS:{'CANCELLED' if self._cancels else 'CONFIRMED'}",
            "TRANSP:TRANSPARENT",
            "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
            "CLASS:PRIVATE",
            f"CATEGORIES:{titles.CATEGORY}",
        )

    def _dose_times(self, piece: Piece) -> Iterator[str]:
        """When: in the patient's zone, bounded by a count; on an unclear day its instant in UTC."""
        first, minute = piece.days.first, piece.series.minute
        if piece.unclear:
            start = self.clock.instant(first, minute)
            yield f"DTSTART:{_utc(start)}"
            yield f"DTEND:{_utc(start + EVENT_LENGTH)}"
            return
        zone, wall = self.clock.zone, wall_time(first, minute)
        yield f"DTSTART;TZID={zone}:{_local(wall)}"
        yield f"DTEND;TZID={zone}:{_local(wall + EVENT_LENGTH)}"
        if len(piece.days) > 1:
            yield f"RRULE:FREQ=DAILY;COUNT={len(piece.days)}"

    def _dose_title(self, due: Due) -> titles.DoseTitle:
        if self._full:
            name = medicine_name(due.medicine, self.formulary)
            return titles.DoseTitle(f"{name} {mg_text(due.dose.mg)}", due.conditional)
        return titles.DoseTitle(self.options.labels.get(due.medicine), due.conditional)

    def _dose_sentences(self, due: tuple[Due, ...]) -> Iterator[str]:
        for one in due:
            if self._full:
                said = dose_sentence(medicine_name(one.medicine, self.formulary), one.dose)
                yield f"{said} {AGREED_BEFORE}" if one.conditional else said
            elif one.conditional:
                label = self.options.labels.get(one.medicine)
                yield f"{ONLY_IF_AGREED}." if label is None else f"{label}: {ONLY_IF_AGREED}."

    @cached_property
    def _footer(self) -> tuple[str, ...]:
        """What every event says: which revision it is from, and where to check it."""
        link = self.options.page_url
        check = "" if link is None else f" Check today's plan: {link}"
        revision = f"Plan revision {self.options.revision}.{check}"
        return (revision,) if self.plan.issuable else (NOT_ISSUED, revision)

    def _footer_of(self, kind: titles.DayKind) -> tuple[str, ...]:
        """What a whole day says besides; what begins, that the formulary is a draft."""
        begins = kind in (titles.DayKind.START, titles.DayKind.WHEN_REQUIRED)
        draft = begins and self.plan.formulary.status == "draft"
        return (f"{DRAFT}.", *self._footer) if draft else self._footer

    def _alarm(self, title: str) -> list[str] | None:
        """One display alarm at the dose's time; without a description readers refuse a feed."""
        if not self.options.alarms or self._cancels:
            return None
        said = ["ACTION:DISPLAY", "TRIGGER:PT0S", f"DESCRIPTION:{text(title)}"]
        return component("VALARM", said)


def _said(title: str, said: str) -> list[str]:
    return [f"SUMMARY:{text(title)}", f"DESCRIPTION:{text(said)}"]


def _whole_day(day: date) -> list[str]:
    """One whole day; the end of a whole-day event is the day after it."""
    after = day + timedelta(days=1)
    return [f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}"]


def _utc(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"


def _local(wall: datetime) -> str:
    return f"{wall:%Y%m%dT%H%M%S}"
