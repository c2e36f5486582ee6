"""A patient's day in big plain words: what to take at which time, and what to know about it.

A dose that nobody has agreed to is never among what to take. Where the prescriber plans ahead, it
stands beside the agreed dose, saying on what it depends. Knows no page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from medplan.clinical.pharmacy.agreed import agreed_steps
from medplan.formulary.model import Form, Formulary
from medplan.model.plan import Course, Dose, Plan, Step
from medplan.units import format_clock
from medplan.wording.amounts import count_text, form_of, mg_text, strength_text
from medplan.wording.doses import advice_text, amount_text, when_required_limits
from medplan.wording.language import ENGLISH, Language, marked
from medplan.wording.names import medicine_key, medicine_name

_PARTS_OF_DAY = (
    (11 * 60, marked("Morning")),
    (16 * 60, marked("Midday")),
    (21 * 60, marked("Evening")),
    (24 * 60, marked("Night")),
)
_CAPSULES = frozenset({Form.CAPSULE, Form.EC_CAPSULE, Form.MR_CAPSULE})


@dataclass(frozen=True, slots=True)
class Part:
    """Units of one product: `2 tablets`, of `500 mg` each. `shape` is what they look like."""

    count: str
    strength: str
    units: Decimal
    shape: str


@dataclass(frozen=True, slots=True)
class Take:
    """One medicine at one time. `instead` says which dose holds only if somebody agreed to it."""

    medicine: str
    parts: tuple[Part, ...]
    amount: str
    advice: tuple[str, ...]
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class AtTime:
    """A clock time of the day, its part of the day in words, and what to take then."""

    clock: str
    part_of_day: str
    takes: tuple[Take, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """What a day asks of a patient: doses by the clock, and doses when they are needed."""

    times: tuple[AtTime, ...]
    when_needed: tuple[Take, ...]


def day_of(
    plan: Plan,
    formulary: Formulary,
    day: date,
    planned_ahead: frozenset[str] = frozenset(),
    language: Language = ENGLISH,
) -> Day:
    """The agreed doses of a day. `planned_ahead` are the medicines whose steps up show before."""
    by_minute: dict[int, list[Take]] = {}
    needed: list[Take] = []
    for course in plan.courses:
        name = medicine_name(medicine_key(course), formulary)
        planned = _step_on(course.steps, day)
        ahead = planned if medicine_key(course) in planned_ahead else None
        for minute, take in _takes(name, course, day, ahead, language):
            if minute is None:
                needed.append(take)
            else:
                by_minute.setdefault(minute, []).append(take)
    times = (
        AtTime(format_clock(minute), part_of_day(minute, language), tuple(takes))
        for minute, takes in sorted(by_minute.items())
    )
    return Day(tuple(times), tuple(needed))


def part_of_day(minute: int, language: Language = ENGLISH) -> str:
    """What a clock time is called: `Morning`."""
    return next(language.say(name) for end, name in _PARTS_OF_DAY if minute < end)


def _takes(
    name: str, course: Course, day: date, ahead: Step | None, language: Language
) -> Iterator[tuple[int | None, Take]]:
    step = _step_on(agreed_steps(course), day)
    if step is None:
        return
    if step.when_required:
        yield None, _when_needed(name, step, language)
        return
    for dose in step.doses:
        yield dose.minute, _take(name, dose, _instead(step, ahead, dose, language), language)


def _take(name: str, dose: Dose, instead: str | None, language: Language) -> Take:
    advice = advice_text(dose)
    return Take(
        medicine=name,
        parts=tuple(_part(dose, n, language) for n in range(len(dose.products))),
        amount=mg_text(dose.mg, language),
        advice=(advice,) if advice else (),
        instead=instead,
    )


def _when_needed(name: str, step: Step, language: Language) -> Take:
    dose = step.doses[0]
    take = _take(name, dose, None, language)
    limits = tuple(f"{limit}." for limit in when_required_limits(step, language))
    return Take(name, take.parts, take.amount, (*limits, *take.advice))


def _instead(agreed: Step, ahead: Step | None, dose: Dose, language: Language) -> str | None:
    """What a planned step gives at a time in the agreed dose's place, if anybody agreed to it."""
    if ahead is None or ahead.daily_mg <= agreed.daily_mg:
        return None
    planned = next((d for d in ahead.doses if d.minute == dose.minute), None)
    if planned is None:
        return None
    amount = amount_text(planned, language)
    return language.say("Only if you agreed to go up: {amount} instead.", amount=amount)


def _part(dose: Dose, place: int, language: Language) -> Part:
    units = dose.products[place]
    form = form_of(units.product)
    shape = "liquid" if form is Form.LIQUID else "capsule" if form in _CAPSULES else "tablet"
    strength = strength_text(units.product, language)
    return Part(count_text(units, language), strength, units.units, shape)


def _step_on(steps: tuple[Step, ...], day: date) -> Step | None:
    return next((step for step in steps if day in step.days), None)
