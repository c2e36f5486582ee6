"""What single resources say: whole values, where a machine's reader would go wrong."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from medplan.documents.json_text import JsonValue, read_json
from medplan.fhir.back.plans import plan_of
from medplan.fhir.out.bundles import plan_resources
from medplan.fhir.out.medication_requests import medication_requests
from medplan.fhir.out.provenances import Deed, provenance
from medplan.fhir.out.sig import sig, sig_parts
from medplan.fhir.values import Resource, write_json
from medplan.formulary.model import Formulary
from medplan.model.plan import Plan
from medplan.model.request import (
    Acknowledgement,
    CourseRequest,
    DeclaredProduct,
    PlanRequest,
    SlotDose,
    WrittenStep,
)
from medplan.services.planning import plan_and_prove
from medplan.services.records.plans import Status
from medplan.units import Slot
from tests.clinical.requesting import MONDAY, asked, slots
from tests.fhir.plans import STORED, shown

Formularies = Mapping[str, Formulary]
Json = Any


def made(request: PlanRequest, formularies: Formularies) -> Plan:
    """The plan that a request asks for."""
    return plan_and_prove(request, formularies[request.jurisdiction])


def as_json(resource: JsonValue) -> Json:
    """A resource as others read it."""
    return read_json(write_json(resource), 16 * 1024 * 1024)


def of_kind(plan: Plan, formularies: Formularies, kind: str) -> list[Json]:
    """A plan's resources of one kind."""
    resources = plan_resources(shown(plan, formularies))
    return [as_json(r) for r in resources if r["resourceType"] == kind]


MORPHINE = CourseRequest(
    "morphine",
    "steps",
    products=(DeclaredProduct("morphine-tablet-10"), DeclaredProduct("morphine-tablet-20")),
    steps=(
        WrittenStep(7, slots(morning="30", evening="20")),
        WrittenStep(7, slots(morning="10", evening="10")),
    ),
    ends_in="stop",
)


HIGH = CourseRequest(
    "morphine",
    "steps",
    products=(DeclaredProduct("morphine-mr-capsule-60"),),
    steps=(
        WrittenStep(
            7, (SlotDose(Slot.MORNING, Decimal(120)), SlotDose(Slot.EVENING, Decimal(120)))
        ),
    ),
    ends_in="review",
)


def test_a_dose_of_two_strengths_is_split_and_each_says_so(formularies: Formularies) -> None:
    requests = of_kind(made(asked(MORPHINE), formularies), formularies, "MedicationRequest")

    told = {
        request["medicationCodeableConcept"]["coding"][-1]["code"]: [
            (
                dosage["sequence"],
                dosage["timing"]["repeat"]["timeOfDay"],
                [amount["doseQuantity"]["value"] for amount in dosage["doseAndRate"]],
                [text["text"] for text in dosage.get("additionalInstruction", [])],
            )
            for dosage in request["dosageInstruction"]
        ]
        for request in requests
        if request["medicationCodeableConcept"]["coding"][-1]["code"].startswith("morphine")
    }
    part = ["Part of a dose of 30 mg, with another strength"]
    assert told == {
        "morphine-tablet-20": [(1, ["08:00:00"], [20, 1], part), (1, ["20:00:00"], [20, 1], [])],
        "morphine-tablet-10": [
            (1, ["08:00:00"], [10, 1], part),
            (2, ["08:00:00", "20:00:00"], [10, 1], []),
        ],
    }


def test_a_days_tablets_and_the_quantity_to_supply_agree(formularies: Formularies) -> None:
    for request in of_kind(made(asked(MORPHINE), formularies), formularies, "MedicationRequest"):
        total = Decimal(0)
        for dosage in request["dosageInstruction"]:
            repeat = dosage["timing"]["repeat"]
            first, last = (date.fromisoformat(repeat["boundsPeriod"][k]) for k in ("start", "end"))
            times = ((last - first).days + 1) * len(repeat["timeOfDay"])
            total += times * Decimal(dosage["doseAndRate"][1]["doseQuantity"]["value"])
        assert request["dispenseRequest"]["quantity"]["value"] == total


