"""Every resource of generated plans passes the union of independent validators of R4.

They are installed apart (`make test-fhir`), so a plain run of the tests does not pick this file up.
"""

import os
from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from hypothesis import HealthCheck, given, settings

from medplan.fhir.element import Issue, Level
from medplan.fhir.out.audit_events import audit_event
from medplan.fhir.out.bundles import Place, collection, history, plan_resources, search_set
from medplan.fhir.out.dispenses import dispenses
from medplan.fhir.out.provenances import Deed, provenance
from medplan.fhir.outcome import outcome, refusal
from medplan.fhir.routes.metadata import capabilities
from medplan.fhir.values import Resource, write_json
from medplan.formulary.model import Formulary
from medplan.model.plan import Plan
from medplan.model.request import CourseRequest
from medplan.services.audit.reading import Noted
from medplan.services.pharmacy.dispensed import Dispensed
from medplan.services.planning import plan_and_prove
from tests.clinical.requesting import asked
from tests.fhir.judging import complaints
from tests.fhir.plans import PACKS, STORED, plans, shown

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


def test_what_the_server_says_of_itself_and_of_others_is_valid(
    formularies: Mapping[str, Formulary],
) -> None:
    issues = [
        Issue(Level.ERROR, "required", "MedicationRequest.subject", "whom it is for is needed"),
        Issue(Level.WARNING, "business-rule", "MedicationRequest", "no dose on two days"),
    ]
    problem: Resource = {"status": 422, "errors": [{"pointer": "#/_count", "detail": "whole"}]}
    place, at = Place("https://plans.example.org"), STORED.changed_at
    assert at is not None
    plan_id, user_id = UUID(int=7), UUID(int=8)
    noted = [
        Noted(UUID(int=n), at, user, act, "pln_x", about, patient)
        for n, (act, user, about, patient) in enumerate(
            [
                ("plan.read", user_id, plan_id, "nhi:ZZZ0016"),
                ("plan.list", user_id, None, None),
                ("plan.draft", user_id, plan_id, "nhi:ZZZ0016"),
                ("plan.delete-draft", user_id, plan_id, None),
                ("plan.amendment", user_id, plan_id, "local:1"),
                ("user.add", None, None, None),
            ]
        )
    ]
    plan = plan_and_prove(asked(CourseRequest("paracetamol", "regular", days=3)), formularies["NZ"])
    resources = [
        capabilities("https://plans.example.org/fhir/R4"),
        outcome(issues),
        refusal(problem),
        refusal({"status": 404, "detail": "There is nothing here."}),
        *(audit_event(line, PACKS["NZ"], "https://plans.example.org") for line in noted),
    ]
    supplied = {"paracetamol-tablet-500": Decimal(24), "unknown-tablet-1": Decimal("2.5")}
    supply = Dispensed(UUID(int=9), plan_id, "nhi:ZZZ0016", plan, plan.start, supplied, user_id, at)
    resources += dispenses(shown(plan, formularies), supply)
    found = plan_resources(shown(plan, formularies))
    resources.append(search_set(found, place, "https://plans.example.org/x", "https://x/y"))
    resources.append(history(found[:1], place, "https://plans.example.org/x"))

    told = complaints([write_json(resource) for resource in resources], PYTHON)

    assert told == [[] for _ in resources]


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


def test_the_union_of_validators_catches_every_fault_and_nothing_else() -> None:
    cases = broken()

    told = complaints(cases.values(), PYTHON)

    sound = [name for name, said in zip(cases, told, strict=True) if not said]
    assert sound == ["sound"]
