"""Going on by another request: what was issued up to a day, then what the new request asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from medplan.clinical.course.draft import Draft
from medplan.clinical.course.resolve import STEPS, TAPER, ResolvedCourse
from medplan.clinical.make_plan import plan_courses
from medplan.clinical.revising.deciding import up_to_date
from medplan.clinical.revising.splice import (
    adjoining,
    continued,
    cut_off,
    findings_before,
    steps_before,
    steps_from,
    with_steps,
)
from medplan.clinical.revising.stopping import Ended, stopped
from medplan.errors import InvalidRequestError, Problem
from medplan.formulary.model import Formulary, RegimenKind
from medplan.model.acts import Amend, Issued, Stop
from medplan.model.plan import Finding, Phase
from medplan.model.request import CourseRequest, PlanRequest


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Which issued course each course of the new request goes on from, by its place there.

    `kept` are those that both requests ask for alike, `changed` those of which the new one asks
    something else.
    """

    kept: Mapping[int, Draft]
    changed: Mapping[int, Draft]


@dataclass(frozen=True, slots=True)
class _Following:
    """A changed course, what it goes on from, and what stopping the old one would need."""

    old: Draft
    new: Draft
    before: Sequence[Draft]
    request: PlanRequest
    formulary: Formulary


def amended(
    act: Amend, issued: Issued, before: Sequence[Draft], formulary: Formulary
) -> tuple[tuple[Draft, ...], tuple[Finding, ...]]:
    """What was issued up to the effective day, then the new request's courses.

    A course whose doses the new request asks for just as the old one did goes on as it stands, with
    all that was decided and held since; what goes with it is as the new one asks. One that it
    changes goes on from what was taken; one that it leaves out ends. Medicines new to the plan
    begin on the effective day at the earliest.

    Raises:
        InvalidRequestError: the formulary can't make sense of the new request.
    """
    day = act.effective
    first, _ = plan_courses(act.request, formulary)
    pairs = _paired(first, issued, before, day, formulary)
    _check_ended(first, pairs, day)
    request = _from_the_day(act.request, first, pairs, day)
    planned, found = plan_courses(request, formulary)
    new = {draft.resolved.index: draft for draft in planned}
    drafts: list[Draft] = []
    for old in before:
        past = _until(up_to_date(old, day), day)
        kept, place = _place(pairs.kept, old), _place(pairs.changed, old)
        if kept is not None:
            drafts.append(replace(old, resolved=new[kept].resolved))
        elif place is not None and place in new:
            follows = _Following(old, new[place], before, request, formulary)
            left = _spliced(follows, past, day)
            drafts += left.drafts
            found = (*found, *left.findings)
        elif past is not None:
            drafts.append(past)
    drafts += (d for n, d in new.items() if n not in pairs.kept and n not in pairs.changed)
    return tuple(drafts), found


def _paired(
    first: Sequence[Draft],
    issued: Issued,
    before: Sequence[Draft],
    day: date,
    formulary: Formulary,
) -> _Pairs:
    """Courses asked for alike first; then those of one medicine, still taken ones in front."""
    fresh, _ = plan_courses(issued.request, formulary)
    as_asked = {draft.resolved.index: draft.course for draft in fresh}
    left = list(before)
    kept: dict[int, Draft] = {}
    for new in first:
        old = next((d for d in left if as_asked.get(d.resolved.index) == new.course), None)
        if old is not None:
            kept[new.resolved.index] = old
            left.remove(old)
    left = [d for d in left if d.days.first < day]
    left.sort(key=lambda d: d.days.last < day)
    changed: dict[int, Draft] = {}
    for new in (d for d in first if d.resolved.index not in kept):
        old = next((d for d in left if d.key == new.key), None)
        if old is not None:
            changed[new.resolved.index] = old
            left.remove(old)
    return _Pairs(kept, changed)


def _place(pairs: Mapping[int, Draft], old: Draft) -> int | None:
    """Where the new request asks for a course."""
    return next((place for place, draft in pairs.items() if draft is old), None)


