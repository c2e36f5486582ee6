"""Companions of a revised plan: as issued before the effective day, as needed from it on.

Where an act changes what is needed, days before it may have been without. Those stay as they were
issued, and a finding says so: the plan alone would look as if somebody had forgotten them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from medplan.clinical.course.draft import Draft
from medplan.clinical.cover.companions import Need, companion
from medplan.clinical.findings import finding
from medplan.clinical.revising.splice import adjoining, steps_before, steps_from, with_steps
from medplan.formulary.model import FindingKind, Formulary, Severity
from medplan.model.plan import Course, Finding, Plan, Role
from medplan.model.request import PlanRequest

COVERED_FROM = "covered-from"
COVERED_UNTIL = "covered-until"


def settled(
    new: Sequence[Draft],
    drafts: Sequence[Draft],
    before: Plan,
    effective: date,
    request: PlanRequest,
    formulary: Formulary,
) -> tuple[Draft, ...]:
    """The companions that were issued, up to the effective day, then those needed now.

    `drafts` are the courses that they go with.
    """
    left = list(new)
    result: list[Draft] = []
    cut: list[Draft] = []
    texts = {(stop.medicine, stop.last_dose_day): stop.text for stop in before.stops}
    for course in before.courses:
        past = steps_before(course.steps, effective)
        if course.role is Role.PRESCRIBED or not past:
            continue
        again = _again(course, request, formulary)
        as_said = texts.get((course.medicine, course.days.last), again.stop_text)
        issued = with_steps(replace(again, stop_text=as_said), past)
        goes_on = next((d for d in left if _continues(issued, d, effective)), None)
        if goes_on is not None:
            left.remove(goes_on)
            rest = steps_from(goes_on.course.steps, effective)
            issued = with_steps(goes_on, (*past, *rest))
        elif course.days.last >= effective:
            issued = _ended_by_the_act(issued, new)
            cut.append(issued)
        result.append(issued)
    for draft in left:
        rest = steps_from(draft.course.steps, effective)
        result += [with_steps(draft, rest)] if rest else []
    told = (*_late(new, result, effective), *_ended(cut, result, drafts, effective))
    return tuple(
        replace(d, findings=(*d.findings, *(f for carrier, f in told if carrier is d)))
        for d in result
    )


def remembered(before: Plan, drafts: Iterable[Draft]) -> Iterator[Finding]:
    """What earlier revisions said of days without a companion, of medicines still in the plan."""
    names = {draft.course.medicine for draft in drafts}
    for found in before.findings:
        rule = found.code.partition(":")[0]
        if rule in (COVERED_FROM, COVERED_UNTIL) and not names.isdisjoint(found.medicines):
            yield found


def _continues(issued: Draft, new: Draft, effective: date) -> bool:
    rest = steps_from(new.course.steps, effective)
    return _alike(issued, new) and adjoining(issued.course.steps, rest)


def _alike(one: Draft, other: Draft) -> bool:
    """Whether two companions are of one medicine, for one end."""
    return (one.course.medicine, one.course.role) == (other.course.medicine, other.course.role)


def _again(course: Course, request: PlanRequest, formulary: Formulary) -> Draft:
    """A companion as it would be planned on the same days: its medicine and products again."""
    need = Need(course.medicine, course.days, course.covers)
    return companion(need, course.role, 0, request.patient, request.routine, formulary)


def _late(
    needed: Sequence[Draft], settled_ones: Sequence[Draft], effective: date
) -> Iterator[tuple[Draft, Finding]]:
    """A finding for each medicine that was bare on days before the act, though it needs cover."""
    for draft in settled_ones:
        for medicine in draft.course.covers:
            bare = _days(needed, medicine) - _days(settled_ones, medicine)
            past = [day for day in bare if day < effective]
            if past and draft.days.last > max(past):
                since = max(past) + timedelta(1)
                when = f"from {since} on, and not on every day before"
                yield draft, _told(COVERED_FROM, draft, medicine, since, when)


def _ended_by_the_act(issued: Draft, new: Iterable[Draft]) -> Draft:
    """A companion cut short: as it stops with its medicine, or where that goes on, just so."""
    ends = (d for d in new if _alike(issued, d) and d.days.last == issued.days.last)
    by_itself = f"{issued.resolved.medicine.name} was stopped."
    return replace(issued, stop_text=next((d.stop_text for d in ends), by_itself))


def _ended(
    cut: Iterable[Draft], settled_ones: Sequence[Draft], drafts: Iterable[Draft], effective: date
) -> Iterator[tuple[Draft, Finding]]:
    """A finding for each medicine whose cover ends on the act although it goes on itself."""
    going_on = {d.course.medicine for d in drafts if d.days.last >= effective}
    covered = {m for c in settled_ones if c.days.last >= effective for m in c.course.covers}
    for draft in cut:
        for medicine in draft.course.covers:
            if medicine in going_on - covered:
                when = f"until {draft.days.last} only"
                yield draft, _told(COVERED_UNTIL, draft, medicine, effective, when)


def _days(drafts: Iterable[Draft], medicine: str) -> set[date]:
    """The days of the courses that cover a medicine."""
    return {day for d in drafts if medicine in d.course.covers for day in d.days}


def _told(rule: str, companion_course: Draft, medicine: str, day: date, when: str) -> Finding:
    name = companion_course.resolved.medicine.name
    return finding(
        rule,
        [medicine, companion_course.course.medicine],
        FindingKind.COVER,
        Severity.INFO,
        f"{name} goes with {medicine} {when}: the plan was changed on the way.",
        day=day,
    )
