"""Everything a formulary knows for one jurisdiction, and what belongs to no single medicine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from medplan.formulary.model.citing import Citation, Sentence, Source
from medplan.formulary.model.cover import Gastroprotection, LaxativeCover
from medplan.formulary.model.medicine import Medicine, ReviewRule
from medplan.formulary.model.rules import CheckRule, MissingFact, Rule
from medplan.formulary.model.words import Severity


@dataclass(frozen=True, slots=True)
class CoMedicine:
    """A medicine a patient may already take. No classes: known, and no rule here."""

    name: str
    classes: tuple[str, ...]
    generic: str | None


@dataclass(frozen=True, slots=True)
class OpioidFactor:
    """mg of oral morphine for each mg of the medicine, by one authority."""

    medicine: str
    authority: str
    factor: Decimal
    borrowed: bool
    citation: Citation


@dataclass(frozen=True, slots=True)
class LoadThreshold:
    """A finding when the day's summed opioid load is at or over `ome_mg`."""

    ome_mg: Decimal
    severity: Severity
    text: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class OpioidTolerance:
    """After how many days without it, or with less of it, an opioid's old dose is too much."""

    lost_after_days: int
    text: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The closed lists a request may use."""

    indications: tuple[str, ...]
    conditions: tuple[str, ...]
    allergies: tuple[str, ...]
    red_flags: tuple[str, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """What every plan prints for its country."""

    emergency: Sentence
    self_care: tuple[Sentence, ...]
    red_flags: tuple[Sentence, ...]


@dataclass(frozen=True)
class Formulary:
    """Everything medplan knows for one jurisdiction. `version` is a hash of the files read."""

    jurisdiction: str
    version: str
    status: str
    medicines: Mapping[str, Medicine]
    rules: tuple[Rule, ...]
    checks: tuple[CheckRule, ...]
    co_medicines: Mapping[str, CoMedicine]
    vocabulary: Vocabulary
    sources: Mapping[str, Source]
    opioid_factors: tuple[OpioidFactor, ...]
    load_authority: str
    load_thresholds: tuple[LoadThreshold, ...]
    gastroprotection: Gastroprotection
    laxative: LaxativeCover
    advice: Advice
    plan_review: ReviewRule = field(kw_only=True)
    missing_facts: tuple[MissingFact, ...] = field(kw_only=True, default=())
    tolerance: OpioidTolerance | None = field(kw_only=True, default=None)

    @cached_property
    def classes_shared_within(self) -> Mapping[str, frozenset[str]]:
        """For each class of co-medicines the classes that all of its medicines are in."""
        shared: dict[str, frozenset[str]] = {}
        for one in self.co_medicines.values():
            for name in one.classes:
                shared[name] = shared.get(name, frozenset(one.classes)) & frozenset(one.classes)
        return shared

    @cached_property
    def rules_for_everyone(self) -> tuple[Rule, ...]:
        """The rules about the patient, whatever is prescribed, in file order."""
        return tuple(rule for rule in self.rules if rule.for_everyone)

    @cached_property
    def rules_by_medicine(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules that look at each medicine, in file order."""
        return {
            m.id: tuple(r for r in self.rules if names_medicine(r.medicines, m))
            for m in self.medicines.values()
        }

    @cached_property
    def course_rules_by_medicine(self) -> Mapping[str, tuple[Rule, ...]]:
        """Of these the ones that look at its courses: those about the patient alone left out."""
        return {
            name: tuple(rule for rule in rules if not rule.for_everyone)
            for name, rules in self.rules_by_medicine.items()
        }

    @cached_property
    def checks_by_medicine(self) -> Mapping[str, tuple[CheckRule, ...]]:
        """The side-effect checks of each medicine, in file order."""
        return {
            m.id: tuple(c for c in self.checks if names_medicine(c.medicines, m))
            for m in self.medicines.values()
        }


def names_medicine(names: tuple[str, ...], medicine: Medicine) -> bool:
    """Whether a list of ids, `class:…` entries or `any` includes the medicine."""
    return (
        "any" in names
        or medicine.id in names
        or any(f"class:{c}" in names for c in medicine.classes)
    )
