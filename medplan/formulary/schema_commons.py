"""How the files that belong to no medicine are written: sources, cover, load, advice."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from medplan.formulary.model import (
    Citation,
    CoMedicine,
    Evidence,
    LoadThreshold,
    OpioidFactor,
    OpioidTolerance,
    ReviewRule,
    RiskFactor,
    Sentence,
    Severity,
    Source,
)
from medplan.formulary.schema_shared import (
    CitedRow,
    FileHead,
    FileRow,
    GroupRow,
    ReviewRow,
    Row,
    SentenceRow,
)
from medplan.formulary.schema_values import (
    amount,
    amounts,
    count,
    flag,
    listed,
    needed,
    needed_table,
    optional,
    positive,
    rows,
    several,
    string,
    word,
)

_NO_AMOUNTS: Mapping[str, Decimal] = {}


class Authority(StrEnum):
    """Who says how many mg of oral morphine a mg of an opioid counts as."""

    CDC2022 = "CDC2022"
    ANZCA2021 = "ANZCA2021"
    BNF = "BNF"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesPart(FileHead):
    """`sources.toml`."""

    source: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoMedicinesPart(FileHead):
    """`co_medicines.toml`."""

    co_medicine: tuple[CoMedicine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VocabularyPart(FileHead):
    """`vocabulary.toml`."""

    indications: tuple[str, ...]
    conditions: tuple[str, ...]
    allergies: tuple[str, ...]
    red_flags: tuple[str, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpioidLoadPart(FileHead):
    """`opioid_load.toml`."""

    factor: tuple[OpioidFactor, ...]
    threshold: tuple[LoadThreshold, ...]
    tolerance: OpioidTolerance


@dataclass(frozen=True, slots=True, kw_only=True)
class GastroprotectionPart(FileHead):
    """`gastroprotection.toml`; which PPI it is stands in the jurisdiction's file."""

    long_course_over_days: int
    high_from_factors: int
    step_down_over_days: int
    step_down_days: int
    against_preferred: tuple[str, ...]
    high_dose_over_mg: Mapping[str, Decimal]
    risk_factor: tuple[RiskFactor, ...]
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class LaxativePart(FileHead):
    """`laxative.toml`; which laxative it is stands in the jurisdiction's file."""

    over_days: int
    days_after: int
    conditions_against: tuple[str, ...]
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvicePart(FileHead):
    """`advice.toml`."""

    self_care: tuple[Sentence, ...]
    red_flag: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JurisdictionPart(FileHead):
    """`jurisdiction.toml`."""

    load_authority: str
    preferred_ppi: str
    alternative_ppi: str
    laxative: str
    emergency: Sentence
    plan_review: ReviewRule


class SourceRow(Row):
    """`[[source]]`."""

    makes = Source
    id = needed(string)
    title = needed(string)
    publisher = needed(string)
    jurisdiction = needed(string)
    address = needed(string)
    year = optional(string)
    evidence = needed(word(Evidence))


class SourcesFile(FileRow):
    """The bibliography."""

    makes = SourcesPart
    source = rows(SourceRow)


class CoMedicineRow(Row):
    """`[[co_medicine]]`."""

    makes = CoMedicine
    name = needed(string)
    classes = several(string)
    generic = optional(string)


class CoMedicinesFile(FileRow):
    """What a patient may already take."""

    makes = CoMedicinesPart
    co_medicine = rows(CoMedicineRow)


class VocabularyFile(FileRow):
    """The closed lists of a request."""

    makes = VocabularyPart
    indications = listed(string)
    conditions = listed(string)
    allergies = listed(string)
    red_flags = listed(string)
    classes = listed(string)


class FactorRow(CitedRow):
    """`[[factor]]`."""

    makes = OpioidFactor
    medicine = needed(string)
    authority = needed(word(Authority))
    factor = needed(amount)
    borrowed = optional(flag, default=False)


class ThresholdRow(CitedRow):
    """`[[threshold]]`."""

    makes = LoadThreshold
    ome_mg = needed(amount)
    severity = needed(word(Severity))
    text = needed(string)


class ToleranceRow(CitedRow):
    """`[tolerance]`."""

    makes = OpioidTolerance
    lost_after_days = needed(positive)
    text = needed(string)


class OpioidLoadFile(FileRow):
    """Opioid factors and the loads that are findings."""

    makes = OpioidLoadPart
    factor = rows(FactorRow)
    threshold = rows(ThresholdRow)
    tolerance = needed_table(ToleranceRow)


class RiskFactorRow(CitedRow):
    """`[[risk_factor]]`."""

    makes = RiskFactor
    id = needed(string)
    text = needed(string)
    groups = rows(GroupRow, "group")
    takes = several(string)
    high_alone = optional(flag, default=False)


class GastroprotectionFile(FileRow, CitedRow):
    """When an NSAID gets a PPI."""

    makes = GastroprotectionPart
    long_course_over_days = needed(count)
    high_from_factors = needed(positive)
    step_down_over_days = needed(count)
    step_down_days = needed(positive)
    against_preferred = several(string)
    high_dose_over_mg = optional(amounts, default=_NO_AMOUNTS)
    risk_factor = rows(RiskFactorRow)


class LaxativeFile(FileRow, CitedRow):
    """When an opioid gets a laxative."""

    makes = LaxativePart
    over_days = needed(count)
    days_after = needed(count)
    conditions_against = several(string)


class AdviceFile(FileRow):
    """What every plan says."""

    makes = AdvicePart
    self_care = rows(SentenceRow)
    red_flag = rows(SentenceRow)


class JurisdictionFile(FileRow):
    """What differs between countries and is no medicine's."""

    makes = JurisdictionPart
    load_authority = needed(word(Authority))
    preferred_ppi = needed(string)
    alternative_ppi = needed(string)
    laxative = needed(string)
    emergency = needed_table(SentenceRow)
    plan_review = needed_table(ReviewRow)
