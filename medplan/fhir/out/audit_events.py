"""Lines of the audit as AuditEvents, in the patterns of IHE's Basic Audit Log Patterns.

Each names the two systems, who acted, what it was about and, where there is one, the patient. A
line keeps no network address of the caller's: that is said to be unknown, not left out.
"""

from collections.abc import Mapping

from medplan.documents.json_text import JsonValue
from medplan.fhir.out.shown import account, patient_reference
from medplan.fhir.packs import Pack
from medplan.fhir.values import (
    OURS,
    TERMINOLOGY,
    Resource,
    coding,
    concept,
    identifier,
    instant,
    reference,
    without_nothing,
)
from medplan.services.audit.reading import Noted
from medplan.store.ids import PLAN, USER, write_id

_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_SOURCE = concept(coding(_DICOM, "110153", "Source Role ID"))
_DESTINATION = concept(coding(_DICOM, "110152", "Destination Role ID"))
_PARTICIPATION = f"{TERMINOLOGY}/v3-ParticipationType"
_READER = concept(coding(_PARTICIPATION, "IRCP", "information recipient"))
_AUTHOR = concept(coding(_PARTICIPATION, "AUT", "author (originator)"))
_UNKNOWN: Resource = {
    "extension": [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
            "valueCode": "unknown",
        }
    ]
}
_SYSTEM_OBJECT = coding(f"{TERMINOLOGY}/audit-entity-type", "2", "System Object")
_PERSON = coding(f"{TERMINOLOGY}/audit-entity-type", "1", "Person")
_DOMAIN_RESOURCE = coding(f"{TERMINOLOGY}/object-role", "4", "Domain Resource")
_PATIENT = coding(f"{TERMINOLOGY}/object-role", "1", "Patient")
_URI = "5"
# FHIR's interaction and action of what a line says; every other act on a plan updates it.
_INTERACTIONS: Mapping[str, tuple[str, str]] = {
    "plan.read": ("read", "R"),
    "plan.list": ("search-type", "E"),
    "plan.draft": ("create", "C"),
    "plan.delete-draft": ("delete", "D"),
}


def audit_event(noted: Noted, pack: Pack, server: str) -> Resource:
    """One line of the audit; `server` is this server's address."""
    interaction, action = _interaction(noted)
    reads = action in {"R", "E"} and interaction != "operation"
    said: Resource = {
        "type": coding(f"{TERMINOLOGY}/audit-event-type", "rest", "RESTful Operation"),
        "subtype": [
            coding("http://hl7.org/fhir/restful-interaction", interaction),
            coding(f"{OURS}:act", noted.act),
        ],
        "action": action,
        "recorded": instant(noted.at),
        "outcome": "0",
        "agent": [*_systems(noted, server, reads=interaction == "read"), _user(noted, reads=reads)],
        "source": {
            "site": server,
            "observer": {"display": "medplan"},
            "type": [coding(f"{TERMINOLOGY}/security-source-type", "4", "Application Server")],
        },
        "entity": [*_entities(noted, pack)],
    }
    return {"resourceType": "AuditEvent", "id": event_id(noted)} | without_nothing(said)


def event_id(noted: Noted) -> str:
    """The id of a line's AuditEvent."""
    return write_id("", noted.id).removeprefix("_")


def _interaction(noted: Noted) -> tuple[str, str]:
    if noted.plan_id is None:
        return _INTERACTIONS.get(noted.act, ("operation", "E"))
    return _INTERACTIONS.get(noted.act, ("update", "U"))


def _systems(noted: Noted, server: str, *, reads: bool) -> list[JsonValue]:
    """The caller's program and this server; what is read goes from the server to the caller."""
    theirs, ours = (_DESTINATION, _SOURCE) if reads else (_SOURCE, _DESTINATION)
    return [
        {
            "type": theirs,
            "who": _who(noted),
            "requestor": False,
            "network": {"_address": _UNKNOWN},
        },
        {
            "type": ours,
            "who": {"display": server},
            "requestor": False,
            "network": {"address": server, "type": _URI},
        },
    ]


def _user(noted: Noted, *, reads: bool) -> Resource:
    return {"type": _READER if reads else _AUTHOR, "who": _who(noted), "requestor": True}


def _who(noted: Noted) -> Resource:
    if noted.user_id is None:
        return {"display": "whoever runs medplan"}
    return account(write_id(USER, noted.user_id))


def _entities(noted: Noted, pack: Pack) -> list[JsonValue]:
    entities: list[JsonValue] = [
        {"what": _subject(noted), "type": _SYSTEM_OBJECT, "role": _DOMAIN_RESOURCE}
    ]
    if noted.patient is not None:
        patient = patient_reference(pack, noted.patient)
        entities.append({"what": patient, "type": _PERSON, "role": _PATIENT})
    return entities


def _subject(noted: Noted) -> Resource:
    if noted.plan_id is None:
        return {"identifier": identifier(f"{OURS}:subject", noted.subject)}
    return reference("CarePlan", write_id(PLAN, noted.plan_id).removeprefix(f"{PLAN}_"))