def _check_ended(first: Sequence[Draft], pairs: _Pairs, day: date) -> None:
    """Refuse to change days that are over and were free.

    Raises:
        InvalidRequestError: a course that has ended is asked for otherwise, from before the day.
    """
    problems = [
        Problem(
            f"/courses/{new.resolved.index}/first_day",
            "has-ended",
            "the course has ended: leave it as it was, or say when it begins again",
        )
        for new in first
        if (old := pairs.changed.get(new.resolved.index)) is not None
        if old.days.last < day and new.resolved.first_day < day and not _prolongs(old, new, day)
    ]
    if problems:
        raise InvalidRequestError(problems)


def _prolongs(old: Draft, new: Draft, day: date) -> bool:
    """Whether the new course goes on at its full dose on the day after the old one ended."""
    rest = steps_from(new.course.steps, day)
    return adjoining(old.course.steps, rest) and rest[0].phase is not Phase.TAPER


def _from_the_day(
    request: PlanRequest, first: Sequence[Draft], pairs: _Pairs, day: date
) -> PlanRequest:
    """The new request with each course that begins or is changed dated from where it goes on."""
    courses = list(request.courses)
    for n, course in enumerate(courses):
        if n not in pairs.kept and n not in pairs.changed:
            courses[n] = _not_before(course, request, day)
    for new in first:
        n = new.resolved.index
        if n in pairs.changed and not _same_past(pairs.changed[n], new, day):
            courses[n] = _goes_on_from(pairs.changed[n], new, day)
    return replace(request, courses=tuple(courses))


def _not_before(course: CourseRequest, request: PlanRequest, day: date) -> CourseRequest:
    return replace(course, first_day=max(course.first_day or request.start, day))


def _same_past(old: Draft, new: Draft, day: date) -> bool:
    return steps_before(new.course.steps, day) == steps_before(old.course.steps, day)


def _goes_on_from(old: Draft, new: Draft, day: date) -> CourseRequest:
    """A changed course as it must be asked for so that it goes on from what was taken.

    A fixed dose and a written table are for the days that they name, whichever are over. A taper
    begins on the day, and a titration goes on from the level that is taken.
    """
    asked = new.resolved.request
    if new.resolved.first_day >= day:
        return asked
    if new.resolved.is_taper:
        return replace(asked, first_day=day)
    if not _is_titration(new.resolved):
        return asked
    if not _is_titration(old.resolved):
        return replace(asked, first_day=day)
    taken = up_to_date(old, day).course.steps
    level = steps_before(taken, day)[-1].daily_mg
    top = max(s.daily_mg for s in new.course.steps)
    over = (day - new.resolved.first_day).days
    days = None if asked.days is None else max(asked.days - over, 1)
    return replace(asked, first_day=day, start_mg=min(level, asked.target_mg or top), days=days)


def _is_titration(course: ResolvedCourse) -> bool:
    return course.regimen is not None and course.regimen.kind is RegimenKind.TITRATION


def _until(draft: Draft, day: date) -> Draft | None:
    """What there is of a course before a day; one that has ended by then as it ended."""
    if draft.days.first >= day:
        return None
    return draft if draft.days.last < day else cut_off(draft, day)


def _spliced(follows: _Following, past: Draft | None, day: date) -> Ended:
    """What was taken, then the changed course.

    Where the changed course has no full dose left, it comes down from what was taken by the taper
    that its use calls for.
    """
    old, new = follows.old, follows.new
    if past is None or _same_past(old, new, day):
        return Ended((new,))
    rest = steps_from(new.course.steps, day)
    fixed = new.resolved.request.regimen not in (STEPS, TAPER)
    if not rest or (fixed and rest[0].phase is Phase.TAPER):
        stop = Stop(day, old.course.medicine)
        return stopped(old, stop, follows.before, follows.request, follows.formulary)
    kept = tuple(f for f in new.findings if f not in findings_before(new.findings, day))
    return Ended(continued(past, replace(with_steps(new, rest), findings=kept)))
