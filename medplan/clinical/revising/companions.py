"""Companions of a revised plan: as issued before the effective day, as needed from it on."""

from collections.abc import Sequence
from datetime import date

from medplan.clinical.course.draft import Draft
from medplan.clinical.cover.companions import Need, companion
from medplan.clinical.revising.splice import adjoining, steps_before, steps_from, with_steps
from medplan.formulary.model import Formulary
from medplan.model.plan import Course, Plan, Role
from medplan.model.request import PlanRequest


def settled(
    new: Sequence[Draft], before: Plan, effective: date, request: PlanRequest, formulary: Formulary
) -> tuple[Draft, ...]:
    """The companions that were issued, up to the effective day, then those needed now."""
    left = [d for d in new if steps_from(d.course.steps, effective)]
    result: list[Draft] = []
    for course in before.courses:
        past = steps_before(course.steps, effective)
        if course.role is Role.PRESCRIBED or not past:
            continue
        issued = with_steps(_again(course, request, formulary), past)
        goes_on = next((d for d in left if _continues(issued, d, effective)), None)
        if goes_on is None:
            result.append(issued)
        else:
            left.remove(goes_on)
            rest = steps_from(goes_on.course.steps, effective)
            result.append(with_steps(goes_on, (*past, *rest)))
    result += (with_steps(d, steps_from(d.course.steps, effective)) for d in left)
    return tuple(result)


def _continues(issued: Draft, new: Draft, effective: date) -> bool:
    same = (issued.course.medicine, issued.course.role) == (new.course.medicine, new.course.role)
    return same and adjoining(issued.course.steps, steps_from(new.course.steps, effective))


def _again(course: Course, request: PlanRequest, formulary: Formulary) -> Draft:
    """A companion as it would be planned on the same days: its medicine and products again."""
    need = Need(course.medicine, course.days, course.covers)
    return companion(need, course.role, 0, request.patient, request.routine, formulary)
