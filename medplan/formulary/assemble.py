"""The parts of a formulary put together as one whole.

Nothing here reads a file or judges a number. A part that couldn't be read is simply not there.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from medplan.formulary.files import Document
from medplan.formulary.merge import joint_status, merge_medicine
from medplan.formulary.model import (
    Advice,
    CheckRule,
    CoMedicine,
    Formulary,
    Gastroprotection,
    LaxativeCover,
    Medicine,
    MissingFact,
    Source,
    Vocabulary,
)
from medplan.formulary.places import Fault
from medplan.formulary.schema_commons import (
    AdvicePart,
    CoMedicinesPart,
    GastroprotectionPart,
    JurisdictionPart,
    LaxativePart,
    OpioidLoadPart,
    SourcesPart,
    VocabularyPart,
)
from medplan.formulary.schema_medicine import MedicinePart
from medplan.formulary.schema_rules import ChecksPart, MissingFactsPart, PlacedRule, RulesPart
from medplan.formulary.schema_shared import FileHead, FileStatus

P = TypeVar("P", bound=FileHead)


@dataclass(frozen=True, slots=True)
class Whole:
    """What the files say together; None for a file that isn't there or can't be read.

    `present` are the ids with a file in this jurisdiction and `named` those with one in any;
    `medicines` are those of `present` whose files could be read and merged.
    """

    jurisdiction: str
    status: FileStatus
    present: Collection[str]
    named: Collection[str]
    medicines: Mapping[str, Medicine]
    rules: tuple[PlacedRule, ...]
    checks: tuple[CheckRule, ...]
    missing_facts: tuple[MissingFact, ...]
    sources: tuple[Source, ...]
    co_medicines: tuple[CoMedicine, ...] | None
    vocabulary: Vocabulary | None
    load: OpioidLoadPart | None
    gastroprotection: GastroprotectionPart | None
    laxative: LaxativePart | None
    advice: AdvicePart | None
    choices: JurisdictionPart | None


def put_together(
    jurisdiction: str,
    parts: Sequence[tuple[Document, FileHead]],
    *,
    present: Collection[str],
    shared: Collection[str],
    named: Collection[str],
) -> tuple[Whole, list[Fault]]:
    """The whole, and what keeps a medicine's parts from making one.

    `shared` are the ids with a shared file; a medicine whose shared file couldn't be read is left
    out.
    """
    medicines, faults = _medicines(jurisdiction, parts, shared)
    words = _only(parts, VocabularyPart)
    co_medicines = _only(parts, CoMedicinesPart)
    whole = Whole(
        jurisdiction=jurisdiction,
        status=joint_status(part.status for _, part in parts),
        present=present,
        named=named,
        medicines=medicines,
        rules=tuple(rule for part in _all(parts, RulesPart) for rule in part.rule),
        checks=tuple(check for part in _all(parts, ChecksPart) for check in part.check),
        missing_facts=tuple(x for part in _all(parts, MissingFactsPart) for x in part.missing_fact),
        sources=tuple(s for part in _all(parts, SourcesPart) for s in part.source),
        co_medicines=co_medicines.co_medicine if co_medicines else None,
        vocabulary=_vocabulary(words) if words else None,
        load=_only(parts, OpioidLoadPart),
        gastroprotection=_only(parts, GastroprotectionPart),
        laxative=_only(parts, LaxativePart),
        advice=_only(parts, AdvicePart),
        choices=_only(parts, JurisdictionPart),
    )
    return whole, faults


def as_formulary(whole: Whole, version: str) -> Formulary | None:
    """The formulary; None while a file that every formulary needs is not there."""
    load, choices, words = whole.load, whole.choices, whole.vocabulary
    stomach, bowels, advice = whole.gastroprotection, whole.laxative, whole.advice
    if not (load and choices and words and stomach and bowels and advice):
        return None
    return Formulary(
        jurisdiction=whole.jurisdiction,
        version=version,
        status=whole.status,
        medicines=whole.medicines,
        rules=tuple(
            placed.rule
            for placed in whole.rules
            if not placed.jurisdictions or whole.jurisdiction in placed.jurisdictions
        ),
        checks=whole.checks,
        co_medicines=_with_generics(whole.co_medicines or (), whole.medicines),
        vocabulary=words,
        sources={source.id: source for source in whole.sources},
        opioid_factors=load.factor,
        load_authority=choices.load_authority,
        load_thresholds=load.threshold,
        tolerance=load.tolerance,
        gastroprotection=_gastroprotection(stomach, choices),
        laxative=LaxativeCover(
            medicine=choices.laxative,
            over_days=bowels.over_days,
            days_after=bowels.days_after,
            conditions_against=bowels.conditions_against,
            citation=bowels.citation,
        ),
        advice=Advice(choices.emergency, advice.self_care, advice.red_flag),
        plan_review=choices.plan_review,
        missing_facts=whole.missing_facts,
    )


def _medicines(
    jurisdiction: str, parts: Sequence[tuple[Document, FileHead]], with_shared: Collection[str]
) -> tuple[dict[str, Medicine], list[Fault]]:
    """The medicines with a part of this jurisdiction's own, in order of id."""
    own: dict[str, MedicinePart] = {}
    shared: dict[str, MedicinePart] = {}
    for document, part in parts:
        if isinstance(part, MedicinePart):
            # A file that names another medicine has been told so; its faults are found by its name.
            named = replace(part, id=document.stem)
            (shared if document.is_shared else own)[document.stem] = named
    whole = [name for name in sorted(own) if name in shared or name not in with_shared]
    medicines: dict[str, Medicine] = {}
    faults: list[Fault] = []
    for name in whole:
        pieces = [shared[name], own[name]] if name in shared else [own[name]]
        merged = merge_medicine(jurisdiction, pieces)
        if isinstance(merged, Medicine):
            medicines[name] = merged
        else:
            faults += merged
    return medicines, faults


def _all(parts: Sequence[tuple[Document, FileHead]], kind: type[P]) -> list[P]:
    return [part for _, part in parts if isinstance(part, kind)]


def _only(parts: Sequence[tuple[Document, FileHead]], kind: type[P]) -> P | None:
    return next(iter(_all(parts, kind)), None)


def _vocabulary(part: VocabularyPart) -> Vocabulary:
    return Vocabulary(
        part.indications, part.conditions, part.allergies, part.red_flags, part.classes
    )


def _gastroprotection(part: GastroprotectionPart, choices: JurisdictionPart) -> Gastroprotection:
    return Gastroprotection(
        risk_factors=part.risk_factor,
        long_course_over_days=part.long_course_over_days,
        high_dose_over_mg=part.high_dose_over_mg,
        high_from_factors=part.high_from_factors,
        preferred=choices.preferred_ppi,
        alternative=choices.alternative_ppi,
        against_preferred=part.against_preferred,
        step_down_over_days=part.step_down_over_days,
        step_down_days=part.step_down_days,
        citation=part.citation,
    )


def _with_generics(
    rows: Sequence[CoMedicine], medicines: Mapping[str, Medicine]
) -> Mapping[str, CoMedicine]:
    """The co-medicines by name; a brand without classes of its own has its generic's."""
    classes: dict[str | None, tuple[str, ...]] = {m.id: m.classes for m in medicines.values()}
    classes |= {row.name: row.classes for row in rows if row.classes}
    return {
        row.name: replace(row, classes=row.classes or classes.get(row.generic, ())) for row in rows
    }
