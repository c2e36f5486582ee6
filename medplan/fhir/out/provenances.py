"""Who made which version of a plan, when and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from medplan.fhir.out.shown import Shown
from medplan.fhir.values import (
    TERMINOLOGY,
    Resource,
    coding,
    concept,
    extension_of,
    instant,
    part,
    without_nothing,
)

_FIRST = "issue"
_AUTHOR = concept(coding(f"{TERMINOLOGY}/provenance-participant-type", "author", "Author"))
_OPERATIONS: Mapping[str, tuple[str, str]] = {
    "issue": ("CREATE", "create"),
    "error": ("NULLIFY", "nullify"),
    "completion": ("COMPLETE", "complete"),
    "hold": ("HOLD", "hold"),
    "resume": ("RESUME", "resume"),
}


@dataclass(frozen=True, slots=True)
class Deed:
    """What made a revision: the act, its number, the day from which it holds, and by which rules
    of time zones its days were reckoned."""

    act: str
    number: int
    effective: date | None
    tzdata_version: str


def provenance(shown: Shown, deed: Deed) -> Resource:
    """How this revision came to be. The shown record must be of a stored plan."""
    record = shown.record
    targets = [("CarePlan", record.key)]
    targets += [("MedicationRequest", asked.name) for asked in shown.requests]
    code, display = _OPERATIONS.get(deed.act, ("UPDATE", "revise"))
    said: Resource = {
        "extension": [_facts(shown, deed)],
        "target": [_version(kind, name, deed.number) for kind, name in targets],
        "recorded": None if record.changed_at is None else instant(record.changed_at),
        "reason": [concept(text=record.reason)] if record.reason else [],
        "activity": concept(coding(f"{TERMINOLOGY}/v3-DataOperation", code, display)),
        "agent": [{"type": _AUTHOR, "who": shown.author()}],
        "entity": [_before(record.key, deed.number)] if deed.act != _FIRST else [],
    }
    return shown.opening("Provenance", provenance_id(record.key, deed.number)) | without_nothing(
        said
    )


def provenance_id(key: str, number: int) -> str:
    """The id of a revision's Provenance."""
    return f"{key}-r{number}"


def _facts(shown: Shown, deed: Deed) -> Resource:
    effective = None if deed.effective is None else deed.effective.isoformat()
    return extension_of(
        "revision",
        (
            part("act", "Code", deed.act),
            part("effective", "Date", effective),
            part("formulary-version", "String", shown.plan.formulary.version),
            part("tzdata-version", "String", deed.tzdata_version),
        ),
    )


def _version(kind: str, name: str, number: int) -> Resource:
    return {"reference": f"{kind}/{name}/_history/{number}"}


def _before(key: str, number: int) -> Resource:
    return {"role": "revision", "what": _version("CarePlan", key, number - 1)}
