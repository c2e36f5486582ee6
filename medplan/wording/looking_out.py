"""What a patient is asked to look out for on a day, as questions with what to do about each.

The questions are the plan's own check lists, word for word; the same question of two medicines is
asked once. Knows no page.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from medplan.formulary.model import CheckLevel
from medplan.model.plan import Check, ChecklistItem, Plan

_LONGEST_AFTER = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to look out for, of one medicine or more. `id` is the same wherever it is asked."""

    id: str
    item: ChecklistItem
    medicines: tuple[str, ...]


def questions_on(plan: Plan, day: date) -> tuple[Question, ...]:
    """What to ask on a day, the most urgent first.

    Of each medicine it is what its latest checks up to the day ask, or its first ones while none
    has come; a medicine whose last check lies four weeks back is asked no more.
    """
    asked: list[Check] = []
    for medicine in dict.fromkeys(check.medicine for check in plan.checks):
        own = [check for check in plan.checks if check.medicine == medicine]
        past = [check.day for check in own if check.day <= day]
        on = max(past) if past else min(check.day for check in own)
        if _concerns(plan, medicine, on, day):
            asked += [check for check in own if check.day == on]
    return _questions(asked)


def questions_of(plan: Plan) -> tuple[Question, ...]:
    """Everything that the plan asks on any day, the most urgent first."""
    return _questions(plan.checks)


def find_question(plan: Plan, question_id: str) -> Question | None:
    """Find a question that the plan asks on any day."""
    return next((q for q in questions_of(plan) if q.id == question_id), None)


def is_check_day(plan: Plan, day: date) -> bool:
    """Whether the plan has a check on the day."""
    return any(check.day == day for check in plan.checks)


def _concerns(plan: Plan, medicine: str, checked: date, day: date) -> bool:
    """Whether a medicine is taken on the day, or its last check is no more than weeks away."""
    taken = any(day in c.days for c in plan.courses if medicine in (c.medicine, c.name))
    return taken or checked <= day <= checked + _LONGEST_AFTER


def _questions(checks: Iterable[Check]) -> tuple[Question, ...]:
    asked: dict[ChecklistItem, dict[str, None]] = {}
    for check in checks:
        for item in check.items:
            asked.setdefault(item, {})[check.medicine] = None
    urgency = list(reversed(CheckLevel))
    return tuple(
        Question(_id(item), item, tuple(medicines))
        for item, medicines in sorted(asked.items(), key=lambda q: urgency.index(q[0].level))
    )


def _id(item: ChecklistItem) -> str:
    text = f"{item.level}\n{item.text}\n{item.action}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
