"""What this server can do: its CapabilityStatement."""

from collections.abc import Iterator

from flask import Blueprint, Response

from medplan.documents.json_text import JsonValue
from medplan.fhir.routes.answers import answer, base, check_format
from medplan.fhir.routes.audit import NAME as AUDIT_EVENT
from medplan.fhir.routes.dispenses import NAME as MEDICATION_DISPENSE
from medplan.fhir.routes.kinds import KINDS
from medplan.fhir.routes.queries import SEARCHED
from medplan.fhir.values import OURS, TERMINOLOGY, Resource, coding, concept
from medplan.gate.doors import open_to_all

blueprint = Blueprint("fhir-metadata", __name__)

_SINCE = "2026-11-22"
_VERSIONED = ("read", "vread", "history-instance", "search-type")


@blueprint.get("/metadata")
@open_to_all
def read_capabilities() -> Response:
    """Read what this server can do."""
    check_format()
    return answer(capabilities(base()))


def capabilities(server: str) -> Resource:
    """The CapabilityStatement of a server at this address."""
    security: Resource = {
        "service": [concept(coding(f"{TERMINOLOGY}/restful-security-service", "SMART-on-FHIR"))],
        "description": "Bearer tokens; a client's scopes are SMART's system scopes.",
    }
    rest: Resource = {
        "mode": "server",
        "security": security,
        "resource": [*_resources()],
        "operation": [_operation("plan"), _operation("everything"), _operation("validate")],
    }
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": _SINCE,
        "kind": "instance",
        "software": {"name": "medplan"},
        "implementation": {"description": "Medication plans and tapers", "url": server},
        "fhirVersion": "4.0.1",
        "format": ["json", "application/fhir+json"],
        "rest": [rest],
    }


def _resources() -> Iterator[Resource]:
    for kind in KINDS:
        yield _resource(kind, _VERSIONED, versioning="versioned")
    read_only = ("read", "search-type")
    recorded = (*read_only, "create")
    yield _resource(MEDICATION_DISPENSE, recorded, versioning="no-version")
    yield _resource(AUDIT_EVENT, read_only, versioning="no-version")


def _resource(kind: str, interactions: tuple[str, ...], *, versioning: str) -> Resource:
    codes: list[JsonValue] = [{"code": code} for code in interactions]
    parameters = {"patient": "reference", **SEARCHED[kind]}
    searched: list[JsonValue] = [
        {"name": name, "type": type_} for name, type_ in parameters.items()
    ]
    return {
        "type": kind,
        "interaction": codes,
        "versioning": versioning,
        "readHistory": versioning == "versioned",
        "updateCreate": False,
        "searchParam": searched,
    }


def _operation(name: str) -> Resource:
    return {"name": name, "definition": f"{OURS}:operation:{name}"}
