"""What comes next in a plan, in order of days: steps, stops, decisions, reviews, checks.

Steps up that nobody has agreed to are not told as changes: their day is a day of decision.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from medplan.clinical.pharmacy.agreed import agreed_steps
from medplan.formulary.model import Formulary
from medplan.model.plan import Course, EndsIn, Plan, Step
from medplan.units import Days
from medplan.wording.dates import days_text
from medplan.wording.doses import amount_text, clock_text, daily_text
from medplan.wording.language import ENGLISH, Language
from medplan.wording.names import medicine_key, medicine_name, name_in_plan
from medplan.wording.notes import (
    CHECK,
    decision_sentence,
    renewal_sentence,
    review_sentence,
    start_sentence,
    stop_sentence,
    times_text,
)

_MOST_NAMED = 3


class Kind(StrEnum):
    """What a coming day is there for."""

    START = "start"
    CHANGE = "change"
    STOP = "stop"
    DECISION = "decision"
    REVIEW = "review"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Coming:
    """A day ahead and a sentence that says what happens on it."""

    day: date
    kind: Kind
    sentence: str


@dataclass(frozen=True, slots=True)
class Told:
    """Something that happens on one day or on several, told once."""

    days: str
    sentence: str


@dataclass(frozen=True, slots=True)
class StepAhead:
    """A run of days with the same doses of a medicine."""

    days: Days
    when: str
    daily: str
    doses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CourseAhead:
    """A medicine over the rest of its course."""

    medicine: str
    steps: tuple[StepAhead, ...]
    ends: str


def coming(
    plan: Plan, formulary: Formulary, after: date, language: Language = ENGLISH
) -> tuple[Coming, ...]:
    """What happens after a day, in order; a stop comes on the first day without a dose."""
    found = [
        *(c for course in plan.courses for c in _changes(course, formulary, language)),
        *_stops(plan, formulary, language),
        *_decisions(plan, formulary, language),
        *_reviews(plan, formulary, language),
        *_checks(plan, language),
    ]
    order = list(Kind)
    later = {c for c in found if c.day > after}
    return tuple(sorted(later, key=lambda c: (c.day, order.index(c.kind), c.sentence)))


def told_once(events: Iterable[Coming], language: Language = ENGLISH) -> tuple[Told, ...]:
    """Events as sentences with their days, the same sentence of many days only once."""
    days: dict[str, list[date]] = {}
    for event in events:
        days.setdefault(event.sentence, []).append(event.day)
    return tuple(Told(_some(on, language), sentence) for sentence, on in days.items())


def courses_ahead(
    plan: Plan, formulary: Formulary, start: date, language: Language = ENGLISH
) -> tuple[CourseAhead, ...]:
    """Each medicine's agreed steps from a day on, as runs of days with the same doses."""
    found = []
    for course in plan.courses:
        steps = [s for s in _merged(agreed_steps(course)) if s.days.last >= start]
        if steps:
            found.append(
                CourseAhead(
                    medicine_name(medicine_key(course), formulary),
                    tuple(_step_ahead(step, language) for step in steps),
                    _end(course, language),
                )
            )
    return tuple(found)


def _some(days: Sequence[date], language: Language) -> str:
    """The days in words: one in full, the first few of many."""
    if len(days) == 1:
        return language.day(days[0])
    named = [language.short_day(day) for day in days[:_MOST_NAMED]]
    left = len(days) - len(named)
    if left:
        named.append(language.say_many("{count} more day", "{count} more days", left))
    return language.listed(named)


def _step_ahead(step: Step, language: Language) -> StepAhead:
    doses = tuple(
        language.say(
            "{time}: {amount}", time=clock_text(dose, language), amount=amount_text(dose, language)
        )
        for dose in step.doses
        if dose.mg
    )
    return StepAhead(step.days, days_text(step.days, language), daily_text(step, language), doses)


def _end(course: Course, language: Language) -> str:
    if course.ends_in is EndsIn.STOP:
        return language.say("Then stop.")
    if course.ends_in is EndsIn.REVIEW:
        return language.say("Then your prescriber looks again. Do not stop by yourself.")
    return language.say("It goes on after that. Do not stop by yourself.")


def _merged(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Steps with neighbours of the same doses made one."""
    run: Step | None = None
    for step in steps:
        if run is not None and step.doses == run.doses and step.when_required == run.when_required:
            run = replace(run, days=Days(run.days.first, step.days.last))
            continue
        if run is not None:
            yield run
        run = step
    if run is not None:
        yield run


def _changes(course: Course, formulary: Formulary, language: Language) -> Iterator[Coming]:
    name = medicine_name(medicine_key(course), formulary)
    steps = tuple(_merged(agreed_steps(course)))
    for place, step in enumerate(steps):
        if place == 0:
            yield Coming(step.days.first, Kind.START, start_sentence(name, step, language))
        else:
            said = change_sentence(name, step, language)
            yield Coming(step.days.first, Kind.CHANGE, said)
    if course.ends_in is EndsIn.CONTINUES:
        yield Coming(course.days.last, Kind.STOP, renewal_sentence(name, language))


def change_sentence(name: str, step: Step, language: Language = ENGLISH) -> str:
    """What changes: `Morphine changes to 40 mg a day: 1 tablet of … at 08:00 and 20:00.`."""
    return language.say(
        "{medicine} changes to {daily}: {doses}.",
        medicine=name,
        daily=daily_text(step, language),
        doses=times_text(step, language),
    )


def _stops(plan: Plan, formulary: Formulary, language: Language) -> Iterator[Coming]:
    for stop in plan.stops:
        name = name_in_plan(stop.medicine, plan, formulary, language)
        yield Coming(stop.first_free_day, Kind.STOP, stop_sentence(name, stop, language))


def _decisions(plan: Plan, formulary: Formulary, language: Language) -> Iterator[Coming]:
    for decision in plan.decisions:
        name = name_in_plan(decision.medicine, plan, formulary, language)
        said = decision_sentence(name, decision, language)
        yield Coming(decision.day, Kind.DECISION, said)


def _reviews(plan: Plan, formulary: Formulary, language: Language) -> Iterator[Coming]:
    for review in plan.reviews:
        names = [name_in_plan(m, plan, formulary, language) for m in review.medicines]
        yield Coming(review.day, Kind.REVIEW, review_sentence(names, review, language))


def _checks(plan: Plan, language: Language) -> Iterator[Coming]:
    for day in sorted({check.day for check in plan.checks}):
        yield Coming(day, Kind.CHECK, language.say(CHECK))
