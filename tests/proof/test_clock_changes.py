"""Windows and gaps agree with a walk through every minute, in any zone, whatever its clocks do."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from medplan.model.plan import Plan
from medplan.proof.prove import prove
from tests.proof.formulary import FORMULARY
from tests.proof.plans import course, dose, failing, plan_of, step, tablets, when_required

MINUTE = timedelta(minutes=1)
DAY = 24 * 60
LARGEST = 3 * 60
# Where clocks have moved in every way there is: half an hour, two hours, at midnight, in winter
# backwards, for a month of fasting, and over the date line.
MOVES = [
    ("Pacific/Auckland", date(2026, 9, 27)),
    ("Pacific/Auckland", date(2027, 4, 4)),
    ("Europe/London", date(2027, 3, 28)),
    ("Europe/Dublin", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),
    ("Antarctica/Troll", date(2027, 3, 28)),
    ("Antarctica/Troll", date(2026, 10, 25)),
    ("America/Havana", date(2026, 11, 1)),
    ("America/Havana", date(2027, 3, 14)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Sao_Paulo", date(2019, 2, 17)),
    ("America/Santiago", date(2026, 9, 6)),
    ("America/Santiago", date(2027, 4, 4)),
    ("Africa/Casablanca", date(2027, 2, 7)),
    ("Asia/Beirut", date(2027, 3, 28)),
    ("America/Nuuk", date(2027, 3, 28)),
    ("Antarctica/Casey", date(2020, 10, 4)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Kwajalein", date(1993, 8, 21)),
    ("Asia/Pyongyang", date(2018, 5, 5)),
]
_ZONES = sorted(available_timezones() - {"localtime", "Factory"})


@dataclass(frozen=True)
class Taken:
    """A fixed dose of the naive expansion, in minutes of the judged clock."""

    minute: int
    mg: Decimal


def judged_minutes(zone: str, first: date, last: date) -> dict[datetime, int]:
    """Every local minute and how many minutes have passed at it, walked one by one.

    Minutes that clocks skip pass all the same, unless they skip more than three hours at once;
    minutes that come twice count when they come first.
    """
    tz = ZoneInfo(zone)
    utc = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(hours=16)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(hours=40)
    minutes: dict[datetime, int] = {}
    passed = 0
    before = utc.astimezone(tz).replace(tzinfo=None)
    while utc < end:
        local = utc.astimezone(tz).replace(tzinfo=None, fold=0)
        skipped = int((local - before) / MINUTE) - 1
        for _ in range(skipped):
            before += MINUTE
            minutes.setdefault(before, passed)
            passed += 1 if skipped <= LARGEST else 0
        minutes.setdefault(local, passed)
        passed += 1
        before = local
        utc += MINUTE
    return minutes


def expand(plan: Plan, minutes: dict[datetime, int]) -> list[Taken]:
    """Every fixed dose of the plan's one ingredient, those of one minute as one."""
    sums: dict[int, Decimal] = {}
    for one in plan.courses:
        for held in one.steps:
            for day in held.days:
                for taken in held.doses:
                    if taken.minute is not None:
                        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a clock time
                        minute = minutes[midnight + taken.minute * MINUTE]
                        sums[minute] = sums.get(minute, Decimal(0)) + taken.mg
    return [Taken(minute, sums[minute]) for minute in sorted(sums)]


def heaviest_day(taken: list[Taken], plan: Plan) -> Decimal:
    """The most in any 24 hours, and on any day with a when-required dose."""
    start, length = taken[0].minute, taken[-1].minute - taken[0].minute + 1
    per_minute = [Decimal(0)] * (length + DAY)
    for one in taken:
        per_minute[one.minute - start] = one.mg
    sums = [Decimal(0), *accumulate(per_minute)]
    windows = [sums[minute + DAY] - sums[minute] for minute in range(length)]
    return max([*windows, *calendar_days(plan)])


def calendar_days(plan: Plan) -> list[Decimal]:
    """What may be taken on each day that has a when-required dose."""
    first, last = plan.start, plan.end
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    held = [s for one in plan.courses for s in one.steps]
    return [
        sum((s.daily_mg for s in held if day in s.days), Decimal(0))
        for day in days
        if any(s.when_required and day in s.days for s in held)
    ]


def worst_of(plan: Plan) -> dict[str, str]:
    rows = prove(plan, FORMULARY)
    return {row.invariant: row.worst for row in rows if row.subject == "paracetamol"}


