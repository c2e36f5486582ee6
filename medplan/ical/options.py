"""What a calendar of a plan shows, to whom, and as of when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from medplan.ical.stamps import Stamp
from medplan.units import Days


class Detail(StrEnum):
    """Whether a calendar names medicines and doses."""

    DISCREET = "discreet"
    FULL = "full"


class Group(StrEnum):
    """Whether what is due at one clock time is one event or one for each medicine."""

    TIME = "time"
    MEDICINE = "medicine"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarOptions:
    """Everything besides the plan that decides a calendar's bytes.

    `plan_key` is the opaque id that every UID is derived from: the same for a plan's feeds, files
    and revisions. `revision` is the one that texts name. `sequence` is written as SEQUENCE and
    must grow with every change of anything shown, a feed's own settings too; None is the revision.
    `stamped_at` is when that came to be, in UTC, never the time of rendering; parts of a second
    are left out.
    Medicines are named by id, an unlisted one by its name (`wording.names.medicine_key`).
    `labels` are the patient's own short words for medicines. `medicines` None shows all.
    `page_url` is where to check today's plan.
    `decided` holds, for a medicine that is stepped up by agreement, the index of the highest step
    of its course agreed so far; conditional steps beyond it are left out and the agreed dose is
    held. `advance` shows all planned steps of every medicine, `advance_for` of some, each saying
    that it holds only if agreed.
    `window` None shows the whole plan.
    """

    plan_key: str
    revision: int
    stamped_at: datetime
    sequence: int | None = None
    detail: Detail = Detail.DISCREET
    alarms: bool = False
    group: Group = Group.TIME
    labels: Mapping[str, str] = field(default_factory=dict)
    medicines: frozenset[str] | None = None
    page_url: str | None = None
    decided: Mapping[str, int] = field(default_factory=dict)
    advance: bool = False
    advance_for: frozenset[str] = frozenset()
    window: Days | None = None

    def __post_init__(self) -> None:
        if self.stamped_at.utcoffset() != timedelta():
            msg = "stamped_at is not in UTC"
            raise ValueError(msg)
        if self.revision < 0 or (self.sequence or 0) < 0:
            msg = "a revision or sequence is below 0"
            raise ValueError(msg)

    def shows(self, medicine: str) -> bool:
        """Whether the calendar is about that medicine."""
        return self.medicines is None or medicine in self.medicines

    def plans_ahead(self, medicine: str) -> bool:
        """Whether steps up of that medicine are shown before anybody agreed to them."""
        return self.advance or medicine in self.advance_for

    @property
    def stamp(self) -> Stamp:
        """The stamp of every event that this calendar is the first to show as it is."""
        sequence = self.revision if self.sequence is None else self.sequence
        return Stamp(self.revision, sequence, self.stamped_at.replace(microsecond=0))
