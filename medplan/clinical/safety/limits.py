"""Daily, single, count and interval limits over every course that holds an ingredient."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from operator import itemgetter

from medplan.clinical.course.amounts import dose_mg
from medplan.clinical.course.draft import Draft
from medplan.clinical.course.limits import limits_for
from medplan.clinical.findings import CLOCK_CHANGE, OUR_RULE, finding
from medplan.clinical.safety.context import Planned
from medplan.clinical.safety.timeline import (
    Event,
    Timeline,
    busiest,
    shortened,
    timelines,
    when_required_day,
)
from medplan.clinical.totals.supply import doses_a_day
from medplan.formulary.model import FindingKind, Limit, LimitKind, Severity
from medplan.model.plan import Finding
from medplan.units import format_decimal


def limit_findings(planned: Planned) -> Iterator[Finding]:
    """A finding for every limit that the plan's dated doses exceed."""
    for timeline in timelines(planned):
        for limit in limits_for(timeline.subject, planned.patient):
            yield from _CHECKS[limit.kind](planned, timeline, limit)


def _daily(planned: Planned, timeline: Timeline, limit: Limit) -> Iterator[Finding]:
    bound = limit.value
    if limit.kind is LimitKind.MAX_DAILY_MG_PER_KG:
        if planned.patient.weight_kg is None:
            return
        bound = limit.value * planned.patient.weight_kg
    events = _concerned(planned, timeline, limit)
    peak = busiest(events)
    required, day = when_required_day(timeline, lambda draft: _concerns(draft, limit))
    if peak.kindly > bound and peak.kindly_at is not None:
        said = f"{_mg(peak.kindly)} in 24 hours"
        yield _exceeded(timeline, limit, said, bound, _day(peak.kindly_at))
    elif required > bound and day is not None:
        yield _exceeded(timeline, limit, f"up to {_mg(required)} on a day", bound, day)
    elif peak.strict > bound:
        yield from _clock_changes(timeline, FindingKind.LIMIT, limit, shortened(events, bound))


def _single(planned: Planned, timeline: Timeline, limit: Limit) -> Iterator[Finding]:
    together: dict[int, tuple[Decimal, Event]] = {}
    for event in _concerned(planned, timeline, limit):
        mg, first = together.get(event.instant, (Decimal(0), event))
        together[event.instant] = (mg + event.mg, first)
    most, at = max(together.values(), key=itemgetter(0), default=(Decimal(0), None))
    if most > limit.value and at is not None:
        yield _exceeded(timeline, limit, f"{_mg(most)} at a time", limit.value, _day(at))
        return
    for dose, day in _when_required_doses(timeline, limit):
        if dose > limit.value:
            yield _exceeded(timeline, limit, f"{_mg(dose)} at a time", limit.value, day)
            return


def _when_required_doses(timeline: Timeline, limit: Limit) -> Iterator[tuple[Decimal, date]]:
    """What one when-required dose holds of the ingredient, and from which day."""
    for draft in timeline.drafts:
        if _concerns(draft, limit):
            for step in draft.course.steps:
                if step.when_required:
                    held = dose_mg(draft.resolved, step.doses[0])
                    yield held.get(timeline.subject.id, Decimal(0)), step.days.first


def _count(planned: Planned, timeline: Timeline, limit: Limit) -> Iterator[Finding]:
    events = [
        Event(e.instant, e.wall, Decimal(1), e.draft, e.release)
        for _, group in groupby(_concerned(planned, timeline, limit), key=lambda e: e.instant)
        for e in [next(group)]
    ]
    peak = busiest(events)
    if peak.kindly > limit.value and peak.kindly_at is not None:
        said = f"{format_decimal(peak.kindly)} doses in 24 hours"
        yield _exceeded(timeline, limit, said, limit.value, _day(peak.kindly_at), unit="doses")
        return
    for draft in timeline.drafts:
        for step in draft.course.steps if _concerns(draft, limit) else ():
            if step.when_required and doses_a_day(step) > limit.value:
                said = f"up to {doses_a_day(step)} doses a day"
                yield _exceeded(timeline, limit, said, limit.value, step.days.first, unit="doses")
                return


def _interval(planned: Planned, timeline: Timeline, limit: Limit) -> Iterator[Finding]:
    """Only doses that this row concerns; two at one instant are one dose."""
    events = _concerned(planned, timeline, limit)
    least = int(limit.value * 60)
    changed: list[Event] = []
    for earlier, later in pairwise(events):
        real = earlier.minutes_to(later)
        if real == 0 or real >= least:
            continue
        if earlier.kindly_to(later) >= least:
            changed.append(earlier)
            continue
        gap = format_decimal(Decimal(real) / 60) if real % 60 == 0 else f"{real / Decimal(60):.1f}"
        said = f"a gap of {gap} hours"
        yield _exceeded(timeline, limit, said, limit.value, _day(later), unit="hours")
        return
    yield from _clock_changes(timeline, FindingKind.INTERVAL, limit, changed)


_CHECKS = {
    LimitKind.MAX_DAILY_MG: _daily,
    LimitKind.MAX_DAILY_MG_PER_KG: _daily,
    LimitKind.MAX_SINGLE_MG: _single,
    LimitKind.MAX_DOSES_PER_DAY: _count,
    LimitKind.MIN_INTERVAL_HOURS: _interval,
}


def _concerned(planned: Planned, timeline: Timeline, limit: Limit) -> Sequence[Event]:
    """The doses a row looks at, by release, regimen and number of doses a day."""
    events = timeline.only(limit.release)
    if not limit.regimens and limit.dose_count is None:
        return events
    fitting = {n for n, draft in enumerate(planned.drafts) if _fits(draft, limit)}
    return [e for e in events if e.draft in fitting]


def _concerns(draft: Draft, limit: Limit) -> bool:
    """Whether a row looks at a course at all, its release too."""
    if limit.release and all(p.release is not limit.release for p in draft.resolved.products):
        return False
    return _fits(draft, limit)


def _fits(draft: Draft, limit: Limit) -> bool:
    if limit.regimens and draft.course.regimen not in limit.regimens:
        return False
    doses = max(len(s.doses) for s in draft.course.steps)
    return limit.dose_count is None or limit.dose_count == doses


def _day(event: Event) -> date:
    return date.fromordinal(event.ordinal)


def _mg(value: Decimal) -> str:
    return f"{value.normalize():,f} mg"


def _medicines(timeline: Timeline) -> list[str]:
    return [timeline.subject.id, *(d.course.medicine for d in timeline.drafts)]


def _exceeded(
    timeline: Timeline, limit: Limit, said: str, bound: Decimal, day: date, unit: str = "mg"
) -> Finding:
    least = limit.kind is LimitKind.MIN_INTERVAL_HOURS
    allowed = f"{'at least' if least else 'at most'} {format_decimal(bound)} {unit}"
    return finding(
        limit.id,
        _medicines(timeline),
        limit.finding_kind,
        limit.severity,
        f"{timeline.subject.name}: {said} from {day}; {allowed}. {limit.note}",
        suggestion=limit.suggestion,
        sources=[limit.citation],
    )


def _clock_changes(
    timeline: Timeline, kind: FindingKind, limit: Limit, doses: Iterable[Event]
) -> Iterator[Finding]:
    """A finding for each clock change that brings what follows these doses too close."""
    for day in timeline.change_days(doses):
        yield finding(
            f"{CLOCK_CHANGE}-{limit.id}",
            _medicines(timeline),
            kind,
            Severity.INFO,
            f"Clocks change on {day}.",
            day=day,
            sources=[OUR_RULE, limit.citation],
        )
