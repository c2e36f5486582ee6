"""What a patient takes already: names placed in classes, and names that can't be placed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from medplan.formulary.model import Formulary, Medicine
from medplan.model.request import PatientFacts, TakenMedicine

CLASS = "class:"


@dataclass(frozen=True, slots=True)
class Taken:
    """One medicine the patient takes or took, under every name a rule may know it by.

    `words` holds its own name, its generic's and `class:…` for each class. Unplaced ones hold only
    their name.
    """

    name: str
    words: frozenset[str]
    placed: bool
    stopped_on: date | None

    def is_taken(self, day: date) -> bool:
        """Whether it is still taken on a day."""
        return self.stopped_on is None or self.stopped_on >= day

    def is_any(self, wanted: Iterable[str]) -> bool:
        """Whether a rule's list of names and classes includes it."""
        return not self.words.isdisjoint(wanted)


def taken(patient: PatientFacts, formulary: Formulary) -> tuple[Taken, ...]:
    """Everything the patient takes already; empty when unknown."""
    return tuple(_placed(t, formulary) for t in patient.medicines or ())


def words_for(medicine: Medicine, formulary: Formulary, name: str | None = None) -> frozenset[str]:
    """The names and classes by which a rule may know one of the plan's own medicines.

    An unlisted medicine is known by whatever its `name` is placed as.
    """
    if name is not None:
        return _placed(TakenMedicine(name), formulary).words
    return frozenset((medicine.id, *medicine.ingredients, *_classes(medicine.classes)))


def _placed(entry: TakenMedicine, formulary: Formulary) -> Taken:
    name = " ".join(entry.name.lower().split())
    if name.startswith(CLASS):
        shared = formulary.classes_shared_within.get(name.removeprefix(CLASS), ())
        words = {name, *_classes(shared)}
        return Taken(name, frozenset(words), placed=True, stopped_on=entry.stopped_on)
    known = formulary.co_medicines.get(name)
    ours = formulary.medicines.get(name.replace(" ", "-"))
    words = {name}
    if known is not None:
        words |= {*_classes(known.classes), known.generic or name}
        generic = formulary.co_medicines.get(known.generic or "")
        words |= set(_classes(generic.classes)) if generic else set()
    if ours is not None:
        words |= words_for(ours, formulary)
    placed = known is not None or ours is not None
    return Taken(entry.name, frozenset(words), placed=placed, stopped_on=entry.stopped_on)


def _classes(classes: Iterable[str]) -> Iterator[str]:
    return (CLASS + c for c in classes)
