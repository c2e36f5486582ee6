"""Prescriptions as other systems send them, invented after HL7's published example of a taper."""

import json
from typing import Any

Json = Any
_TABLETS = "http://terminology.hl7.org/CodeSystem/v3-orderableDrugForm"


def step(sequence: int, first: str, last: str, tablets: int) -> Json:
    """One step: so many tablets once a day, from the first day to the last."""
    return {
        "sequence": sequence,
        "timing": {
            "repeat": {
                "boundsPeriod": {"start": first, "end": last},
                "frequency": 1,
                "period": 1,
                "periodUnit": "d",
            }
        },
        "route": {"text": "by mouth"},
        "doseAndRate": [
            {"doseQuantity": {"value": tablets, "unit": "TAB", "system": _TABLETS, "code": "TAB"}}
        ],
    }


def tapering_order() -> Json:
    """The taper that R4's example medrx0303 describes: its days, tablets and contained product.

    Between its first two steps there are two days without a dose.
    """
    return {
        "resourceType": "MedicationRequest",
        "id": "taper",
        "contained": [
            {
                "resourceType": "Medication",
                "id": "med0311",
                "code": {
                    "coding": [
                        {
                            "system": "http://snomed.info/sct",
                            "code": "373994007",
                            "display": "Prednisone 5mg tablet (Product)",
                        }
                    ]
                },
            }
        ],
        "status": "active",
        "intent": "order",
        "medicationReference": {"reference": "#med0311"},
        "subject": {"reference": "Patient/pat1"},
        "authoredOn": "2015-01-15",
        "dosageInstruction": [
            step(1, "2015-01-16", "2015-01-20", 4),
            step(2, "2015-01-23", "2015-01-30", 2),
            step(3, "2015-01-31", "2015-02-06", 1),
        ],
    }


def simple_order(**changes: Json) -> Json:
    """Naproxen 250 mg twice a day for a week, with some members changed (None: left out)."""
    order: dict[str, Json] = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {
            "coding": [{"system": "urn:medplan:fhir:product", "code": "naproxen-tablet-250"}]
        },
        "subject": {"identifier": {"system": "urn:invented", "value": "8841"}},
        "dosageInstruction": [dosage()],
    }
    return {key: value for key, value in (order | changes).items() if value is not None}


def dosage(repeat: Json = None, **changes: Json) -> Json:
    """One tablet at eight and eight for a week, with some members changed."""
    usual = {
        "boundsPeriod": {"start": "2026-11-23", "end": "2026-11-29"},
        "timeOfDay": ["08:00:00", "20:00:00"],
    }
    plain = {
        "timing": {"repeat": usual if repeat is None else repeat},
        "doseAndRate": [
            {"doseQuantity": {"value": 250, "system": "http://unitsofmeasure.org", "code": "mg"}}
        ],
    }
    return plain | changes


def with_parameters(resource: Json, **given: Json) -> Json:
    """The resource with what a plan needs beside it: the country and the patient's age."""
    said = {"jurisdiction": ("valueCode", "NZ"), "ageYears": ("valueUnsignedInt", 45)} | given
    parameters = [{"name": name, kind: value} for name, (kind, value) in said.items()]
    return {
        "resourceType": "Parameters",
        "parameter": [{"name": "resource", "resource": resource}, *parameters],
    }


def text(resource: Json) -> str:
    """The resource as it is sent."""
    return json.dumps(resource)
