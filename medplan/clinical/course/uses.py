"""Courses of one medicine that follow one another: to the body they are one use."""

from collections.abc import Sequence
from datetime import timedelta

from medplan.clinical.course.draft import Draft
from medplan.model.plan import Phase
from medplan.units import Days

_OPIOID = "opioid"


def in_turn(draft: Draft, drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """The course and those of the same medicine that adjoin or overlap it, directly or in a chain.

    Only courses taken in the same way count: regularly, or when required.
    """
    chain = [draft]
    left = [d for d in drafts if d is not draft and _same_use(d, draft)]
    while True:
        near = [d for d in left if any(_touch(d.days, c.days) for c in chain)]
        if not near:
            return tuple(sorted(chain, key=lambda d: d.days.first))
        chain += near
        left = [d for d in left if d not in near]


def counted_days(drafts: Sequence[Draft]) -> int:
    """On how many days some of the courses counts towards a length: of an opioid at full dose only.

    Source: clinical ruling 4.
    """
    opioid = any(_OPIOID in d.resolved.medicine.classes for d in drafts)
    steps = [s for d in drafts for s in d.course.steps]
    counted = [s for s in steps if not (opioid and s.phase is Phase.TAPER)]
    if len(drafts) == 1:
        return sum(len(s.days) for s in counted)
    return len({day for step in counted for day in step.days})


def _same_use(one: Draft, other: Draft) -> bool:
    same_way = one.course.steps[0].when_required == other.course.steps[0].when_required
    return one.key == other.key and same_way and not one.resolved.is_taper


def _touch(one: Days, other: Days) -> bool:
    day = timedelta(1)
    return one.first <= other.last + day and other.first <= one.last + day
