"""Every resource of generated plans passes the union of independent validators of R4.

They are installed apart (`make test-fhir`), so a plain run of the tests does not pick this file up.
"""

import os
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings

from medplan.fhir.out.bundles import Place, collection, plan_resources
from medplan.fhir.out.provenances import Deed, provenance
from medplan.fhir.values import write_json
from medplan.formulary.model import Formulary
from medplan.model.plan import Plan
from tests.fhir.judging import complaints
from tests.fhir.plans import plans, shown

PYTHON = os.environ.get("FHIR_PYTHON", "")
PLANS = 300


def test_every_resource_of_three_hundred_generated_plans_is_valid(
    formularies: Mapping[str, Formulary],
) -> None:
    lines: list[str] = []

    @settings(max_examples=PLANS, suppress_health_check=list(HealthCheck), database=None)
    @given(plans(formularies))
    def collect(plan: Plan) -> None:
        view = shown(plan, formularies)
        resources = [*plan_resources(view), provenance(view, Deed("issue", 1, None, "2026c"))]
        lines.extend(write_json(resource) for resource in resources)
        if len(plan.courses) == 1:
            lines.append(write_json(collection(resources, Place("https://plans.example.org"))))

    collect()

    found = {
        line: said for line, said in zip(lines, complaints(lines, PYTHON), strict=True) if said
    }
    assert found == {}


def broken() -> dict[str, str]:
    """A sound MedicationRequest, and the same with one fault each."""
    sound = (
        '{"resourceType": "MedicationRequest", "id": "sound", "status": "active",'
        ' "intent": "plan", "medicationCodeableConcept": {"text": "naproxen 250 mg tablets"},'
        ' "subject": {"identifier": {"system": "urn:invented", "value": "1"}},'
        ' "authoredOn": "2026-11-22", "dosageInstruction": [{"sequence": 1, "timing": {"repeat":'
        ' {"frequency": 2, "period": 1, "periodUnit": "d"}}}]}'
    )
    return {
        "sound": sound,
        "a status outside its value set": sound.replace('"active"', '"running"'),
        "a unit of time that is none": sound.replace('"d"', '"fortnight"'),
        "a period without its unit": sound.replace(', "periodUnit": "d"', ""),
        "no subject": sound.replace('"subject"', '"_subject"'),
        "an unknown element": sound.replace('"id"', '"strength": "250", "id"'),
        "a thirteenth month": sound.replace("2026-11-22", "2026-13-22"),
        "two choices of one element": sound.replace(
            '"authoredOn"', '"medicationReference": {"reference": "#m"}, "authoredOn"'
        ),
        "a later version's shape": sound.replace(
            '"medicationCodeableConcept": {"text"', '"medication": {"concept"'
        ),
    }


@pytest.mark.parametrize("fault", [name for name in broken() if name != "sound"])
def test_the_union_of_validators_catches(fault: str) -> None:
    assert complaints([broken()[fault]], PYTHON)[0]


def test_the_union_of_validators_has_nothing_against_the_sound_one() -> None:
    assert complaints([broken()["sound"]], PYTHON) == [[]]