def test_a_when_required_dose_has_a_gap_and_a_most_and_no_clock_time(
    formularies: Formularies,
) -> None:
    course = CourseRequest("paracetamol", "when-required", days=5, max_daily_mg=Decimal(3000))

    (request,) = of_kind(made(asked(course), formularies), formularies, "MedicationRequest")

    dosage = request["dosageInstruction"][0]
    assert dosage["asNeededBoolean"] is True
    assert {k: v for k, v in dosage["timing"]["repeat"].items() if k != "boundsPeriod"} == {
        "frequency": 1,
        "period": 4,
        "periodUnit": "h",
    }
    assert dosage["maxDosePerPeriod"]["numerator"]["value"] == 3000
    assert dosage["maxDosePerPeriod"]["denominator"]["code"] == "h"


def test_no_timing_says_both_clock_times_and_a_frequency(formularies: Formularies) -> None:
    plan = made(asked(MORPHINE, CourseRequest("paracetamol", "when-required", days=5)), formularies)

    for request in of_kind(plan, formularies, "MedicationRequest"):
        for dosage in request["dosageInstruction"]:
            said = {"timeOfDay", "frequency"} & dosage["timing"]["repeat"].keys()
            assert len(said) == 1


def test_a_step_up_is_nobodys_order_until_it_is_agreed(formularies: Formularies) -> None:
    plan = made(asked(CourseRequest("amitriptyline", "titration")), formularies)

    (request,) = of_kind(plan, formularies, "MedicationRequest")

    marked = ["modifierExtension" in dosage for dosage in request["dosageInstruction"]]
    assert marked == [False, True, True]
    assert all(
        "Only if you agreed to go up." in dosage["text"]
        for dosage in request["dosageInstruction"][1:]
    )


def test_a_reason_given_is_the_findings_mitigation(formularies: Formularies) -> None:
    request = asked(HIGH, indication="chronic-low-back-pain")
    majors = [f.code for f in made(request, formularies).findings if f.severity == "major"]
    reasons = tuple(Acknowledgement(code, "Weighed and agreed.") for code in majors)
    assert reasons

    plan = made(replace(request, acknowledged=reasons), formularies)

    issues = of_kind(plan, formularies, "DetectedIssue")
    given = [i["mitigation"][0]["action"]["text"] for i in issues if "mitigation" in i]
    assert given == ["Weighed and agreed."] * len(majors)
    assert {i["severity"] for i in issues if "mitigation" in i} == {"high"}


@pytest.mark.parametrize(("country", "marked"), [("NZ", True), ("GB", False)])
def test_a_dose_out_of_the_ordinary_is_marked_where_the_country_asks_for_it(
    country: str, formularies: Formularies, *, marked: bool
) -> None:
    url = "http://hl7.org.nz/fhir/StructureDefinition/nzeps-unusual-dose-quantity"
    request = asked(HIGH, jurisdiction=country, indication="chronic-low-back-pain")
    plan = made(request, formularies)
    reasons = tuple(
        Acknowledgement(f.code, "Weighed and agreed.")
        for f in plan.findings
        if f.severity == "major"
    )
    plan = made(replace(request, acknowledged=reasons), formularies)

    found = of_kind(plan, formularies, "MedicationRequest")[0]["extension"]

    assert (url in {e["url"] for e in found}) is marked


