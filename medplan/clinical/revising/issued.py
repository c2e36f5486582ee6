"""An issued plan as drafts again, so that its courses can be cut, joined and checked."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from medplan.clinical.course.draft import Draft
from medplan.clinical.course.resolve import resolve
from medplan.clinical.findings import WHILE_DATING, day_named
from medplan.formulary.model import Formulary
from medplan.model.acts import Issued
from medplan.model.plan import Course, Finding, Phase, Plan, Role


def issued_drafts(issued: Issued, formulary: Formulary) -> tuple[Draft, ...]:
    """The prescribed courses of an issued plan, in the order of its request.

    Each has what was found while it was planned, with the reasons that were given for it.

    Raises:
        InvalidRequestError: the formulary of today lacks what the plan was made from.
    """
    courses = [c for c in issued.plan.courses if c.role is Role.PRESCRIBED]
    texts = {(s.medicine, s.last_dose_day): s.text for s in issued.plan.stops}
    return tuple(
        Draft(
            resolved,
            course,
            tuple(_found_about(course, issued.plan)),
            came_down=any(s.phase is Phase.TAPER for s in course.steps),
            stop_text=texts.get((course.name or course.medicine, course.days.last), ""),
        )
        for resolved, course in zip(resolve(issued.request, formulary), courses, strict=True)
    )


def _found_about(course: Course, plan: Plan) -> Iterator[Finding]:
    """What planning found about a course; a drop to nothing is on the day after its last."""
    end = course.days.last + timedelta(1)
    for found in plan.findings:
        rule = found.code.partition(":")[0]
        if rule in WHILE_DATING and found.medicines[:1] == (course.medicine,):
            day = day_named(found)
            if day is None or course.days.first <= day <= end:
                yield found


def with_courses(issued: Issued, drafts: Sequence[Draft]) -> Issued:
    """The request with its courses in step with the drafts; the plan is not touched."""
    courses = tuple(d.resolved.request for d in drafts)
    return replace(issued, request=replace(issued.request, courses=courses))


def renumbered(drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """The drafts with each course's place in the request brought up to date."""
    return tuple(replace(d, resolved=replace(d.resolved, index=n)) for n, d in enumerate(drafts))
