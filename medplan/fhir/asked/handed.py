"""A MedicationDispense of somebody else's: what was handed over, for which request of ours."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from medplan.documents.json_text import JsonValue
from medplan.fhir.element import Element, Issue, Level

_REQUEST = "MedicationRequest/"
_LEFT = (
    "resourceType", "meta", "implicitRules", "language", "text", "extension", "identifier",
    "category", "medicationCodeableConcept", "subject", "context", "supportingInformation",
    "performer", "location", "type", "whenPrepared", "destination", "receiver", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Handed:
    """Units that were handed over on a day, for one of our MedicationRequests."""

    request: str
    units: Decimal
    day: date


def read_handed(resource: JsonValue) -> tuple[Handed | None, list[Issue]]:
    """Read what was sent; None where something of it was not understood, and what."""
    issues: list[Issue] = []
    sent = Element(resource, "MedicationDispense", issues)
    if sent.text("resourceType") != "MedicationDispense":
        sent.refuse("structure", "a MedicationDispense is needed", "resourceType")
    if sent.text("status") != "completed":
        sent.refuse("not-supported", "only what is completed is recorded", "status")
    named = [e.text("reference") or "" for e in sent.children("authorizingPrescription")]
    if len(named) != 1 or _REQUEST not in named[0]:
        text = "one MedicationRequest of this server is needed"
        sent.refuse("required", text, "authorizingPrescription")
    amount = sent.child("quantity")
    units = None if amount is None else amount.decimal("value")
    if units is None or units <= 0:
        sent.refuse("required", "how many units were handed over is needed", "quantity")
    day = sent.day("whenHandedOver")
    if day is None:
        sent.refuse("required", "the day is needed", "whenHandedOver")
    sent.leave(*_LEFT)
    sent.done()
    if any(issue.level is Level.ERROR for issue in issues) or units is None or day is None:
        return None, issues
    return Handed(named[0].rpartition(_REQUEST)[2], units, day), issues
