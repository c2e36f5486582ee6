"""A Bundle, a MedicationRequest or Parameters with one of them, as the request that it makes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from medplan.documents.json_text import JsonValue
from medplan.fhir.asked.courses import Group, course_documents, routine
from medplan.fhir.asked.facts import (
    Given,
    indication_of,
    opening,
    read_care_plan,
    read_parameters,
    read_patient,
    subject_name,
    tell_missing,
)
from medplan.fhir.asked.medicines import Meant, meant
from medplan.fhir.asked.timings import Row, rows
from medplan.fhir.element import Element, Issue, Level
from medplan.fhir.packs import Pack
from medplan.formulary.model import Formulary

_OVER = {"entered-in-error", "cancelled", "stopped", "completed"}
_GOING_ON = {"active", "draft", "on-hold"}
# Kinds of Bundle whose entries stand beside each other; a history holds one thing many times.
_BUNDLES = {"collection", "searchset", "transaction", "batch", "document", "message", None}
_PRESCRIBED = "prescribed"
_LEFT = (
    "resourceType", "meta", "language", "text", "contained", "extension",
    "identifier", "status", "statusReason", "intent", "category", "priority", "subject",
    "encounter", "supportingInformation", "authoredOn", "requester", "performer", "performerType",
    "recorder", "reasonCode", "reasonReference", "instantiatesCanonical", "instantiatesUri",
    "basedOn", "groupIdentifier", "courseOfTherapyType", "insurance", "dispenseRequest",
    "substitution", "priorPrescription", "detectedIssue", "eventHistory", "reportedBoolean",
    "reportedReference",
)  # fmt: skip
_KNOWN_BESIDE = {"DetectedIssue", "Provenance", "Medication", "OperationOutcome", "Practitioner"}


@dataclass(slots=True)
class Asked:
    """What was understood: a request's document (None where it can't be made), what is to be told,
    and for each course the place that asked for it."""

    document: dict[str, JsonValue] | None = None
    issues: list[Issue] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether something stands in the way of a plan."""
        return any(issue.level is Level.ERROR for issue in self.issues)


def read_asked(
    resource: JsonValue, formularies: Mapping[str, Formulary], packs: Mapping[str, Pack]
) -> Asked:
    """Read what was sent. It becomes a plan only if `failed` is false."""
    asked = Asked()
    given = Given()
    sent = _sent(resource, asked.issues, given)
    found = _by_kind(sent)
    _read_patients(found, given)
    for care_plan in found.get("CarePlan", []):
        read_care_plan(care_plan, given)
    requests = [*_to_plan(_each_once(found.get("MedicationRequest", [])))]
    if not requests:
        asked.issues.append(
            Issue(Level.ERROR, "required", sent[0].place, "a MedicationRequest to plan is needed")
        )
        return asked
    tell_missing(given, _subject(requests, next(iter(packs.values()))), requests[0])
    formulary, pack = _of_country(given, requests[0], formularies, packs)
    if formulary is None or pack is None:
        return asked
    medications = _medications(found)
    asked.groups = _groups(requests, medications, formulary, pack, given.start)
    _write(asked, requests, given, packs)
    return asked


def _sent(resource: JsonValue, issues: list[Issue], given: Given) -> list[Element]:
    """The resources that were sent, each at its place."""
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    top = Element(resource, str(kind or "Resource"), issues)
    if kind == "Parameters":
        read_parameters(top, given)
        inner = [p.child("resource") for p in top.children("parameter")]
        return [e for one in inner if one is not None for e in _entries(one)] or [top]
    return _entries(top)


def _entries(top: Element) -> list[Element]:
    if top.text("resourceType") != "Bundle":
        return [top]
    if top.text("type") not in _BUNDLES:
        top.refuse("not-supported", "a Bundle of this type is not planned", "type")
    found = []
    for entry in top.children("entry"):
        resource = entry.child("resource")
        if resource is None:
            entry.refuse("not-supported", "an entry without a resource is not understood")
        else:
            found.append(resource)
    return found or [top]


def _by_kind(sent: list[Element]) -> dict[str, list[Element]]:
    found: dict[str, list[Element]] = {}
    for element in sent:
        kind = element.text("resourceType") or ""
        found.setdefault(kind, []).append(element)
        if kind not in {"MedicationRequest", "Patient", "CarePlan", *_KNOWN_BESIDE}:
            element.tell(Level.WARNING, "not-supported", f"a {kind or 'thing'} is not read here")
    return found


def _read_patients(found: dict[str, list[Element]], given: Given) -> None:
    """What is told of the one patient; it must be the requests' own subject."""
    patients = found.get("Patient", [])
    for patient in patients:
        read_patient(patient, given)
    if len(patients) > 1:
        patients[1].refuse("business-rule", "a plan is for one patient")
    names = {f"Patient/{patient.text('id')}" for patient in patients if patient.has("id")}
    for request in found.get("MedicationRequest", []) if names else []:
        subject = request.child("subject")
        named = None if subject is None else subject.text("reference")
        if named is not None and named.startswith("Patient/") and named not in names:
            request.refuse(
                "business-rule", "it is for another patient than the one sent", "subject"
            )


def _each_once(requests: list[Element]) -> list[Element]:
    """The same requests; one that was sent twice would be taken twice."""
    known: set[str] = set()
    for request in requests:
        name = request.text("id")
        if name is not None and name in known:
            request.refuse("duplicate", "it was sent more than once", "id")
        known |= {name or ""} - {""}
    return requests


