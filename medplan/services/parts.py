"""What services are built from; `medplan.app` puts it together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from medplan.formulary.model import Formulary
from medplan.model.plan import Plan
from medplan.outside.calls import Outside
from medplan.services.fetches import FetchLog
from medplan.store.database import Database
from medplan.store.feed_lookup import FeedLookup


class Detail(StrEnum):
    """How much a calendar shows to whoever sees it."""

    DISCREET = "discreet"
    FULL = "full"


class Group(StrEnum):
    """Whether a calendar's events are one for each clock time or one for each medicine."""

    TIME = "time"
    MEDICINE = "medicine"


class Medium(StrEnum):
    """How a calendar reaches the patient: a feed follows the plan, a file stays as it is."""

    FEED = "feed"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class CalendarLook:
    """How a calendar shows a plan. `medicines` None shows all; `labels` are the patient's own short
    words for them. A medicine goes by its id, an unlisted one by its name."""

    detail: Detail = Detail.DISCREET
    alarms: bool = False
    group: Group = Group.TIME
    labels: Mapping[str, str] = field(default_factory=dict)
    medicines: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class CalendarFacts:
    """What a calendar must know of a plan's record: whose it is, its revision, how it shows.

    `sequence` grows with every change of what is shown, and `changed_at` is the time of that
    change. `planned_ahead` are the medicines whose steps up show before they are agreed. Nothing
    before `since` is shown (None: everything is).
    """

    plan_id: str
    revision: int
    sequence: int
    changed_at: datetime
    look: CalendarLook
    medium: Medium
    planned_ahead: frozenset[str] = frozenset()
    since: date | None = None


class PaperForm(StrEnum):
    """Which sheet of paper: the written plan for the patient, or a page for the record."""

    PLAN = "plan"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What a sheet of paper must know of a plan's record. `link` is where its holder looks for
    what the plan says today, None for a plan that is kept nowhere."""

    form: PaperForm
    plan_id: str
    revision: int
    made_on: date
    status: str
    link: str | None


class PaperRenderer(Protocol):
    """Turns a plan into PDF; the room `printing` stands above this one."""

    def __call__(self, plan: Plan, formulary: Formulary, facts: PaperFacts) -> bytes:
        """Set the sheet; the same arguments give the same bytes."""


class CalendarRenderer(Protocol):
    """Turns a plan into iCalendar bytes; the room `ical` stands above this one."""

    def __call__(
        self, plan: Plan, formulary: Formulary, facts: CalendarFacts, before: bytes = b""
    ) -> bytes:
        """Render the whole calendar; the same arguments give the same bytes. Events that `before`,
        the calendar it takes the place of, has alike stay as they are there."""


class CancellationRenderer(Protocol):
    """Turns a plan's revisions, first to last, into what takes imported files back out."""

    def __call__(
        self,
        plans: Sequence[Plan],
        formulary: Formulary,
        facts: CalendarFacts,
        shown: Iterable[frozenset[str] | None],
    ) -> bytes:
        """Cancel whatever a file of any revision may hold, of each selection of medicines."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The database and the short way to its feeds, the formularies by jurisdiction, the calendar,
    the zone rules' version, the shard this is, the way to other servers, and what this process
    knows of fetched feeds."""

    database: Database
    feeds: FeedLookup
    formularies: Mapping[str, Formulary]
    render_calendar: CalendarRenderer
    render_cancellation: CancellationRenderer
    render_paper: PaperRenderer
    tzdata_version: str
    shard: int = 0
    outside: Outside = field(default_factory=Outside)
    fetches: FetchLog = field(default_factory=FetchLog)
