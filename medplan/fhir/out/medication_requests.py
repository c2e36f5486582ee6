"""One MedicationRequest for each product of each course.

A dose that takes several products stands in several requests, each with its own tablets and
milligrams; a change of strength or form is another request.
"""

from collections.abc import Collection, Mapping

from medplan.documents.json_text import JsonValue
from medplan.fhir.dose_text import dosages_text
from medplan.fhir.out.dosages import dosages, unit_of
from medplan.fhir.out.shown import CourseProduct, Shown
from medplan.fhir.values import (
    OURS,
    Resource,
    coding,
    concept,
    extension,
    extension_of,
    identifier,
    instant,
    part,
    period,
    quantity,
    reference,
    without_nothing,
)
from medplan.model.plan import Course, Finding, Supply
from medplan.services.records.plans import Status
from medplan.wording.amounts import product_name
from medplan.wording.names import medicine_key

RENDERED = "http://hl7.org/fhir/5.0/StructureDefinition/extension-MedicationRequest"
RENDERED += ".renderedDosageInstruction"


def medication_requests(shown: Shown, before: Shown | None = None) -> list[Resource]:
    """Every request of a plan; `before` is the plan's revision before this one."""
    supplies = _supplies(shown)
    replaced = {} if before is None else _replaced(shown, before)
    return [
        _request(shown, asked, supplies.get(asked.name), replaced.get(asked.name))
        for asked in shown.requests
    ]


def _request(
    shown: Shown, asked: CourseProduct, supply: Supply | None, replaced: str | None
) -> Resource:
    record, instructions = shown.record, dosages(shown, asked)
    said: Resource = {
        "extension": [*_extensions(shown, asked, instructions)],
        "identifier": [identifier(f"{OURS}:medication-request", asked.name)],
        "status": record.status.value,
        "statusReason": _status_reason(shown),
        "intent": "plan",
        "medicationCodeableConcept": medication(shown, asked),
        "subject": shown.patient(),
        "authoredOn": None if record.created_at is None else instant(record.created_at),
        "requester": shown.author(),
        "reasonCode": [concept(coding(f"{OURS}:indication", shown.plan.indication))],
        "basedOn": [reference("CarePlan", record.key)],
        "groupIdentifier": identifier(f"{OURS}:plan", record.key),
        "dosageInstruction": instructions,
        "dispenseRequest": None if supply is None else _dispense(shown, asked, supply),
        "priorPrescription": None if replaced is None else reference("MedicationRequest", replaced),
        "detectedIssue": [
            reference("DetectedIssue", finding_id(shown, finding))
            for finding in shown.plan.findings
            if asked.course.medicine in finding.medicines
        ],
    }
    return shown.opening("MedicationRequest", asked.name) | without_nothing(said)


def finding_id(shown: Shown, finding: Finding) -> str:
    """The id of a finding's DetectedIssue."""
    return shown.resource_id("finding", finding.code)


def medication(shown: Shown, asked: CourseProduct) -> Resource:
    """What is to be taken: our code, those of the deployment's pack, and words."""
    name = shown.named(medicine_key(asked.course))
    if asked.product is None:
        return concept(coding(f"{OURS}:medicine", asked.course.medicine), text=name)
    codes = shown.pack.products.get(asked.product, ())
    licensed = [coding(code.system, code.code, code.display) for code in codes]
    ours = coding(f"{OURS}:product", asked.product)
    return concept(*licensed, ours, text=product_name(asked.product, name))


def _extensions(
    shown: Shown, asked: CourseProduct, instructions: list[JsonValue]
) -> list[Resource]:
    course = asked.course
    facts = extension_of(
        "course",
        (
            part("index", "PositiveInt", asked.index),
            part("medicine", "String", course.medicine),
            part("name", "String", course.name),
            part("regimen", "Code", course.regimen),
            part("role", "Code", course.role.value),
            *(part("covers", "String", covered) for covered in course.covers),
            part("ends-in", "Code", course.ends_in.value),
        ),
    )
    rendered: Resource = {"url": RENDERED, "valueMarkdown": dosages_text(instructions)}
    return [facts, rendered, *_unusual(shown, course)]


def _unusual(shown: Shown, course: Course) -> list[Resource]:
    """A dose out of the ordinary is marked where a prescriber has said why."""
    meant = any(
        finding.acknowledged is not None
        and finding.kind in shown.pack.unusual_kinds
        and course.medicine in finding.medicines
        for finding in shown.plan.findings
    )
    if shown.pack.unusual_dose is None or not meant:
        return []
    return [{"url": shown.pack.unusual_dose, "valueBoolean": True}]


def _status_reason(shown: Shown) -> Resource | None:
    ended = shown.record.status in {Status.STOPPED, Status.ON_HOLD, Status.ENTERED_IN_ERROR}
    return concept(text=shown.record.reason) if ended and shown.record.reason else None


def _dispense(shown: Shown, asked: CourseProduct, supply: Supply) -> Resource:
    unit = unit_of(shown, asked)
    packs = [] if supply.packs is None else [extension("packs", "PositiveInt", supply.packs)]
    return without_nothing(
        {
            "extension": [*packs],
            "validityPeriod": period(supply.days.first, supply.days.last),
            "numberOfRepeatsAllowed": 0,
            "quantity": quantity(supply.units, unit.display, unit.system, unit.code),
            "expectedSupplyDuration": quantity(len(supply.days), "d"),
        }
    )


def _supplies(shown: Shown) -> Mapping[str, Supply]:
    """Which line of the supply belongs to which request: both stand in the plan's order."""
    left = list(shown.plan.supply)
    found: dict[str, Supply] = {}
    for asked in shown.requests:
        lines = [s for s in left if s.product == asked.product and _within(s, asked.course)]
        if lines:
            found[asked.name] = lines[0]
            left.remove(lines[0])
    return found


def _within(supply: Supply, course: Course) -> bool:
    return supply.days.first in course.days and supply.days.last in course.days


def _replaced(shown: Shown, before: Shown) -> Mapping[str, str]:
    """Requests that are new in this revision, and the one whose place each takes."""
    present = {asked.name for asked in shown.requests}
    gone = {
        medicine_key(asked.course): asked.name
        for asked in before.requests
        if asked.name not in present
    }
    known: Collection[str] = {asked.name for asked in before.requests}
    return {
        asked.name: gone[medicine_key(asked.course)]
        for asked in shown.requests
        if asked.name not in known and medicine_key(asked.course) in gone
    }
