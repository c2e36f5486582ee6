"""What a formulary says, as frozen values: one class per kind of row in its files.

Every row carries a `Citation`. `schema_*.py` makes these from TOML; `reading.py` checks them
against each other. Other rooms import everything from here.
"""

from medplan.formulary.model.citing import Citation, Sentence, Source
from medplan.formulary.model.cover import Gastroprotection, LaxativeCover, RiskFactor
from medplan.formulary.model.medicine import (
    EVERYONE,
    Codes,
    Duration,
    Limit,
    Medicine,
    PatientGroup,
    Product,
    Regimen,
    ReviewRule,
    Signature,
    Stage,
    TaperPace,
    TaperRule,
    Timing,
    TitrationSteps,
)
from medplan.formulary.model.rules import CheckItem, CheckRule, MissingFact, Rule
from medplan.formulary.model.whole import (
    Advice,
    CoMedicine,
    Formulary,
    LoadThreshold,
    OpioidFactor,
    Vocabulary,
    names_medicine,
)
from medplan.formulary.model.words import (
    Anchor,
    Basis,
    CheckLevel,
    CheckTime,
    Evidence,
    FindingKind,
    Form,
    LimitKind,
    RegimenKind,
    Release,
    Severity,
)

__all__ = [
    "EVERYONE",
    "Advice",
    "Anchor",
    "Basis",
    "CheckItem",
    "CheckLevel",
    "CheckRule",
    "CheckTime",
    "Citation",
    "CoMedicine",
    "Codes",
    "Duration",
    "Evidence",
    "FindingKind",
    "Form",
    "Formulary",
    "Gastroprotection",
    "LaxativeCover",
    "Limit",
    "LimitKind",
    "LoadThreshold",
    "Medicine",
    "MissingFact",
    "OpioidFactor",
    "PatientGroup",
    "Product",
    "Regimen",
    "RegimenKind",
    "Release",
    "ReviewRule",
    "RiskFactor",
    "Rule",
    "Sentence",
    "Severity",
    "Signature",
    "Source",
    "Stage",
    "TaperPace",
    "TaperRule",
    "Timing",
    "TitrationSteps",
    "Vocabulary",
    "names_medicine",
]