def test_every_status_of_a_plan_has_its_fhir_word(formularies: Formularies) -> None:
    plan = made(asked(CourseRequest("paracetamol", "regular", days=3)), formularies)
    words = {}
    for status in Status:
        resources = plan_resources(shown(plan, formularies, replace(STORED, status=status)))
        words[status.value] = (resources[0]["status"], resources[1]["status"])

    assert words == {
        "draft": ("draft", "draft"),
        "active": ("active", "active"),
        "on-hold": ("on-hold", "on-hold"),
        "completed": ("completed", "completed"),
        "stopped": ("revoked", "stopped"),
        "entered-in-error": ("entered-in-error", "entered-in-error"),
    }


def test_a_change_of_strength_is_a_new_request_that_names_the_old_one(
    formularies: Formularies,
) -> None:
    one = CourseRequest(
        "naproxen", "twice-daily", days=7, products=(DeclaredProduct("naproxen-tablet-250"),)
    )
    other = replace(
        one,
        dose_mg=Decimal(500),
        times_per_day=2,
        products=(DeclaredProduct("naproxen-tablet-500"),),
    )
    before, after = (shown(made(asked(c), formularies), formularies) for c in (one, other))

    (new, *_) = medication_requests(after, before)

    (old, *_) = medication_requests(before)
    assert new["id"] != old["id"]
    assert new["priorPrescription"] == {"reference": f"MedicationRequest/{old['id']}"}
    assert medication_requests(before, before)[0].get("priorPrescription") is None


def test_a_plan_whose_doses_nothing_makes_comes_back_too(formularies: Formularies) -> None:
    course = CourseRequest("naproxen", "twice-daily", days=7, dose_mg=Decimal(333), times_per_day=2)
    plan = made(asked(course), formularies)
    assert not plan.issuable

    back, issues = plan_of(plan_resources(shown(plan, formularies)))

    assert (back, issues) == (plan, [])


def test_a_fault_in_our_own_resource_is_told_with_its_place(formularies: Formularies) -> None:
    plan = made(asked(CourseRequest("paracetamol", "regular", days=3)), formularies)
    resources: list[Resource] = plan_resources(shown(plan, formularies))
    resources[1]["dosageInstruction"] = "twice a day"

    _, issues = plan_of(resources)

    assert ("MedicationRequest.dosageInstruction", "a list is needed") in {
        (issue.expression, issue.text) for issue in issues
    }


def test_who_made_a_revision_and_of_which_it_was_made(formularies: Formularies) -> None:
    plan = made(asked(CourseRequest("paracetamol", "regular", days=3)), formularies)
    view = shown(plan, formularies, replace(STORED, reason="More pain.", version="2"))

    said = as_json(provenance(view, Deed("amendment", 2, MONDAY + timedelta(1), "2026.3")))

    assert said["target"][0]["reference"] == f"CarePlan/{STORED.key}/_history/2"
    assert said["entity"][0]["what"]["reference"] == f"CarePlan/{STORED.key}/_history/1"
    assert said["reason"] == [{"text": "More pain."}]
    assert said["agent"][0]["who"]["identifier"]["value"] == STORED.author


@pytest.mark.parametrize("steps", [1, 3, 12])
def test_every_text_fits_a_field_of_350_characters_or_is_cut_between_steps(
    steps: int, formularies: Formularies
) -> None:
    rows = tuple(
        WrittenStep(3, slots(morning=str(10 * n), evening=str(5 + 10 * n)))
        for n in range(steps, 0, -1)
    )
    view = shown(
        made(asked(CourseRequest("morphine", "steps", steps=rows, ends_in="stop")), formularies),
        formularies,
    )
    course = view.plan.courses[0]

    whole, parts = sig("Morphine", course), sig_parts("Morphine", course)

    texts = [d["text"] for r in medication_requests(view) for d in as_json(r)["dosageInstruction"]]
    assert max(map(len, (*texts, *parts))) <= 350
    assert bool(parts) is (len(whole) > 350) is (steps > 1)
    said = "; then ".join(text.partition("): ")[2].removesuffix(".") for text in parts)
    assert said.replace("; then then ", "; then ") in {"", whole[len("Morphine: ") : -1]}
