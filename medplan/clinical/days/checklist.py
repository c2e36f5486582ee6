"""On which days the patient looks for side effects, and for which."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from medplan.clinical.course.draft import Draft
from medplan.formulary.model import CheckRule, CheckTime, Formulary
from medplan.model.plan import Check, ChecklistItem, EndsIn, Phase


def checks(drafts: Sequence[Draft], formulary: Formulary) -> tuple[Check, ...]:
    """Every check of every course, one for each day, medicine and occasion, in order of days."""
    merged: dict[tuple[date, str, CheckTime], tuple[ChecklistItem, ...]] = {}
    for draft in drafts:
        medicine = draft.course.medicine
        for rule in formulary.checks_by_medicine.get(medicine, ()):
            items = _once(ChecklistItem(i.text, i.level, i.action) for i in rule.items)
            for day in _days(draft, rule):
                key = day, medicine, rule.when
                merged[key] = _once((*merged[key], *items)) if key in merged else items
    order = list(CheckTime)
    return tuple(
        Check(day, medicine, when, items)
        for (day, medicine, when), items in sorted(
            merged.items(), key=lambda entry: (entry[0][0], entry[0][1], order.index(entry[0][2]))
        )
    )


def _once(items: Iterable[ChecklistItem]) -> tuple[ChecklistItem, ...]:
    """Each thing to look for once, in order of first mention."""
    return tuple(dict.fromkeys(items))


def _days(draft: Draft, rule: CheckRule) -> Iterator[date]:
    if rule.when in (CheckTime.EARLY, CheckTime.DURING):
        if not draft.resolved.is_taper:
            yield from _during(draft, rule)
    elif rule.when is CheckTime.AFTER_STOP:
        if draft.course.ends_in is EndsIn.STOP:
            free = draft.days.last + timedelta(1)
            yield from (free + timedelta(n) for n in rule.days)
    else:
        yield from _after_changes(draft, rule)


def _during(draft: Draft, rule: CheckRule) -> Iterator[date]:
    length = len(draft.days)
    numbers = [n for n in rule.days if n <= length]
    if rule.then_every and rule.days:
        numbers += range(rule.days[-1] + rule.then_every, length + 1, rule.then_every)
    yield from (draft.days.first + timedelta(n - 1) for n in numbers)


def _after_changes(draft: Draft, rule: CheckRule) -> Iterator[date]:
    """Days after each step up (after-step) or each cut (taper), while that step lasts."""
    steps = draft.course.steps
    for n, step in enumerate(steps):
        before = steps[n - 1].daily_mg if n else None
        lowered = step.phase is Phase.TAPER
        raised = before is not None and step.daily_mg > before
        if lowered if rule.when is CheckTime.TAPER else raised:
            days = (step.days.first + timedelta(k - 1) for k in rule.days)
            yield from (d for d in days if d in step.days)
