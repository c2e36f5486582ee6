"""An opioid's old dose after days without it, or with less: the body is no longer used to it.

After so many days as the formulary says, the dose that was taken before is not offered again.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from medplan.clinical.course.draft import Draft
from medplan.clinical.findings import finding
from medplan.errors import Problem
from medplan.formulary.model import FindingKind, Formulary, OpioidTolerance, Severity
from medplan.model.acts import Act, Amend, Resume
from medplan.model.plan import Finding, Plan, Role
from medplan.units import format_decimal

TOLERANCE_LOST = "tolerance-lost"
_OPIOID = "opioid"

Daily = Mapping[date, Decimal]


def missed_too_long(
    act: Resume, concerned: Sequence[Draft], formulary: Formulary
) -> Iterator[Problem]:
    """Why a hold can't simply end: an opioid was missed for as long as tolerance takes to go."""
    rule = formulary.tolerance
    if rule is None or act.missed_days < rule.lost_after_days:
        return
    for draft in concerned:
        if _OPIOID in draft.resolved.medicine.classes:
            detail = (
                f"after {act.missed_days} days without {draft.resolved.medicine.name} its old dose "
                "is not offered again: stop it, or amend the plan with a dose to begin with"
            )
            yield Problem("/missed_days", TOLERANCE_LOST, detail)


def restarts(
    act: Act, before: Plan, drafts: Sequence[Draft], formulary: Formulary
) -> Iterator[Finding]:
    """A finding for each opioid that an amendment brings back towards a dose that the body lost.

    That is more than in all of the last days that the rule looks at, where more than in those days
    was taken regularly before them, for at least as long. Other acts raise no dose; what was found
    before stays.
    """
    rule, effective = formulary.tolerance, act.effective
    if not isinstance(act, Amend):
        yield from (f for f in before.findings if f.code.partition(":")[0] == TOLERANCE_LOST)
        return
    if rule is None:
        return
    opioids = (d for d in drafts if _OPIOID in d.resolved.medicine.classes)
    for key, draft in {d.key: d for d in opioids}.items():
        taken = _daily_before(before, draft, effective)
        since = effective - timedelta(rule.lost_after_days)
        recent = max((mg for day, mg in taken.items() if day >= since), default=Decimal(0))
        higher = [mg for day, mg in taken.items() if day < since and mg > recent]
        if len(higher) < rule.lost_after_days:
            continue
        own = [d for d in drafts if d.key == key]
        again = next((day for day, mg in _from(own, effective) if mg > recent), None)
        if again is not None:
            yield _restarted(draft, rule, recent, max(higher), again)


def _daily_before(plan: Plan, draft: Draft, day: date) -> Daily:
    """What was taken regularly of a medicine on each day before a day."""
    daily: dict[date, Decimal] = {}
    for course in plan.courses:
        same = (course.medicine, course.name) == (draft.course.medicine, draft.course.name)
        if same and course.role is Role.PRESCRIBED:
            for step in course.steps:
                for one in step.days if not step.when_required else ():
                    if one < day:
                        daily[one] = daily.get(one, Decimal(0)) + step.daily_mg
    return daily


def _from(drafts: Sequence[Draft], day: date) -> Iterator[tuple[date, Decimal]]:
    """When each later dose begins, and how much it is a day."""
    steps = sorted((s for d in drafts for s in d.course.steps), key=lambda s: s.days.first)
    return ((max(s.days.first, day), s.daily_mg) for s in steps if s.days.last >= day)


def _restarted(
    draft: Draft, rule: OpioidTolerance, recent: Decimal, before: Decimal, day: date
) -> Finding:
    return finding(
        TOLERANCE_LOST,
        [draft.course.medicine],
        FindingKind.CAUTION,
        Severity.MAJOR,
        f"{draft.resolved.medicine.name} goes up on {day} after {rule.lost_after_days} days or "
        f"more at {format_decimal(recent)} mg a day at most; {format_decimal(before)} mg was taken "
        f"before. {rule.text}",
        day=day,
        subject=draft.key,
        suggestion="Begin with a low dose, as for somebody who has not taken it.",
        sources=[rule.citation],
    )
