"""Whether co-medicines, opioid load, cover and the jurisdiction's own choices fit the medicines."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from medplan.formulary.check_groups import group_faults, unknown_words
from medplan.formulary.check_medicine import repeated_ids
from medplan.formulary.check_rules import KnownNames, named_things
from medplan.formulary.files import Steps
from medplan.formulary.model import CoMedicine, Medicine, OpioidFactor, Source
from medplan.formulary.places import Fault
from medplan.formulary.schema_commons import (
    Authority,
    GastroprotectionPart,
    JurisdictionPart,
    LaxativePart,
    OpioidLoadPart,
)

Found = Iterator[tuple[Steps, str]]


def source_faults(rows: Sequence[Source]) -> Iterator[Fault]:
    """Sources listed twice."""
    for steps, detail in repeated_ids("source", [row.id for row in rows]):
        yield Fault("sources", steps, detail)


def co_medicine_faults(rows: Sequence[CoMedicine], known: KnownNames) -> Iterator[Fault]:
    """Names said twice, classes nobody knows, and brands of nothing."""
    names = [row.name for row in rows]
    generics = {*names, *known.medicines}
    for index, row in enumerate(rows):
        steps: Steps = ("co_medicine", index)
        for place, detail in _co_medicine(row, steps, known, generics):
            yield Fault("co_medicines", place, detail)
        if row.name in names[:index]:
            detail = f"{row.name!r} stands there already"
            yield Fault("co_medicines", (*steps, "name"), detail)


def _co_medicine(
    row: CoMedicine, steps: Steps, known: KnownNames, generics: Collection[str]
) -> Found:
    if row.name != row.name.lower():
        yield (*steps, "name"), "is not in lower case"
    if known.vocabulary is not None:
        words, where = known.vocabulary.classes, "classes of the vocabulary"
        yield from unknown_words(row.classes, words, (*steps, "classes"), where)
    if row.generic is not None and row.generic not in generics:
        yield (*steps, "generic"), f"{row.generic!r} is neither a co-medicine nor a medicine"


def load_faults(load: OpioidLoadPart, medicines: Mapping[str, Medicine]) -> Iterator[Fault]:
    """Opioids that an authority has no factor for, and factors said twice."""
    known = {(row.medicine, row.authority) for row in load.factor}
    for index, row in enumerate(load.factor):
        if any(_same_factor(row, earlier) for earlier in load.factor[:index]):
            detail = f"{row.authority} has a factor for {row.medicine} already"
            yield Fault("opioid_load", ("factor", index), detail)
    for medicine in medicines.values():
        if "opioid" not in medicine.classes:
            continue
        for authority in Authority:
            if not any((name, authority) in known for name in medicine.ingredients):
                detail = f"has no factor by {authority} for the opioid {medicine.id}"
                yield Fault("opioid_load", ("factor",), detail)


def _same_factor(one: OpioidFactor, other: OpioidFactor) -> bool:
    return (one.medicine, one.authority) == (other.medicine, other.authority)


def gastroprotection_faults(part: GastroprotectionPart, known: KnownNames) -> Iterator[Fault]:
    """Names in the gastroprotection file that nobody knows."""
    found = list(named_things(part.against_preferred, known, ("against_preferred",)))
    doses = list(part.high_dose_over_mg)
    found += unknown_words(doses, known.medicines, ("high_dose_over_mg",), "medicines")
    for factor in part.risk_factor:
        steps = ("risk_factor", factor.id)
        found += named_things(factor.takes, known, (*steps, "takes"))
        for index, group in enumerate(factor.groups):
            found += group_faults(group, known.vocabulary, (*steps, "group", index))
        if not factor.groups and not factor.takes:
            found.append((steps, "has neither a group nor takes"))
    return (Fault("gastroprotection", steps, detail) for steps, detail in found)


def laxative_faults(part: LaxativePart, known: KnownNames) -> Iterator[Fault]:
    """Conditions in the laxative file that no request may use."""
    if known.vocabulary is not None:
        words, where = known.vocabulary.conditions, "conditions of the vocabulary"
        for steps, detail in unknown_words(
            part.conditions_against, words, ("conditions_against",), where
        ):
            yield Fault("laxative", steps, detail)


def jurisdiction_faults(
    part: JurisdictionPart, medicines: Mapping[str, Medicine], present: Collection[str]
) -> Iterator[Fault]:
    """Cover that the jurisdiction names but has not, or that is of another class.

    `present` are the ids with a file here; `medicines` those whose files could be read.
    """
    for key, word in (("preferred_ppi", "ppi"), ("alternative_ppi", "ppi"), ("laxative",) * 2):
        name: str = getattr(part, key)
        medicine = medicines.get(name)
        if name not in present:
            yield Fault("jurisdiction", (key,), f"names {name}, which has no medicine file here")
        elif medicine is not None and word not in medicine.classes:
            yield Fault("jurisdiction", (key,), f"names {name}, which is not of class {word}")
