"""Whether every course ends once and the plan says so where it lists stops and reviews.

A stop is entered once, for the last day and the first free day after it, and says `built` only
where the doses came down; a course that ends in review has one on its last day or the day after.
This module knows no doses but their daily sum.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from medplan.model.plan import Course, EndsIn, Phase, Plan, ProofRow, Stop
from medplan.proof.rows import NONE, Invariant, label

BUILT = "built"


def judge_endings(plan: Plan) -> Iterator[ProofRow]:
    """One row for each course, and one for each stop that belongs to none."""
    courses = [course for course in plan.courses if course.steps]
    for course in courses:
        match course.ends_in:
            case EndsIn.STOP:
                yield _stops(course, courses, plan)
            case EndsIn.REVIEW:
                yield _reviewed(course, plan)
            case EndsIn.CONTINUES:
                how, last = EndsIn.CONTINUES.value, course.days.last.isoformat()
                yield _row(label(course), how, how, last, holds=True)
    stopping = [course for course in courses if course.ends_in is EndsIn.STOP]
    for stop in plan.stops:
        if not any(_is_of(stop, course) for course in stopping):
            day = stop.last_dose_day.isoformat()
            yield _row(
                stop.medicine, NONE, f"{EndsIn.STOP} {stop.first_free_day}", day, holds=False
            )


def _row(subject: str, limit: str, worst: str, at: str, *, holds: bool) -> ProofRow:
    return ProofRow(Invariant.ONE_ENDING, subject, limit, worst, at, holds)


def _is_of(stop: Stop, course: Course) -> bool:
    named = stop.medicine in (course.medicine, course.name)
    return named and stop.last_dose_day == course.days.last


def _stops(course: Course, courses: list[Course], plan: Plan) -> ProofRow:
    last = course.days.last
    free = last + timedelta(1)
    stops = [stop for stop in plan.stops if _is_of(stop, course)]
    # Two courses of a medicine may end on one day; each may have its stop.
    alike = [c for c in courses if label(c) == label(course) and c.days.last == last]
    holds = 0 < len(stops) <= len(alike) and all(
        stop.first_free_day == free and (stop.taper != BUILT or any(map(_comes_down, alike)))
        for stop in stops
    )
    worst = ", ".join(f"{EndsIn.STOP} {stop.first_free_day}" for stop in stops) or NONE
    return _row(label(course), f"{EndsIn.STOP} {free}", worst, last.isoformat(), holds=holds)


def _comes_down(course: Course) -> bool:
    phases = any(step.phase is Phase.TAPER for step in course.steps)
    return phases or any(b.daily_mg > a.daily_mg for b, a in pairwise(course.steps))


def _reviewed(course: Course, plan: Plan) -> ProofRow:
    last = course.days.last
    days = [
        review.day
        for review in plan.reviews
        if {course.medicine, label(course)} & set(review.medicines)
    ]
    holds = last in days or last + timedelta(1) in days
    worst = f"{EndsIn.REVIEW} {max(days)}" if days else NONE
    limit = f"{EndsIn.REVIEW} {last}"
    return _row(label(course), limit, limit if holds else worst, last.isoformat(), holds=holds)
