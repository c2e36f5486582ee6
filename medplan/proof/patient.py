"""Which limits hold for the patient that a plan was made for.

A stored plan keeps few facts. A group that asks for one that is unknown, or that a plan doesn't
keep at all (pregnancy, pressure, smoking and the like), isn't met: what is unknown is a finding's
business, not a limit's. This module knows no doses.
"""

from decimal import Decimal

from medplan.formulary.model import EVERYONE, PatientGroup
from medplan.model.plan import LimitFacts

_KEPT = frozenset(
    (
        "age_from",
        "age_below",
        "weight_from_kg",
        "weight_below_kg",
        "egfr_from",
        "egfr_below",
        "conditions",
    )
)
_NOT_KEPT = tuple(name for name in PatientGroup.__dataclass_fields__ if name not in _KEPT)


def is_inside(facts: LimitFacts, group: PatientGroup) -> bool:
    """Whether every bound of the group is known to hold for the patient."""
    if group is EVERYONE or group == EVERYONE:
        return True
    return (
        _between(facts.age_years, group.age_from, group.age_below)
        and _between(facts.weight_kg, group.weight_from_kg, group.weight_below_kg)
        and _between(facts.egfr, group.egfr_from, group.egfr_below)
        and (not group.conditions or not set(group.conditions).isdisjoint(facts.conditions))
        and all(getattr(group, name) == getattr(EVERYONE, name) for name in _NOT_KEPT)
    )


def _between(
    value: Decimal | int | None, least: Decimal | int | None, below: Decimal | int | None
) -> bool:
    """Whether a value lies in [least, below); an unknown one lies only where nothing bounds it."""
    if least is None and below is None:
        return True
    if value is None:
        return False
    return (least is None or value >= least) and (below is None or value < below)
