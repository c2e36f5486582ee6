"""How the files of rules and of side-effect checks are written."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from marshmallow import fields

from medplan.formulary.model import (
    EVERYONE,
    CheckItem,
    CheckLevel,
    CheckRule,
    CheckTime,
    FindingKind,
    MissingFact,
    Release,
    Rule,
    Severity,
)
from medplan.formulary.schema_shared import CitedRow, FileHead, FileRow, GroupRow
from medplan.formulary.schema_values import (
    amount,
    count,
    flag,
    listed,
    needed,
    optional,
    positive,
    rows,
    several,
    string,
    word,
)


class JurisdictionName(StrEnum):
    """The jurisdictions a formulary can be loaded for."""

    NZ = "NZ"
    GB = "GB"


class Scope(StrEnum):
    """Where a rule's `takes` looks."""

    EITHER = "either"
    PATIENT = "patient"
    PLAN = "plan"


class Fact(StrEnum):
    """The patient's facts that a request may leave out."""

    WEIGHT = "weight_kg"
    SEX = "sex"
    EGFR = "egfr"
    PREGNANCY = "pregnancy_weeks"
    BREASTFEEDING = "breastfeeding"
    SYSTOLIC = "systolic"
    DIASTOLIC = "diastolic"
    ALCOHOL = "alcohol_units_week"
    SMOKER = "smoker"
    CONDITIONS = "conditions"
    MEDICINES = "medicines"
    ALLERGIES = "allergies"
    RED_FLAGS = "red_flags"


class RuleCheck(StrEnum):
    """What a rule may ask that a box can't say; each word is one function of the core."""

    TRIPLE_WHAMMY = "triple_whammy"
    DOUBLE_WHAMMY = "double_whammy"
    THREE_SEDATIVES = "three_sedatives"
    TWO_REGULAR_OPIOIDS = "two_regular_opioids"
    NSAID_SEROTONERGIC_TRAMADOL = "nsaid_serotonergic_tramadol"
    TRICYCLIC_SUPPLY = "tricyclic_supply"
    ALONE = "alone"
    REVERSE_MAOI = "reverse_maoi"
    LONG_GAP = "long_gap"


@dataclass(frozen=True, slots=True)
class PlacedRule:
    """A rule and the jurisdictions it holds in; none named means all."""

    rule: Rule
    jurisdictions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesPart(FileHead):
    """One file of rules."""

    rule: tuple[PlacedRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksPart(FileHead):
    """One file of side-effect checks."""

    check: tuple[CheckRule, ...]


def _placed_rule(*, jurisdictions: tuple[str, ...], **row: object) -> PlacedRule:
    make: Callable[..., Rule] = Rule
    return PlacedRule(make(**row), jurisdictions)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingFactsPart(FileHead):
    """`missing_facts.toml`."""

    missing_fact: tuple[MissingFact, ...]


class RuleRow(CitedRow):
    """`[[rule]]`."""

    makes = _placed_rule
    id = needed(string)
    kind = needed(word(FindingKind))
    severity = needed(word(Severity))
    medicines = listed(string)
    takes = several(string)
    scope = optional(word(Scope), default=Scope.EITHER)
    washout_days = optional(positive)
    indications = several(string)
    jurisdictions = several(word(JurisdictionName))
    regimens = several(string)
    release = optional(word(Release))
    regular_over_days = optional(count)
    daily_mg_over = optional(amount)
    starting = optional(flag, default=False)
    check = optional(word(RuleCheck))
    missing = optional(word(Severity))
    text = needed(string)
    suggestion = optional(string)
    group = fields.Nested(GroupRow(), load_default=EVERYONE)


class RulesFile(FileRow):
    """A file of rules."""

    makes = RulesPart
    rule = rows(RuleRow)


class CheckItemRow(CitedRow):
    """`[[check.item]]`."""

    makes = CheckItem
    text = needed(string)
    level = needed(word(CheckLevel))
    action = needed(string)


class CheckRow(CitedRow):
    """`[[check]]`."""

    makes = CheckRule
    id = needed(string)
    medicines = listed(string)
    when = needed(word(CheckTime))
    days = listed(count)
    then_every = optional(positive)
    items = rows(CheckItemRow, "item")


class ChecksFile(FileRow):
    """A file of side-effect checks."""

    makes = ChecksPart
    check = rows(CheckRow)


class MissingFactRow(CitedRow):
    """`[[missing_fact]]`."""

    makes = MissingFact
    fact = needed(word(Fact))
    medicines = listed(string)
    group = fields.Nested(GroupRow(), load_default=EVERYONE)
    daily_mg_over = optional(amount)
    blocking_only = optional(flag, default=False)
    severity = needed(word(Severity))
    text = needed(string)


class MissingFactsFile(FileRow):
    """What not knowing a fact means."""

    makes = MissingFactsPart
    missing_fact = rows(MissingFactRow)
