"""How long a link to a plan works: a calendar's or a patient's."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from medplan.errors import Problem

_GRACE = timedelta(days=30)
_LONGEST = timedelta(days=396)  # thirteen months


def usual_end(last_day: date | None, made_at: datetime) -> datetime:
    """When a link ends that nobody gave an end: 30 days after the plan's last day, in thirteen
    months at most."""
    latest = latest_end(made_at)
    if last_day is None:
        return latest
    after_plan = datetime.combine(last_day + _GRACE, time.max, tzinfo=UTC)
    return min(after_plan, latest).replace(microsecond=0)


def latest_end(made_at: datetime) -> datetime:
    """The latest end that a link may be given."""
    return made_at + _LONGEST


def faults_of_end(expires_at: datetime | None, now: datetime) -> Iterator[Problem]:
    """Say what is wrong with the end that somebody asks for; None asks for the usual one."""
    if expires_at is not None and not now < expires_at <= latest_end(now):
        detail = "must lie ahead, thirteen months at most"
        yield Problem("/expires_at", "out-of-range", detail)
