"""What a finding should look like: any key may be left out, a list means one of its values."""

from typing import TypedDict, TypeVar

from medplan.formulary.model import Severity
from medplan.model.plan import Finding

Value = TypeVar("Value", str, int)


class Pattern(TypedDict, total=False):
    """A description that fits some findings."""

    severity: str | list[str]
    severity_at_least: str
    kind: str | list[str]
    medicine: str


def one_of(wanted: Value | list[Value], got: Value) -> bool:
    """Whether a value is the wanted one, or among the wanted ones."""
    return got in wanted if isinstance(wanted, list) else got == wanted


def fits(pattern: Pattern, found: Finding) -> bool:
    """Whether the finding is as described."""
    least = Severity(pattern.get("severity_at_least", Severity.INFO))
    return (
        one_of(pattern.get("severity", found.severity.value), found.severity.value)
        and found.severity.rank >= least.rank
        and one_of(pattern.get("kind", found.kind.value), found.kind.value)
        and ("medicine" not in pattern or pattern["medicine"] in found.medicines)
    )
