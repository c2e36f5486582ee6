"""Routes of AuditEvents: the organisation's audit, newest first."""

from uuid import UUID

from flask import Blueprint, Response

from medplan.fhir.out.audit_events import audit_event
from medplan.fhir.out.bundles import search_set
from medplan.fhir.packs import Pack
from medplan.fhir.routes.answers import answer, base, check_format, here, onward_from, packs, place
from medplan.fhir.routes.queries import read_query
from medplan.fhir.routes.searching import Spot, read_spot, write_spot
from medplan.fhir.values import Resource
from medplan.gate.context import caller, context, parts
from medplan.gate.doors import needs
from medplan.services.access import Right
from medplan.services.audit.reading import Noted, list_lines, read_line
from medplan.services.refusals import NotFoundError
from medplan.store.audit_lines import LineFilter
from medplan.store.ids import read_id

blueprint = Blueprint("fhir-audit", __name__)

NAME = "AuditEvent"


@blueprint.get(f"/{NAME}/<resource_id>")
@needs(Right.READ_AUDIT)
def read_audit_event(resource_id: str) -> Response:
    """Read one line of the audit."""
    check_format()
    return answer(_event(read_line(parts(), caller(), _line_id(resource_id))))


@blueprint.get(f"/{NAME}")
@needs(Right.READ_AUDIT)
def search_audit_events() -> Response:
    """Search the audit by patient and date."""
    check_format()
    query, secret_key = read_query(NAME, packs()), context().secret_key
    scope = query.scope(NAME, caller().organisation_id.hex)
    spot = read_spot(secret_key, scope, query.cursor)
    lines, more = list_lines(
        parts(),
        caller(),
        LineFilter(query.date.first or query.updated.first, query.date.last or query.updated.last),
        patient=query.patient,
        older_than=None if spot == Spot() else spot.after,
        limit=query.count,
    )
    onward = onward_from(write_spot(secret_key, scope, Spot(lines[-1].id))) if more else None
    return answer(search_set([_event(line) for line in lines], place(), here(), onward))


def _line_id(resource_id: str) -> UUID:
    try:
        return read_id("", f"_{resource_id}")
    except ValueError as error:
        raise NotFoundError from error


def _event(noted: Noted) -> Resource:
    return audit_event(noted, _any_pack(noted), base())


def _any_pack(noted: Noted) -> Pack:
    """The pack that knows the patient's kind of name, else the first."""
    scheme = (noted.patient or "").partition(":")[0]
    known = [pack for pack in packs().values() if scheme in pack.patients]
    return known[0] if known else next(iter(packs().values()))
