"""What the API reads besides a plan's request: small bodies and query strings, each as a value."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from marshmallow import ValidationError, post_load, validates_schema
from typing_extensions import override

from medplan.documents.faults import Fault
from medplan.documents.fields import Day, Strict, Text, Word
from medplan.documents.request_schema import AcknowledgementSchema
from medplan.documents.shapes import Loaded, Many, Object, StrictSchema
from medplan.model.request import Acknowledgement
from medplan.services.parts import CalendarLook, Detail
from medplan.services.records.plans import Status
from medplan.store.plans import PlanFilter

_MOST_ACKNOWLEDGED = 100
USUAL_PAGE = 50
_NUMBER = re.compile(r"[0-9]{1,9}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
_LARGEST_PAGE = 200


class Instant(Strict[datetime]):
    """An instant with its offset from UTC (RFC 3339), of which seconds may be left out."""

    def __init__(self) -> None:
        super().__init__(type="string", format="date-time")

    @override
    def read(self, value: object) -> datetime:
        written = _INSTANT.fullmatch(value) if isinstance(value, str) else None
        try:
            instant = written and datetime.fromisoformat(written[0].upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            instant = None
        if instant is None:
            detail = "an instant such as 2026-11-23T08:00:00Z is needed"
            raise ValidationError(Fault("not-an-instant", detail))
        return instant


class PageSize(Strict[int]):
    """How many of a list are wanted, as a query string says it; `usual` unless it does."""

    def __init__(self, usual: int = USUAL_PAGE) -> None:
        super().__init__(type="integer", minimum=1, maximum=_LARGEST_PAGE, default=usual)

    @override
    def read(self, value: object) -> int:
        if not isinstance(value, str) or not _NUMBER.fullmatch(value):
            raise ValidationError(Fault("wrong-type", "a whole number is needed"))
        if not 1 <= int(value) <= _LARGEST_PAGE:
            raise ValidationError(Fault("out-of-range", f"must be 1 to {_LARGEST_PAGE}"))
        return int(value)


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why the prescriber goes on in spite of major findings."""

    acknowledged: tuple[Acknowledgement, ...] = ()


class AcknowledgingSchema(StrictSchema):
    """Reasons for major findings: each code once, so that no reason is lost."""

    acknowledged = Many(Object(AcknowledgementSchema, required=True), 0, _MOST_ACKNOWLEDGED)

    @validates_schema
    def check_codes(self, read: Loaded, **_options: object) -> None:
        """No code stands twice."""
        codes = [given.code for given in read.get("acknowledged") or ()]
        fault = Fault("repeated", "this code stands here before")
        again = {n: {"code": [fault]} for n, code in enumerate(codes) if code in codes[:n]}
        if again:
            raise ValidationError({"acknowledged": again})


class IssueSchema(AcknowledgingSchema):
    """Reasons for the major findings that are still open."""

    @post_load
    def make(self, read: Loaded, **_options: object) -> Reasons:
        """The reasons as a value."""
        return Reasons(tuple(read.get("acknowledged") or ()))


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which plans, how many, from where on."""

    wanted: PlanFilter
    limit: int
    cursor: str | None


class ListQuerySchema(StrictSchema):
    """Filters and place of a list of plans."""

    status = Word(*Status)
    patient = Text()
    review_before = Day(FIRST_DAY, LAST_DAY)
    stop_before = Day(FIRST_DAY, LAST_DAY)
    updated_since = Instant()
    limit = PageSize()
    cursor = Text(most=1000)

    @post_load
    def make(self, read: Loaded, **_options: object) -> ListQuery:
        """The query as a value."""
        wanted = PlanFilter(
            status=read.get("status"),
            patient=read.get("patient"),
            review_before=read.get("review_before"),
            stop_before=read.get("stop_before"),
            updated_since=read.get("updated_since"),
        )
        return ListQuery(wanted, read.get("limit") or USUAL_PAGE, read.get("cursor"))


def named(key: str, field: Day) -> Day:
    """Let a field go by a name that Python keeps for itself."""
    field.data_key = key
    return field


@dataclass(frozen=True, slots=True)
class DaysQuery:
    """The first and last day that are asked for; None for the plan's own."""

    first: date | None
    last: date | None


class DaysQuerySchema(StrictSchema):
    """Days of a plan, both included."""

    first = named("from", Day(FIRST_DAY, LAST_DAY))
    last = named("to", Day(FIRST_DAY, LAST_DAY))

    @validates_schema
    def check_order(self, read: Loaded, **_options: object) -> None:
        """The days don't end before they begin."""
        first, last = read.get("first"), read.get("last")
        if first is not None and last is not None and last < first:
            raise ValidationError({"to": [Fault("contradiction", "must not be before from")]})

    @post_load
    def make(self, read: Loaded, **_options: object) -> DaysQuery:
        """The days as a value."""
        return DaysQuery(read.get("first"), read.get("last"))


class FileQuerySchema(StrictSchema):
    """How a downloaded calendar shows the plan: discreetly and with alarms unless it says not."""

    detail = Word(*Detail)
    alarms = Word("true", "false", "1", "0")

    @post_load
    def make(self, read: Loaded, **_options: object) -> CalendarLook:
        """The query as a value."""
        detail = Detail(read.get("detail") or Detail.DISCREET)
        return CalendarLook(detail, alarms=(read.get("alarms") or "true") in {"true", "1"})


class JurisdictionQuerySchema(StrictSchema):
    """Which country's formulary; New Zealand's when it is left out."""

    jurisdiction = Word("NZ", "GB")

    @post_load
    def make(self, read: Loaded, **_options: object) -> str:
        """The jurisdiction."""
        return str(read.get("jurisdiction") or "NZ")
