"""How a finding is made: its code, its words, and which of two equal ones is kept."""

from collections.abc import Iterable, Sequence
from datetime import date

from medplan.formulary.model import Citation, Evidence, FindingKind, Medicine, Severity
from medplan.model.plan import Finding

OUR_RULE = Citation("project-decision#contract", Evidence.DECISION)
"""What the engine's own contract lays down: arithmetic, horizon, one change at a time."""


def finding(
    rule: str,
    medicines: Sequence[str],
    kind: FindingKind,
    severity: Severity,
    message: str,
    *,
    day: date | None = None,
    suggestion: str | None = None,
    sources: Sequence[Citation] = (OUR_RULE,),
) -> Finding:
    """One finding; its code is `rule:medicine[:day]`, the first medicine being its subject."""
    parts = [rule, *medicines[:1]] + ([day.isoformat()] if day else [])
    return Finding(
        code=":".join(parts),
        kind=kind,
        severity=severity,
        medicines=tuple(dict.fromkeys(medicines)),
        message=message,
        suggestion=suggestion,
        sources=tuple(dict.fromkeys(sources)),
    )


def one_of_each(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each code once, the severest of equals; severest first, then by code."""
    kept: dict[str, Finding] = {}
    for found in findings:
        other = kept.get(found.code)
        if other is None or other.severity.rank < found.severity.rank:
            kept[found.code] = found
    return tuple(sorted(kept.values(), key=lambda f: (-f.severity.rank, f.code)))


def filled(text: str, medicine: Medicine, others: Sequence[str] = ()) -> str:
    """A rule's sentence with the names it leaves open."""
    return text.replace("{medicine}", medicine.name).replace("{with}", " and ".join(others))
