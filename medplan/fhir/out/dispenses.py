"""What was supplied as MedicationDispenses: one for each product of a supply."""

from collections.abc import Iterator
from decimal import Decimal

from medplan.fhir.out.medication_requests import medication
from medplan.fhir.out.shown import CourseProduct, Shown, account
from medplan.fhir.packs import Code
from medplan.fhir.values import (
    OURS,
    UCUM,
    Resource,
    coding,
    concept,
    identifier,
    instant,
    quantity,
    reference,
    without_nothing,
)
from medplan.formulary.product_id import parse_product_id
from medplan.services.pharmacy.dispensed import Dispensed
from medplan.store.ids import USER, write_id

_UNIT = Code(UCUM, "1", "{unit}")


def dispenses(shown: Shown, dispensed: Dispensed) -> list[Resource]:
    """A supply's resources; `shown` is the plan that it was for, as it stood then."""
    return list(_dispenses(shown, dispensed))


def dispense_key(dispensed: Dispensed) -> str:
    """What the ids of a supply's resources begin with."""
    return write_id("", dispensed.id).removeprefix("_")


def _dispenses(shown: Shown, dispensed: Dispensed) -> Iterator[Resource]:
    key = dispense_key(dispensed)
    for number, (product, units) in enumerate(dispensed.supplied.items(), 1):
        asked = next((a for a in shown.requests if a.product == product), None)
        said: Resource = {
            "meta": {"versionId": "1", "lastUpdated": instant(dispensed.made_at)},
            "identifier": [identifier(f"{OURS}:dispense", key)],
            "status": "completed",
            "medicationCodeableConcept": _medication(shown, product, asked),
            "subject": shown.patient(),
            "supportingInformation": [reference("CarePlan", shown.record.key)],
            "performer": [{"actor": account(write_id(USER, dispensed.made_by))}],
            "authorizingPrescription": []
            if asked is None
            else [reference("MedicationRequest", asked.name)],
            "quantity": _quantity(shown, product, units, asked),
            "whenHandedOver": dispensed.day.isoformat(),
        }
        opening: Resource = {"resourceType": "MedicationDispense", "id": f"{key}-{number}"}
        yield opening | without_nothing(said)


def _medication(shown: Shown, product: str, asked: CourseProduct | None) -> Resource:
    """A product that the plan does not take goes by its id alone."""
    if asked is not None:
        return medication(shown, asked)
    return concept(coding(f"{OURS}:product", product))


def _quantity(shown: Shown, product: str, units: Decimal, asked: CourseProduct | None) -> Resource:
    unit = _UNIT
    if asked is not None:
        stem = asked.course.name or asked.course.medicine
        unit = shown.pack.units[parse_product_id(product, stem).form]
    return quantity(units, unit.display, unit.system, unit.code)
