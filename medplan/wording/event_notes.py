"""What the events of a calendar say, in English: short, since a title names the medicines.

What several medicines have in common is said once, what is true of every dose of a medicine on the
day it starts. `doses` and `notes` say the same at length, for pages and paper.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from medplan.formulary.model import Form, Medicine
from medplan.model.plan import Dose, Review, Stop, Supply
from medplan.units import Days
from medplan.wording.amounts import (
    form_of,
    form_text,
    mg_text,
    number_text,
    strength_text,
    units_text,
)
from medplan.wording.dates import days_text, short_day_text
from medplan.wording.doses import AGREED_BEFORE, advice_text
from medplan.wording.names import listed
from medplan.wording.notes import review_sentence

NOT_ISSUED = "NOT ISSUED: do not follow this plan."


@dataclass(frozen=True, slots=True)
class DoseTold:
    """A medicine's dose in an event. A conditional one holds only if somebody agreed to go up."""

    name: str
    dose: Dose
    caution: str
    conditional: bool


def caution_text(medicine: Medicine | None) -> str:
    """What is said where a medicine starts and not with each dose; empty where nothing is."""
    return "" if medicine is None or medicine.caution is None else medicine.caution.text


def dose_sentences(doses: Sequence[DoseTold]) -> Iterator[str]:
    """What to take at one time, and how: `Naproxen: 2 tablets of 250 mg. Take with food.`.

    How much that is stands in the title, and where that is of one medicine its name, too. The
    caution with which an instruction ends is left to where the medicine starts. The condition of
    planned steps is said once.
    """
    for one in doses:
        taken = listed(units_text(part) for part in one.dose.products) or mg_text(one.dose.mg)
        said = f"{one.name}: {taken}" if len(doses) > 1 else taken[0].upper() + taken[1:]
        yield f"{said}. {advice_text(one.dose).removesuffix(one.caution)}".strip()
    waiting = [one.name for one in doses if one.conditional]
    if len(waiting) == len(doses):
        yield AGREED_BEFORE
    elif waiting:
        yield f"{listed(waiting)}: {AGREED_BEFORE[0].lower()}{AGREED_BEFORE[1:]}"


def stop_sentences(stops: Sequence[tuple[str, Stop]]) -> Iterator[str]:
    """What ends, each medicine by its name: all have the same last dose and first free day."""
    names = listed(name for name, _ in stops)
    _, stop = stops[0]
    last, free = short_day_text(stop.last_dose_day), short_day_text(stop.first_free_day)
    yield f"Last dose of {names}: {last}; none from {free}."
    for name, stop in stops:
        if stop.text:
            told = name.casefold() in stop.text.casefold()
            yield stop.text if told else f"{name}: {stop.text}"


def supply_sentence(days: Days, rows: Iterable[tuple[str, Supply]]) -> str:
    """What to collect for the same days: `For Mon 23 … (14 days): 28 tablets of Naproxen 250 mg.`.

    Each row goes with its medicine's name.
    """
    amounts = "; ".join(_supply_text(name, row) for name, row in rows)
    return f"For {days_text(days)}: {amounts}."


def review_sentences(reviews: Sequence[tuple[Sequence[str], Review]]) -> Iterator[str]:
    """What is looked at again on one day; of what, where the title alone does not say it."""
    for names, review in reviews:
        alone = names and len(reviews) == 1
        yield review.why if alone else review_sentence(names, review)


def _supply_text(name: str, row: Supply) -> str:
    units = f"{number_text(row.units)} {form_text(row.product, row.units)}"
    if row.packs is not None:
        units += f" ({row.packs} {'pack' if row.packs == 1 else 'packs'})"
    liquid = " liquid" if form_of(row.product) is Form.LIQUID else ""
    return f"{units} of {name}{liquid} {strength_text(row.product)}"
