"""Which medicines of a plan wait for a decision, and what may be chosen. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from medplan.formulary.model import Formulary
from medplan.model.plan import Plan
from medplan.wording.language import Language
from medplan.wording.names import medicine_key, medicine_name
from medplan.wording.notes import option_text


@dataclass(frozen=True, slots=True)
class Waiting:
    """A medicine whose next step up nobody has agreed to, and whether its day has come."""

    medicine: str
    name: str
    day: date
    due: bool
    options: Sequence[tuple[str, str]]


def waiting_decisions(
    plan: Plan, formulary: Formulary, today: date, language: Language
) -> list[Waiting]:
    """The next decision of each medicine that waits for one."""
    found = []
    for course in plan.courses:
        steps = [step.days.first for step in course.steps if step.conditional]
        asked = [d for d in plan.decisions if d.medicine == course.medicine]
        if steps and asked:
            decision = next((d for d in asked if d.day >= min(steps)), asked[-1])
            options = [(option, option_text(option, language)) for option in decision.options]
            key = medicine_key(course)
            found.append(
                Waiting(
                    key,
                    medicine_name(key, formulary),
                    decision.day,
                    decision.day <= today,
                    options,
                )
            )
    return found
