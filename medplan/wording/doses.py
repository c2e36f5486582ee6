"""One dose in plain words: how many of what, how much that is, and what to mind.

The same sentences stand in calendars, on pages and on paper.
"""

from decimal import Decimal

from medplan.model.plan import Dose, Step
from medplan.units import format_clock
from medplan.wording.amounts import hours_text, mg_text, strength_text, units_text

ONLY_IF_AGREED = "Only if you agreed to go up"
AGREED_BEFORE = f"{ONLY_IF_AGREED}; if not, keep to the dose before."
DRAFT = "DRAFT formulary: not signed clinical guidance"
NOT_ISSUED = "NOT ISSUED: this plan still has open findings. Do not follow it."


def amount_text(dose: Dose) -> str:
    """What is taken at once: `2 tablets of 500 mg (1,000 mg)`, `1 tablet of 250 mg`.

    A dose without products, which only a blocked plan has, is its milligrams alone.
    """
    if not dose.products:
        return mg_text(dose.mg)
    parts = " and ".join(units_text(part) for part in dose.products)
    first = dose.products[0]
    says_it_all = first.units == 1 and strength_text(first.product) == mg_text(dose.mg)
    return parts if says_it_all and len(dose.products) == 1 else f"{parts} ({mg_text(dose.mg)})"


def dose_sentence(name: str, dose: Dose) -> str:
    """A dose and its instruction: `Naproxen: 1 tablet of 250 mg. Take with food.`."""
    return _sentences(f"{name}: {amount_text(dose)}", advice_text(dose))


def advice_text(dose: Dose) -> str:
    """A dose's instruction without the condition of a planned step, which is said apart."""
    return dose.instruction.removeprefix(f"{ONLY_IF_AGREED}.").strip()


def when_required_sentence(name: str, step: Step) -> str:
    """A when-required step: one dose, the most in any 24 hours and the least gap between two.

    Source: contract section 5, the most counts all doses.
    """
    dose = step.doses[0]
    said = [f"{name}, only when needed: {amount_text(dose)}"]
    if step.max_daily_mg is not None:
        most = mg_text(step.max_daily_mg)
        said.append(f"No more than {most} in any 24 hours, counting all doses")
    if step.min_interval_hours is not None:
        said.append(f"Wait at least {hours_text(step.min_interval_hours)} between two doses")
    return _sentences(*said, dose.instruction)


def clock_text(dose: Dose) -> str:
    """When a dose is taken: `08:00`, or `when needed`."""
    return "when needed" if dose.minute is None else format_clock(dose.minute)


def daily_text(step: Step) -> str:
    """A step's amount in a day: `1,500 mg a day`, `up to 4,000 mg a day`."""
    if step.when_required:
        most: Decimal = step.daily_mg if step.max_daily_mg is None else step.max_daily_mg
        return f"up to {mg_text(most)} a day"
    return f"{mg_text(step.daily_mg)} a day"


def _sentences(*parts: str) -> str:
    return " ".join(p if p.endswith((".", "!", "?")) else f"{p}." for p in parts if p.strip())