zoned_days = st.one_of(
    st.tuples(st.sampled_from(MOVES), st.integers(-3, 1)).map(
        lambda drawn: (drawn[0][0], drawn[0][1] + timedelta(drawn[1]))
    ),
    st.tuples(st.sampled_from(_ZONES), st.dates(date(1996, 1, 1), date(2037, 12, 1))),
)
clock_times = st.one_of(
    st.sampled_from([0, 1, 30, 60, 61, 90, 119, 120, 121, 150, 179, 180, 181, 1410, 1439]),
    st.integers(0, DAY - 1),
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Up to three overlapping courses of one ingredient, around a clock change if there is one."""
    zone, first = draw(zoned_days)
    courses = []
    for _ in range(draw(st.integers(1, 3))):
        start = first + timedelta(draw(st.integers(0, 3)))
        times = draw(st.lists(clock_times, min_size=1, max_size=5, unique=True))
        units = str(draw(st.integers(1, 3)))
        doses = (
            tablets(f"{time // 60:02d}:{time % 60:02d}", "paracetamol-tablet-500", units)
            for time in times
        )
        days = draw(st.integers(1, 3))
        courses.append(course("paracetamol", "regular", step(start, days, *doses)))
    if draw(st.booleans()):
        start = first + timedelta(draw(st.integers(0, 4)))
        amount = tablets(None, "paracetamol-tablet-500", "1")
        most = str(500 * draw(st.integers(1, 8)))
        held = when_required(start, draw(st.integers(1, 2)), amount, most, "4")
        courses.append(course("paracetamol", "when-required", held))
    return plan_of(*courses, zone=zone)


@settings(max_examples=60)
@given(plans())
def test_a_proof_agrees_with_a_walk_through_every_minute(plan: Plan) -> None:
    taken = expand(plan, judged_minutes(plan.time_zone, plan.start, plan.end))
    worst = worst_of(plan)
    when = [s for one in plan.courses for s in one.steps if s.when_required]
    gaps = [Decimal(b.minute - a.minute) / 60 for a, b in pairwise(taken)]
    stated = [s.min_interval_hours for s in when if s.min_interval_hours is not None]

    assert Decimal(worst["max_daily_mg"]) == heaviest_day(taken, plan)
    assert Decimal(worst["max_single_mg"]) == max(
        [*(one.mg for one in taken), *(s.doses[0].mg for s in when)]
    )
    assert worst.get("min_interval_hours") == (
        None if not [*gaps, *stated] else shown(min([*gaps, *stated]))
    )
    counts = [sum(1 for other in taken if 0 <= other.minute - one.minute < DAY) for one in taken]
    if not when:
        assert Decimal(worst["max_doses_per_day:paracetamol-doses"]) == max(counts)


def shown(hours: Decimal) -> str:
    """Hours as a row shows them, to two decimals."""
    text = f"{hours.quantize(Decimal('0.01'))}"
    return text.rstrip("0").rstrip(".")


@given(st.sampled_from(_ZONES), st.dates(date(1996, 1, 1), date(2037, 12, 1)))
def test_twelve_hours_on_the_wall_clock_are_never_too_short(zone: str, first: date) -> None:
    doses = (tablets(at, "naproxen-tablet-250", "1") for at in ("08:00", "20:00"))
    plan = plan_of(course("naproxen", "twice-daily", step(first, 60, *doses)), zone=zone)

    assert failing(plan) == set()


def test_a_gap_that_only_a_clock_change_shortens_is_long_enough() -> None:
    doses = (tablets(at, "naproxen-tablet-250", "1") for at in ("08:00", "20:00"))
    spring = step(date(2026, 9, 26), 2, *doses)

    assert failing(plan_of(course("naproxen", "twice-daily", spring))) == set()


def test_a_gap_that_is_short_without_the_clock_change_is_too_short() -> None:
    doses = (tablets(at, "naproxen-tablet-250", "1") for at in ("07:59", "20:00"))
    spring = step(date(2026, 9, 26), 2, *doses)

    assert failing(plan_of(course("naproxen", "twice-daily", spring))) == {
        ("min_interval_hours", "naproxen")
    }


def test_a_repeated_hour_is_real_time_in_a_window() -> None:
    def fifth_dose(at: str) -> str:
        gram = ("paracetamol-tablet-500", "2")
        four = (dose(time, "1000", gram) for time in ("03:30", "09:30", "15:30", "21:30"))
        first = course("paracetamol", "regular", step(date(2027, 4, 3), 1, *four))
        second = course("paracetamol", "regular", step(date(2027, 4, 4), 1, dose(at, "1000", gram)))
        return worst_of(plan_of(first, second))["max_daily_mg"]

    assert fifth_dose("02:30") == "5000"  # at its first time round, 23 hours later
    assert fifth_dose("03:15") == "4000"  # 23 hours and 45 minutes, and the repeated hour


def test_a_skipped_day_gets_no_concession() -> None:
    doses = (tablets(at, "naproxen-tablet-250", "1") for at in ("08:00", "20:00"))
    jump = step(date(2011, 12, 29), 3, *doses)
    plan = plan_of(course("naproxen", "twice-daily", jump), zone="Pacific/Apia")

    assert failing(plan) == {("min_interval_hours", "naproxen")}
