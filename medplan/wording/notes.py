"""What a day holds besides its doses, in plain words: starts, stops, reviews, decisions, checks.

Each sentence stands by itself, so that it can be read on a phone months after it was written.
"""

from collections.abc import Iterable, Sequence

from medplan.formulary.model import CheckLevel
from medplan.model.plan import Check, ChecklistItem, Decision, Review, Step, Stop, Supply
from medplan.wording.amounts import form_text, number_text, product_name
from medplan.wording.dates import day_text, days_text
from medplan.wording.doses import amount_text, clock_text
from medplan.wording.language import ENGLISH, Language, marked
from medplan.wording.names import listed

CHECK = marked("Look out for side effects: your plan says which, and what to do.")

_OPTIONS = {
    "increase": marked("go up (only if it helps too little and you tolerate it)"),
    "stay": marked("stay at this dose"),
    "step-back": marked("go back to the dose before"),
    "stop": marked("stop"),
}
_DECIDERS = {
    "patient": marked("You may decide this yourself."),
    "prescriber": marked("Your prescriber decides this with you."),
}
_LEVELS = {
    CheckLevel.EMERGENCY: marked("Get emergency help"),
    CheckLevel.SERIOUS: marked("Get advice the same day"),
    CheckLevel.COMMON: marked("Common"),
}


def start_sentence(name: str, step: Step, language: Language = ENGLISH) -> str:
    """What begins: `Naproxen starts: 1 tablet of 250 mg at 08:00 and 20:00.`."""
    doses = times_text(step, language)
    return language.say("{medicine} starts: {doses}.", medicine=name, doses=doses)


def times_text(step: Step, language: Language = ENGLISH) -> str:
    """A day's doses of a step: `1 tablet of 250 mg at 08:00 and 20:00`."""
    amounts: dict[str, list[str]] = {}
    for dose in step.doses:
        times = amounts.setdefault(amount_text(dose, language), [])
        times.append(clock_text(dose, language))
    return "; ".join(
        language.say("{amount} at {times}", amount=amount, times=listed(times, language))
        for amount, times in amounts.items()
    )


def stop_sentence(name: str, stop: Stop, language: Language = ENGLISH) -> str:
    """When a medicine ends, and what to know about it."""
    said = language.say(
        "{medicine}: last dose {last_day}; none from {free_day}.",
        medicine=name,
        last_day=day_text(stop.last_dose_day, language),
        free_day=day_text(stop.first_free_day, language),
    )
    return f"{said} {stop.text}".strip()


def review_sentence(names: Sequence[str], review: Review, language: Language = ENGLISH) -> str:
    """What is looked at again, and why."""
    if not names:
        return language.say("Review of the whole plan: {why}", why=review.why)
    medicines = listed(names, language)
    return language.say("Review of {medicines}: {why}", medicines=medicines, why=review.why)


def decision_sentence(name: str, decision: Decision, language: Language = ENGLISH) -> str:
    """The choices on a decision day. No answer means that the dose stays as it is."""
    options = [option_text(option, language) for option in decision.options]
    question = language.say(
        "{medicine}: {choices}?", medicine=name, choices=language.either(options)
    )
    who = language.say(_DECIDERS[decision.by]) if decision.by in _DECIDERS else ""
    until = language.say("Until then keep to the dose you have.")
    return " ".join(part for part in (question, who, until) if part)


def option_text(option: str, language: Language = ENGLISH) -> str:
    """One of the choices of a decision day."""
    return language.say(_OPTIONS[option]) if option in _OPTIONS else option


def renewal_sentence(name: str, language: Language = ENGLISH) -> str:
    """The last day with dated doses of a medicine that is meant to go on."""
    return language.say(
        "The dated doses of {medicine} end today. Do not stop by yourself: "
        "ask your prescriber how to go on.",
        medicine=name,
    )


def supply_sentence(name: str, supply: Supply, language: Language = ENGLISH) -> str:
    """What to collect for which days: `Naproxen 250 mg tablets: 14 tablets, for Mon 23 …`."""
    number = number_text(supply.units, language)
    count = f"{number} {form_text(supply.product, supply.units, language)}"
    if supply.packs is not None:
        packs = language.say_many("{count} pack", "{count} packs", supply.packs)
        count = language.say("{units} ({packs})", units=count, packs=packs)
    return language.say(
        "{product}: {units}, for {days}.",
        product=product_name(supply.product, name, language),
        units=count,
        days=days_text(supply.days, language),
    )


def agreed_supply_sentence(name: str, supply: Supply, language: Language = ENGLISH) -> str:
    """What to collect while steps up are not agreed: no count, since that may change."""
    return language.say(
        "{product}: enough for the dose agreed so far.",
        product=product_name(supply.product, name, language),
    )


def check_sentences(name: str, check: Check, language: Language = ENGLISH) -> tuple[str, ...]:
    """What to look out for, the most urgent first, each with what to do."""
    said = [language.say("{medicine}: have you noticed any of these?", medicine=name)]
    for level, heading in _LEVELS.items():
        said += [
            language.say("{heading}: {item}", heading=language.say(heading), item=item_text(i))
            for i in check.items
            if i.level is level
        ]
    return tuple(said)


def lines(sentences: Iterable[str]) -> str:
    """Sentences one below the other."""
    return "\n".join(sentences)


def item_text(item: ChecklistItem) -> str:
    """One thing to look out for, and what to do about it."""
    text = item.text if item.text.endswith((".", "?", "!")) else f"{item.text}."
    return f"{text} {item.action}".strip()
