"""A MedicationDispense of somebody else's: what was handed over, for which request of ours."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from medplan.documents.json_text import JsonValue
from medplan.fhir.asked.amounts import read_amount
from medplan.fhir.asked.medicines import meant, product_meant
from medplan.fhir.element import Element, Issue, Level
from medplan.fhir.packs import Pack
from medplan.formulary.model import Formulary

_REQUEST = "MedicationRequest/"
_LEFT = (
    "resourceType", "meta", "implicitRules", "language", "text", "extension", "identifier",
    "category", "subject", "context", "supportingInformation",
    "performer", "location", "type", "whenPrepared", "destination", "receiver", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Handed:
    """An amount that was handed over, for one of our MedicationRequests, of what and when."""

    request: str
    amount: Element
    medication: Element | None
    when: date | datetime

    def day(self, zone: str) -> date:
        """The day on which it was, in a patient's time zone."""
        if isinstance(self.when, datetime):
            return self.when.astimezone(ZoneInfo(zone)).date()
        return self.when


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
    amount, medication = sent.child("quantity"), sent.child("medicationCodeableConcept")
    if amount is None:
        sent.refuse("required", "how many units were handed over is needed", "quantity")
    when = sent.moment("whenHandedOver")
    if not sent.has("whenHandedOver"):
        sent.refuse("required", "the day is needed", "whenHandedOver")
    sent.leave(*_LEFT)
    sent.done()
    if any(issue.level is Level.ERROR for issue in issues) or amount is None or when is None:
        return None, issues
    return Handed(named[0].rpartition(_REQUEST)[2], amount, medication, when), issues


def units_of(
    handed: Handed, product: str, formulary: Formulary, pack: Pack
) -> tuple[Decimal | None, list[Issue]]:
    """How many units of the product that was prescribed were handed over; None where it is not
    told in its units, or was another product, and what."""
    issues = handed.amount.issues
    prescribed = product_meant(product, formulary)
    if handed.medication is not None:
        supplied = meant(handed.medication, formulary, pack)
        if supplied is None and issues[-1].code == "not-supported":
            text = "its name was not understood: taken to be what was prescribed"
            issues[-1] = replace(issues[-1], level=Level.WARNING, text=text)
        elif supplied is not None and supplied.product not in {None, product}:
            text = f"{supplied.product} is not what was prescribed, {product}"
            handed.medication.refuse("business-rule", text)
    units = handed.amount.decimal("value")
    if handed.amount.has("code") or handed.amount.has("unit"):
        amount = None if prescribed is None else read_amount(handed.amount, prescribed, pack)
        if amount is not None and not amount.counted:
            handed.amount.refuse("not-supported", "a number of units is needed", "unit")
    else:
        handed.amount.leave("system")
        handed.amount.done()
    if units is None or units <= 0:
        handed.amount.refuse("value", "how many units were handed over is needed", "value")
    failed = any(issue.level is Level.ERROR for issue in issues)
    return None if failed else units, issues
