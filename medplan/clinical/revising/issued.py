"""An issued plan as drafts again, so that its courses can be cut, joined and checked."""

from collections.abc import Sequence
from dataclasses import replace

from medplan.clinical.course.draft import Draft
from medplan.clinical.course.resolve import ResolvedCourse, resolve
from medplan.formulary.model import Formulary
from medplan.model.acts import Issued
from medplan.model.plan import Phase, Role


def issued_drafts(issued: Issued, formulary: Formulary) -> tuple[Draft, ...]:
    """The prescribed courses of an issued plan, in the order of its request.

    Raises:
        InvalidRequestError: the formulary of today lacks what the plan was made from.
    """
    courses = [c for c in issued.plan.courses if c.role is Role.PRESCRIBED]
    texts = {(s.medicine, s.last_dose_day): s.text for s in issued.plan.stops}
    return tuple(
        Draft(
            resolved,
            course,
            (),
            came_down=any(s.phase is Phase.TAPER for s in course.steps),
            stop_text=texts.get((course.medicine, course.days.last), ""),
        )
        for resolved, course in zip(resolve(issued.request, formulary), courses, strict=True)
    )


def with_courses(issued: Issued, drafts: Sequence[Draft]) -> Issued:
    """The request with its courses in step with the drafts; the plan is not touched."""
    courses = tuple(d.resolved.request for d in drafts)
    return replace(issued, request=replace(issued.request, courses=courses))


def renumbered(drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """The drafts with each course's place in the request brought up to date."""
    return tuple(
        replace(d, resolved=_at(d.resolved, n)) if d.resolved.index != n else d
        for n, d in enumerate(drafts)
    )


def _at(resolved: ResolvedCourse, index: int) -> ResolvedCourse:
    return replace(resolved, index=index)
