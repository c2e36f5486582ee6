"""A small expander of FHIR Timing, written from the specification and sharing nothing with medplan.

It reads plain JSON and gives each day's clock times with what is taken then. `boundsPeriod` is
inclusive at both ends; `timeOfDay` happens at those times on every day of the bounds.
"""

import datetime
import json
from fractions import Fraction
from typing import Any


def expand(bundle_text: str) -> dict[tuple[str, str, str, str], Fraction]:
    """Every dated dose in a Bundle's MedicationRequests, exactly."""
    document = json.loads(bundle_text, parse_float=Fraction, parse_int=Fraction)
    found: dict[tuple[str, str, str, str], Fraction] = {}
    for entry in document["entry"]:
        resource = entry["resource"]
        if resource["resourceType"] == "MedicationRequest":
            for dosage in resource["dosageInstruction"]:
                _add(found, _product(resource), dosage)
    return found


def _product(resource: Any) -> str:
    code: str = resource["medicationCodeableConcept"]["coding"][-1]["code"]
    return code


def _add(found: dict[tuple[str, str, str, str], Fraction], product: str, dosage: Any) -> None:
    repeat = dosage["timing"]["repeat"]
    first = datetime.date.fromisoformat(repeat["boundsPeriod"]["start"])
    last = datetime.date.fromisoformat(repeat["boundsPeriod"]["end"])
    day = first
    while day <= last:
        for time in _times(dosage, repeat):
            for given in dosage["doseAndRate"]:
                amount = given["doseQuantity"]
                key = (day.isoformat(), time, product, amount["code"])
                found[key] = found.get(key, Fraction(0)) + Fraction(amount["value"])
        day += datetime.timedelta(days=1)


def _times(dosage: Any, repeat: Any) -> list[str]:
    if dosage.get("asNeededBoolean"):
        assert "timeOfDay" not in repeat
        return ["as needed"]
    assert not {"frequency", "period", "when"} & set(repeat), "timeOfDay stands alone"
    return [time.removesuffix(":00") for time in repeat["timeOfDay"]]
