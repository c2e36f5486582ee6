"""What services are built from; `medplan.app` puts it together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from medplan.formulary.model import Formulary
from medplan.model.plan import Plan
from medplan.store.database import Database


class Detail(StrEnum):
    """How much a calendar shows to whoever sees it."""

    DISCREET = "discreet"
    FULL = "full"


class Medium(StrEnum):
    """How a calendar reaches the patient: a feed follows the plan, a file stays as it is."""

    FEED = "feed"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class CalendarFacts:
    """What a calendar must know of a plan's record: whose it is, its revision, how it shows."""

    plan_id: str
    revision: int
    revised_at: datetime
    detail: Detail
    alarms: bool
    medium: Medium


class CalendarRenderer(Protocol):
    """Turns a plan into iCalendar bytes; the room `ical` stands above this one."""

    def __call__(self, plan: Plan, formulary: Formulary, facts: CalendarFacts) -> bytes:
        """Render the whole calendar; the same plan and facts give the same bytes."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The database, the formularies by jurisdiction, the calendar and the zone rules' version."""

    database: Database
    formularies: Mapping[str, Formulary]
    render_calendar: CalendarRenderer
    tzdata_version: str
