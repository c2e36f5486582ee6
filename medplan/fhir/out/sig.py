"""One clean text for a whole medicine: every step of every product, in one breath."""

from itertools import groupby

from medplan.model.plan import Course, EndsIn, Step
from medplan.wording.amounts import hours_text, mg_text
from medplan.wording.dates import days_text
from medplan.wording.doses import ONLY_IF_AGREED, amount_text, clock_text
from medplan.wording.names import listed

MOST_CHARACTERS = 350
_ENDS = {
    EndsIn.STOP: "then stop",
    EndsIn.REVIEW: "then review with your prescriber",
    EndsIn.CONTINUES: "then go on at this dose",
}


def sig(name: str, course: Course) -> str:
    """A medicine's whole course: `Naproxen: 1 tablet of 250 mg at 08:00 and 20:00, Mon … .`."""
    steps = "; then ".join(_step(step) for step in course.steps)
    return f"{name}: {steps}; {_ENDS[course.ends_in]}."


def sig_parts(name: str, course: Course) -> tuple[str, ...]:
    """The same in numbered texts of at most 350 characters, cut between steps, never within one:
    what a field of a dispensing system holds. None where the whole fits into one.

    A step that is longer by itself stands alone, whole: nothing is left out to make it fit.
    """
    if len(sig(name, course)) <= MOST_CHARACTERS:
        return ()
    texts: list[str] = []
    for text in (*map(_step, course.steps), _ENDS[course.ends_in]):
        room = MOST_CHARACTERS - len(f"{name} (99 of 99): ")
        if texts and len(f"{texts[-1]}; then {text}.") <= room:
            joint = "; " if text in _ENDS.values() else "; then "
            texts[-1] += joint + text
        else:
            texts.append(text)
    last = len(texts)
    return tuple(f"{name} ({n} of {last}): {text}." for n, text in enumerate(texts, 1))


def _step(step: Step) -> str:
    condition = f"{ONLY_IF_AGREED.lower()}, " if step.conditional else ""
    doses = _when_required(step) if step.when_required else _timed(step)
    return f"{condition}{doses}, {days_text(step.days)}"


def _timed(step: Step) -> str:
    amounts = groupby(step.doses, amount_text)
    return "; ".join(
        f"{amount} at {listed([clock_text(dose) for dose in doses])}" for amount, doses in amounts
    )


def _when_required(step: Step) -> str:
    said = [f"{listed([amount_text(dose) for dose in step.doses])} when needed"]
    if step.min_interval_hours is not None:
        said.append(f"at least {hours_text(step.min_interval_hours)} apart")
    if step.max_daily_mg is not None:
        said.append(f"no more than {mg_text(step.max_daily_mg)} in any 24 hours")
    return ", ".join(said)