def _to_plan(requests: list[Element]) -> Iterator[Element]:
    """The requests that ask for something to be taken and are not over."""
    for request in requests:
        status, course = request.text("status"), request.ours("course")
        if status in _OVER:
            text = f"left out, since it is {status}"
            request.tell(Level.INFORMATION, "informational", text, "status")
        elif status not in _GOING_ON:
            text = f"one of {', '.join(sorted(_GOING_ON | _OVER))} is needed"
            request.refuse("value", text, "status")
        elif course is not None and course.part("role").text("valueCode") != _PRESCRIBED:
            text = "a companion course is planned anew, with what it goes with"
            request.tell(Level.INFORMATION, "informational", text)
        elif request.yes("doNotPerform"):
            request.refuse("not-supported", "an order not to take is not planned", "doNotPerform")
        else:
            if status == "on-hold":
                text = "it is on hold: planned as if it went on"
                request.tell(Level.WARNING, "informational", text, "status")
            yield request


def _of_country(
    given: Given,
    request: Element,
    formularies: Mapping[str, Formulary],
    packs: Mapping[str, Pack],
) -> tuple[Formulary | None, Pack | None]:
    known = given.jurisdiction or ""
    if known not in formularies:
        text = f"which country's formulary is needed: {', '.join(sorted(formularies))} (parameter"
        request.refuse("required", f"{text} jurisdiction, or the Patient's address.country)")
    return formularies.get(known), packs.get(known)


def _medications(found: dict[str, list[Element]]) -> Mapping[str, Element]:
    """Every Medication that was sent or is contained, by how it is referred to."""
    named = {f"Medication/{m.text('id')}": m for m in found.get("Medication", [])}
    for request in found.get("MedicationRequest", []):
        for contained in request.children("contained"):
            named[f"{request.place}#{contained.text('id')}"] = contained
    return named


def _groups(
    requests: list[Element],
    medications: Mapping[str, Element],
    formulary: Formulary,
    pack: Pack,
    start: date | None,
) -> list[Group]:
    """Requests of one medicine that belong together are one group; others stand alone."""
    found: dict[tuple[str, ...], list[tuple[Element, Meant, list[Row]]]] = {}
    for request in requests:
        concept = _concept(request, medications)
        medicine = None if concept is None else meant(concept, formulary, pack)
        if medicine is not None:
            read = rows(request, medicine, pack, start)
            found.setdefault(_together(request, medicine), []).append((request, medicine, read))
        _leave(request)
    return [_group(members) for members in found.values()]


def _concept(request: Element, medications: Mapping[str, Element]) -> Element | None:
    concept = request.child("medicationCodeableConcept")
    referred = request.child("medicationReference")
    if concept is not None and referred is not None:
        request.refuse("structure", "medication[x] is given twice", "medicationReference")
    if concept is not None:
        return concept
    name = "" if referred is None else referred.text("reference") or ""
    place = f"{request.place}{name}" if name.startswith("#") else name
    medication = medications.get(place)
    code = None if medication is None else medication.child("code")
    if code is None:
        request.refuse("required", "what is to be taken is needed", "medication")
    return code


def _together(request: Element, medicine: Meant) -> tuple[str, ...]:
    course, group = request.ours("course"), request.child("groupIdentifier")
    if course is not None:
        return (medicine.key, str(course.part("index").whole("valuePositiveInt")))
    if group is not None and group.text("value"):
        return (medicine.key, group.text("system") or "", group.text("value") or "")
    return (medicine.key, request.place)


def _leave(request: Element) -> None:
    """Tell what of a request was not read, and pass over what changes no dose."""
    dosages = request.children("dosageInstruction")
    texts = any(d.has("text") or d.has("patientInstruction") for d in dosages)
    further = any(d.has("additionalInstruction") for d in dosages)
    if texts or further or request.has("note"):
        level = Level.WARNING if further and request.ours("course") is None else Level.INFORMATION
        text = "texts and notes are not read: days and amounts come from the structure alone"
        request.tell(level, "informational", text, "dosageInstruction")
    request.leave("note", *_LEFT)
    request.done()


def _group(members: list[tuple[Element, Meant, list[Row]]]) -> Group:
    request, medicine, _ = members[0]
    course = request.ours("course")
    ends_in = None if course is None else course.part("ends-in").text("valueCode")
    products = {m.product: m for _, m, _ in members if m.product is not None}
    return Group(
        medicine=medicine,
        products=tuple(products.values()),
        rows=tuple(row for _, _, read in members for row in read),
        place=request.place,
        ends_in=ends_in or "stop",
    )


def _subject(requests: list[Element], pack: Pack) -> str | None:
    """Whom the requests are for; more than one patient is told."""
    subjects = dict.fromkeys(subject_name(request, pack) for request in requests)
    if len(subjects) > 1:
        requests[0].refuse("business-rule", "a plan is for one patient", "subject")
    return next(iter(subjects))


def _write(asked: Asked, requests: list[Element], given: Given, packs: Mapping[str, Pack]) -> None:
    """Put the request's document together, unless something was not understood."""
    about = next(filter(None, map(indication_of, requests)), None)
    given.indication = given.indication or about
    days = [row.days.first for group in asked.groups for row in group.rows]
    zones = {name: one.time_zone for name, one in packs.items()}
    subject = subject_name(requests[0], packs[given.jurisdiction or ""]) or ""
    document = opening(given, subject, min(days, default=date.max), zones, asked.issues)
    courses: list[JsonValue] = []
    for group in asked.groups:
        if group.rows:
            made = course_documents(group, asked.issues)
            courses += made
            asked.places += [group.place] * len(made)
    if not asked.failed:
        asked.document = document | {"courses": courses, "routine": routine(asked.groups)}
