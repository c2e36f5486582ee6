"""How a finding is made: its code, its words, and which of two equal ones is kept."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from medplan.formulary.model import Citation, Evidence, FindingKind, Medicine, Severity
from medplan.model.plan import Finding

CLOCK_CHANGE = "clock-change"
FORCED_STEP = "forced-step"
TAPER_LEFT_OUT = "taper-left-out"
TAPER_ENDS_IN_REVIEW = "taper-ends-in-review"
TITRATION_SHORTENED = "titration-shortened"
WHILE_DATING = frozenset({FORCED_STEP, TAPER_LEFT_OUT, TAPER_ENDS_IN_REVIEW, TITRATION_SHORTENED})
"""The rules that speak while a course is dated; the finished plan alone doesn't show them."""
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
    subject: str | None = None,
    suggestion: str | None = None,
    sources: Sequence[Citation] = (OUR_RULE,),
) -> Finding:
    """One finding; its code is `rule:medicine[:day]`.

    The medicine of the code is the first one, or the `subject` where that alone would not tell two
    unlisted medicines apart.
    """
    parts = [rule, *([subject] if subject else medicines[:1])]
    parts += [day.isoformat()] if day else []
    return Finding(
        code=":".join(parts),
        kind=kind,
        severity=severity,
        medicines=tuple(dict.fromkeys(medicines)),
        message=message,
        suggestion=suggestion,
        sources=tuple(dict.fromkeys(sources)),
    )


def day_named(found: Finding) -> date | None:
    """The day that a finding's code ends in; None where it names none."""
    last = found.code.rpartition(":")[2]
    try:
        day = date.fromisoformat(last)
    except ValueError:
        return None
    return day if day.isoformat() == last else None


def redated(found: Finding, day: date) -> Finding:
    """The same finding about another day, in its code and its words; a reason given stays."""
    named = day_named(found)
    if named is None:
        return found
    before, after = named.isoformat(), day.isoformat()
    code = f"{found.code.removesuffix(before)}{after}"
    return replace(found, code=code, message=found.message.replace(before, after))


def one_of_each(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each code once, the severest of equals; severest first, then by code."""
    kept: dict[str, Finding] = {}
    for found in findings:
        other = kept.get(found.code)
        if other is None or other.severity.rank < found.severity.rank:
            kept[found.code] = found
    return tuple(sorted(kept.values(), key=lambda f: (-f.severity.rank, f.code)))


def one_clock_change(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings with all that one clock change breaks told once, naming its day."""
    changes: dict[str, list[Finding]] = {}
    for found in findings:
        if found.code.startswith(CLOCK_CHANGE):
            changes.setdefault(found.code.rpartition(":")[2], []).append(found)
        else:
            yield found
    for day, told in changes.items():
        medicines = tuple(dict.fromkeys(m for f in told for m in f.medicines))
        yield replace(
            told[0],
            code=f"{CLOCK_CHANGE}:{medicines[0]}:{day}",
            medicines=medicines,
            message=f"Clocks change on {day}: for that day alone doses come closer in real time "
            "than by the clock. No dose needs to move.",
            sources=tuple(dict.fromkeys(c for f in told for c in f.sources)),
        )


def filled(text: str, medicine: Medicine, others: Sequence[str] = ()) -> str:
    """A rule's sentence with the names it leaves open."""
    return text.replace("{medicine}", medicine.name).replace("{with}", " and ".join(others))
