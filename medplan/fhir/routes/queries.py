"""Search parameters, read once; one that is not known is refused, not passed over."""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta

from flask import request

from medplan.errors import InvalidRequestError, Problem
from medplan.fhir.out.shown import CARE_PLAN_STATUS, patient_name
from medplan.fhir.packs import Pack
from medplan.services.records.plans import Status

_PREFIXES = ("eq", "ge", "gt", "le", "lt")
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})")
_DEFAULT_COUNT, _MOST_COUNT = 50, 200
_PATIENT = ("patient", "subject")
_ANYWHERE = {
    "_count", "_cursor", "_format", *_PATIENT, *(f"{name}:identifier" for name in _PATIENT),
    *(f"{name}.identifier" for name in _PATIENT),
}  # fmt: skip
# What may be asked beside that, of each kind of resource, and of which type it is.
SEARCHED: Mapping[str, Mapping[str, str]] = {
    "CarePlan": {"_id": "token", "_lastUpdated": "date", "date": "date", "status": "token"},
    "MedicationRequest": {
        "_id": "token", "_lastUpdated": "date", "date": "date", "status": "token",
    },
    "DetectedIssue": {"_id": "token", "_lastUpdated": "date"},
    "Provenance": {"_id": "token", "_lastUpdated": "date"},
    "MedicationDispense": {"date": "date"},
    "AuditEvent": {"date": "date"},
}  # fmt: skip
_ONCE = {"_id", "_count", "_cursor", "_format", "status"}
_REQUEST_STATUS = {status.value: status for status in Status}
_PLAN_STATUS = {word: status for status, word in CARE_PLAN_STATUS.items()}


