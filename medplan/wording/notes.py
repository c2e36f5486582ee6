"""What a day holds besides its doses, in plain words: starts, stops, reviews, decisions, checks.

Each sentence stands by itself, so that it can be read on a phone months after it was written.
"""

from collections.abc import Iterable, Sequence

from medplan.formulary.model import CheckLevel
from medplan.model.plan import Check, ChecklistItem, Decision, Review, Step, Stop, Supply
from medplan.wording.amounts import form_text, number_text, product_name
from medplan.wording.dates import day_text, days_text
from medplan.wording.doses import amount_text, clock_text
from medplan.wording.names import listed

CHECK = "Look out for side effects: your plan says which, and what to do."

_OPTIONS = {
    "increase": "go up (only if it helps too little and you tolerate it)",
    "stay": "stay at this dose",
    "step-back": "go back to the dose before",
    "stop": "stop",
}
_DECIDERS = {
    "patient": "You may decide this yourself.",
    "prescriber": "Your prescriber decides this with you.",
}
_LEVELS = {
    CheckLevel.EMERGENCY: "Get emergency help",
    CheckLevel.SERIOUS: "Get advice the same day",
    CheckLevel.COMMON: "Common",
}


def start_sentence(name: str, step: Step) -> str:
    """What begins: `Naproxen starts: 1 tablet of 250 mg at 08:00 and 20:00.`."""
    amounts: dict[str, list[str]] = {}
    for dose in step.doses:
        amounts.setdefault(amount_text(dose), []).append(clock_text(dose))
    each = "; ".join(f"{amount} at {listed(times)}" for amount, times in amounts.items())
    return f"{name} starts: {each}."


def stop_sentence(name: str, stop: Stop) -> str:
    """When a medicine ends, and what to know about it."""
    last, free = day_text(stop.last_dose_day), day_text(stop.first_free_day)
    return f"{name}: last dose {last}; none from {free}. {stop.text}".strip()


def review_sentence(names: Sequence[str], review: Review) -> str:
    """What is looked at again, and why."""
    about = f"Review of {listed(names)}" if names else "Review of the whole plan"
    return f"{about}: {review.why}"


def decision_sentence(name: str, decision: Decision) -> str:
    """The choices on a decision day. No answer means that the dose stays as it is."""
    choices = listed([_OPTIONS.get(option, option) for option in decision.options], "or")
    who = _DECIDERS.get(decision.by, "")
    return f"{name}: {choices}? {who} Until then keep to the dose you have.".replace("  ", " ")


def renewal_sentence(name: str) -> str:
    """The last day with dated doses of a medicine that is meant to go on."""
    return (
        f"The dated doses of {name} end today. Do not stop by yourself: "
        "ask your prescriber how to go on."
    )


def supply_sentence(name: str, supply: Supply) -> str:
    """What to collect for which days: `Naproxen 250 mg tablets: 14 tablets, for Mon 23 …`."""
    count = f"{number_text(supply.units)} {form_text(supply.product, supply.units)}"
    packs = "" if supply.packs is None else f" ({supply.packs} {_packs(supply.packs)})"
    return f"{product_name(supply.product, name)}: {count}{packs}, for {days_text(supply.days)}."


def agreed_supply_sentence(name: str, supply: Supply) -> str:
    """What to collect while steps up are not agreed: no count, since that may change."""
    return f"{product_name(supply.product, name)}: enough for the dose agreed so far."


def check_sentences(name: str, check: Check) -> tuple[str, ...]:
    """What to look out for, the most urgent first, each with what to do."""
    said = [f"{name}: have you noticed any of these?"]
    for level, heading in _LEVELS.items():
        said += [f"{heading}: {_item(i)}" for i in check.items if i.level is level]
    return tuple(said)


def lines(sentences: Iterable[str]) -> str:
    """Sentences one below the other."""
    return "\n".join(sentences)


def _item(item: ChecklistItem) -> str:
    text = item.text if item.text.endswith((".", "?", "!")) else f"{item.text}."
    return f"{text} {item.action}".strip()


def _packs(count: int) -> str:
    return "pack" if count == 1 else "packs"
