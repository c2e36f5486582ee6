"""The days on which somebody does something other than take a dose: reviews, decisions, stops."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from medplan.clinical.course.draft import Draft
from medplan.formulary.model import Formulary, ReviewRule
from medplan.model.plan import Decision, EndsIn, Review, Role, Stop

OPTIONS = ("increase", "stay", "step-back", "stop")


def reviews(drafts: Sequence[Draft], formulary: Formulary) -> tuple[Review, ...]:
    """When the prescriber looks again, one review for each day, with every reason for it."""
    reasons: dict[date, dict[str, str]] = {}
    for draft in drafts:
        if draft.course.role is Role.PRESCRIBED:
            for day, why in _course_reviews(draft):
                reasons.setdefault(day, {}).setdefault(draft.course.medicine, why)
    for day in _plan_review_days(drafts, formulary):
        for draft in drafts:
            if day in draft.days:
                reasons.setdefault(day, {}).setdefault(
                    draft.course.medicine, formulary.plan_review.text
                )
    return tuple(
        Review(day, tuple(why), " ".join(dict.fromkeys(why.values())))
        for day, why in sorted(reasons.items())
    )


def decisions(drafts: Iterable[Draft]) -> tuple[Decision, ...]:
    """The first day of every conditional step: go up only if it helps too little and is borne."""
    found = [
        Decision(step.days.first, draft.course.medicine, OPTIONS, "prescriber")
        for draft in drafts
        for step in draft.course.steps
        if step.conditional
    ]
    return tuple(sorted(found, key=lambda d: (d.day, d.medicine)))


def stops(drafts: Iterable[Draft]) -> tuple[Stop, ...]:
    """The end of every course that stops."""
    return tuple(
        Stop(
            medicine=d.course.name or d.course.medicine,
            last_dose_day=d.days.last,
            first_free_day=d.days.last + timedelta(1),
            taper="built" if d.came_down else "none",
            text=d.stop_text,
        )
        for d in drafts
        if d.course.ends_in is EndsIn.STOP
    )


def _course_reviews(draft: Draft) -> Iterator[tuple[date, str]]:
    rule = draft.resolved.medicine.review
    if rule is not None:
        for day in _days_of(rule, draft.days.first, draft.days.last):
            yield day, rule.text
    if draft.course.ends_in is EndsIn.REVIEW:
        yield draft.days.last, f"Decide how {draft.resolved.medicine.name} goes on."


def _days_of(rule: ReviewRule, first: date, last: date) -> Iterator[date]:
    """The rule's days that fall between the two days; a short course's is its last."""
    length = (last - first).days + 1
    if rule.last_day_up_to is not None and length <= rule.last_day_up_to:
        yield last
        return
    for number in rule.days:
        if number <= length:
            yield first + timedelta(number - 1)
    if rule.then_every and rule.days:
        later = range(rule.days[-1] + rule.then_every, length + 1, rule.then_every)
        yield from (first + timedelta(number - 1) for number in later)


def _plan_review_days(drafts: Sequence[Draft], formulary: Formulary) -> Iterator[date]:
    """The days on which the plan as a whole is looked at, if any course runs that long."""
    if drafts:
        first = min(d.days.first for d in drafts)
        last = max(d.days.last for d in drafts)
        yield from _days_of(formulary.plan_review, first, last)