@dataclass(frozen=True, slots=True)
class Bounds:
    """From when to when something may be; both ends included, None for no bound."""

    first: datetime | None = None
    last: datetime | None = None

    def hold(self, at: datetime) -> bool:
        """Whether an instant is within."""
        after = self.first is None or at >= self.first
        return after and (self.last is None or at <= self.last)

    def touch(self, first: date, last: date) -> bool:
        """Whether a run of days has a day within."""
        begins = self.last is None or first <= self.last.date()
        return begins and (self.first is None or last >= self.first.date())


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for. None, or an empty set, leaves a bound out."""

    patient: str | None = None
    ids: frozenset[str] = frozenset()
    statuses: frozenset[Status] = frozenset()
    date: Bounds = field(default_factory=Bounds)
    updated: Bounds = field(default_factory=Bounds)
    count: int = _DEFAULT_COUNT
    cursor: str | None = None

    def scope(self, kind: str, organisation: str) -> list[str]:
        """What a cursor of this search is good for."""
        return ["fhir", kind, organisation, *sorted(f"{k}={v}" for k, v in _sent() if k != _CURSOR)]


_CURSOR = "_cursor"


def read_query(kind: str, packs: Mapping[str, Pack]) -> Query:
    """Read the search parameters of this request.

    Raises:
        InvalidRequestError: every parameter that is unknown or can't be read, by name.
    """
    problems: list[Problem] = []
    query: dict[str, list[str]] = {}
    for name, value in _sent():
        if name not in _ANYWHERE and name not in SEARCHED[kind]:
            problems.append(Problem(name, "not-supported", "no such search parameter here"))
        if name in query and name in _ONCE:
            problems.append(Problem(name, "duplicate", "may be given once"))
        query.setdefault(name, []).append(value)
    found = Query(
        patient=_patient(query, packs, problems),
        ids=frozenset(v for text in query.get("_id", []) for v in text.split(",")),
        statuses=_statuses(kind, query.get("status", []), problems),
        date=_bounds("date", query.get("date", []), problems),
        updated=_bounds("_lastUpdated", query.get("_lastUpdated", []), problems),
        count=_count(query.get("_count", []), problems),
        cursor=next(iter(query.get(_CURSOR, [])), None),
    )
    if problems:
        raise InvalidRequestError(problems)
    return found


def _sent() -> list[tuple[str, str]]:
    return [*request.args.items(multi=True)]


def _patient(
    query: Mapping[str, list[str]], packs: Mapping[str, Pack], problems: list[Problem]
) -> str | None:
    """The name that plans keep of the patient who is asked for."""
    keys = [k for name in _PATIENT for k in (name, f"{name}:identifier", f"{name}.identifier")]
    given = [(key, value) for key in keys for value in query.get(key, [])]
    if len(given) > 1 or any("," in value for _, value in given):
        problems.append(Problem(given[0][0], "duplicate", "one patient may be asked for"))
    return named_patient(given[0][1].removeprefix("Patient/"), packs) if given else None


def named_patient(value: str, packs: Mapping[str, Pack]) -> str:
    """A patient by `system|value`, or by the name that plans keep."""
    system, bar, name = value.partition("|")
    if not bar:
        return value
    for pack in packs.values():
        if system in pack.patients.values():
            return patient_name(pack, system, name)
    return name


def _statuses(kind: str, values: list[str], problems: list[Problem]) -> frozenset[Status]:
    words = _PLAN_STATUS if kind == "CarePlan" else _REQUEST_STATUS
    found = [word for value in values for word in value.split(",")]
    unknown = [word for word in found if word not in words]
    if unknown:
        detail = f"one or more of {', '.join(words)}"
        problems.append(Problem("status", "not-in-list", detail))
    return frozenset(words[word] for word in found if word in words)


def _bounds(name: str, values: list[str], problems: list[Problem]) -> Bounds:
    first, last = None, None
    for value in values:
        prefix = value[:2] if value[:2] in _PREFIXES else ""
        span = _span(value.removeprefix(prefix))
        if span is None:
            detail = "a day or an instant is needed, such as ge2026-11-23"
            problems.append(Problem(name, "not-an-instant", detail))
            continue
        earliest, latest = _within(prefix or "eq", *span)
        first = max(filter(None, (first, earliest)), default=None)
        last = min(filter(None, (last, latest)), default=None)
    return Bounds(first, last)


def _span(text: str) -> tuple[datetime, datetime] | None:
    """The first and last instant that a year, a month, a day or an instant stands for.

    The first and the last year that there are stand for nothing: their days may have none before
    or after them.
    """
    try:
        days = _days(text)
        if days is not None:
            first, last = (datetime.combine(day, time(), UTC) for day in days)
            return first, last + timedelta(days=1) - timedelta(microseconds=1)
        at = datetime.fromisoformat(text).astimezone(UTC) if _INSTANT.fullmatch(text) else None
    except (ValueError, OverflowError):
        return None
    if at is None or at.year in {MINYEAR, MAXYEAR}:
        return None
    return at, at + timedelta(milliseconds=1) - timedelta(microseconds=1)


def _days(text: str) -> tuple[date, date] | None:
    """The first and last day of a year, a month or a day; None for anything else."""
    if not _DATE.fullmatch(text) or int(text[:4]) in {MINYEAR, MAXYEAR}:
        return None
    year, *further = map(int, text.split("-"))
    if len(further) == 2:
        day = date(year, *further)
        return day, day
    month = further[0] if further else 12
    last = date(year, month, monthrange(year, month)[1])
    return date(year, month if further else 1, 1), last


def _within(
    prefix: str, first: datetime, last: datetime
) -> tuple[datetime | None, datetime | None]:
    instant = timedelta(microseconds=1)
    return {
        "eq": (first, last),
        "ge": (first, None),
        "gt": (last + instant, None),
        "le": (None, last),
        "lt": (None, first - instant),
    }[prefix]


def _count(values: list[str], problems: list[Problem]) -> int:
    for value in values:
        if value.isascii() and value.isdigit() and len(value) < 6 and int(value) > 0:
            return min(int(value), _MOST_COUNT)
        problems.append(Problem("_count", "out-of-range", "a whole number above 0 is needed"))
    return _DEFAULT_COUNT
