"""One dose in plain words: how many of what, how much that is, and what to mind.

The same sentences stand in calendars, on pages and on paper.
"""

from decimal import Decimal

from medplan.model.plan import Dose, Step
from medplan.units import format_clock
from medplan.wording.amounts import hours_text, mg_text, strength_text, units_text
from medplan.wording.language import ENGLISH, Language, marked

ONLY_IF_AGREED = marked("Only if you agreed to go up")
AGREED_BEFORE = marked("Only if you agreed to go up; if not, keep to the dose before.")
DRAFT = marked("DRAFT formulary: not signed clinical guidance")
NOT_ISSUED = marked("NOT ISSUED: this plan still has open findings. Do not follow it.")


def amount_text(dose: Dose, language: Language = ENGLISH) -> str:
    """What is taken at once: `2 tablets of 500 mg (1,000 mg)`, `1 tablet of 250 mg`.

    A dose without products, which only a blocked plan has, is its milligrams alone.
    """
    mg = mg_text(dose.mg, language)
    if not dose.products:
        return mg
    parts = language.listed(units_text(part, language) for part in dose.products)
    first = dose.products[0]
    says_it_all = first.units == 1 and strength_text(first.product, language) == mg
    if says_it_all and len(dose.products) == 1:
        return parts
    return language.say("{parts} ({amount})", parts=parts, amount=mg)


def advice_text(dose: Dose) -> str:
    """A dose's instruction without the condition of a planned step, which is said apart."""
    return dose.instruction.removeprefix(f"{ONLY_IF_AGREED}.").strip()


def when_required_sentence(name: str, step: Step, language: Language = ENGLISH) -> str:
    """A when-required step: one dose, the most in any 24 hours and the least gap between two.

    Source: contract section 5, the most counts all doses.
    """
    dose = step.doses[0]
    said = language.say(
        "{medicine}, only when needed: {amount}", medicine=name, amount=amount_text(dose, language)
    )
    return _sentences(said, *when_required_limits(step, language), dose.instruction)


def when_required_limits(step: Step, language: Language = ENGLISH) -> tuple[str, ...]:
    """The most of a when-required step in any 24 hours and the least gap between two doses."""
    said = []
    if step.max_daily_mg is not None:
        most = mg_text(step.max_daily_mg, language)
        said.append(
            language.say("No more than {amount} in any 24 hours, counting all doses", amount=most)
        )
    if step.min_interval_hours is not None:
        hours = hours_text(step.min_interval_hours, language)
        said.append(language.say("Wait at least {hours} between two doses", hours=hours))
    return tuple(said)


def clock_text(dose: Dose, language: Language = ENGLISH) -> str:
    """When a dose is taken: `08:00`, or `when needed`."""
    return language.say("when needed") if dose.minute is None else format_clock(dose.minute)


def daily_text(step: Step, language: Language = ENGLISH) -> str:
    """A step's amount in a day: `1,500 mg a day`, `up to 4,000 mg a day`."""
    if step.when_required:
        most: Decimal = step.daily_mg if step.max_daily_mg is None else step.max_daily_mg
        return language.say("up to {amount} a day", amount=mg_text(most, language))
    return language.say("{amount} a day", amount=mg_text(step.daily_mg, language))


def _sentences(*parts: str) -> str:
    return " ".join(p if p.endswith((".", "!", "?")) else f"{p}." for p in parts if p.strip())
