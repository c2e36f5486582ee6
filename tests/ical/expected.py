"""At which instants a plan's timed doses come, worked out the slow way.

Shares nothing with `medplan.ical`: around a clock change it walks the minutes of the world's own
clock and reads what the patient's clock shows.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from medplan.model.plan import Plan

_DAY = timedelta(days=1)

ZONES = (
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Europe/Dublin",
    "Asia/Tehran",
    "Africa/Cairo",
    "America/Santiago",
    "Asia/Beirut",
    "UTC",
)


def expected_instants(plan: Plan) -> tuple[datetime, ...]:
    """The instant of every clock time at which something is due, in order; none conditional."""
    zone = ZoneInfo(plan.time_zone)
    clock_times = {
        (day, dose.minute)
        for course in plan.courses
        for step in course.steps
        for day in step.days
        for dose in step.doses
        if dose.minute is not None
    }
    return tuple(sorted(first_instant(zone, day, minute) for day, minute in clock_times))


def first_instant(zone: ZoneInfo, day: date, minute: int) -> datetime:
    """The first minute of time at which the patient's clock shows that time or, skipping it, later.

    The contract's rule: first instant after a gap, first of two that show the same.
    """
    wanted = datetime.combine(day, time(minute // 60, minute % 60))
    plain = wanted.replace(tzinfo=zone).astimezone(UTC)
    if _offset(zone, plain - _DAY) == _offset(zone, plain + _DAY):
        return plain
    minutes = (plain - timedelta(hours=3) + timedelta(minutes=n) for n in range(12 * 60))
    return next(m for m in minutes if m.astimezone(zone).replace(tzinfo=None) >= wanted)


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()
