"""Routes of MedicationDispenses: what pharmacies supplied, newest first."""

from functools import partial
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, request

from medplan.documents.json_text import read_json
from medplan.fhir.asked.handed import read_handed, units_of
from medplan.fhir.element import Issue, Level
from medplan.fhir.out.bundles import search_set
from medplan.fhir.out.dispenses import dispenses
from medplan.fhir.out.shown import Record, Shown
from medplan.fhir.outcome import outcome
from medplan.fhir.routes.answers import (
    CONTENT_TYPE,
    answer,
    base,
    check_format,
    here,
    onward_from,
    packs,
    place,
)
from medplan.fhir.routes.kinds import plan_key, plan_of_id
from medplan.fhir.routes.queries import read_query
from medplan.fhir.routes.searching import Spot, read_spot, write_spot
from medplan.fhir.values import Resource, write_json
from medplan.gate.context import caller, context, parts
from medplan.gate.doors import needs
from medplan.gate.idempotency import once, respond
from medplan.gate.refusals import NotJsonError
from medplan.services.access import Right
from medplan.services.once import Answer
from medplan.services.pharmacy.dispensed import Dispensed, list_dispensed, read_dispensed
from medplan.services.pharmacy.dispenses import Dispensed as Recorded
from medplan.services.pharmacy.dispenses import Item
from medplan.services.pharmacy.dispenses import record_dispense as record
from medplan.services.records.plans import Status
from medplan.services.records.standings import read_standing
from medplan.services.refusals import NotFoundError
from medplan.store.ids import read_id, write_id

blueprint = Blueprint("fhir-dispenses", __name__)

NAME = "MedicationDispense"


@blueprint.get(f"/{NAME}/<resource_id>")
@needs(Right.FHIR_MEDICATION_DISPENSE)
def read_dispense(resource_id: str) -> Response:
    """Read one product of a supply."""
    check_format()
    supply = _resources(read_dispensed(parts(), caller(), _dispense_id(resource_id)))
    found = [resource for resource in supply if resource["id"] == resource_id]
    if not found:
        raise NotFoundError
    return answer(found[0])


@blueprint.get(f"/{NAME}")
@needs(Right.FHIR_MEDICATION_DISPENSE)
def search_dispenses() -> Response:
    """Search supplies by patient; a page holds `_count` supplies, each whole."""
    check_format()
    query, secret_key = read_query(NAME, packs()), context().secret_key
    scope = query.scope(NAME, caller().organisation_id.hex)
    spot = read_spot(secret_key, scope, query.cursor)
    after = None if spot == Spot() else spot.after
    found, more = list_dispensed(
        parts(), caller(), query.patient, older_than=after, limit=query.count
    )
    onward = onward_from(write_spot(secret_key, scope, Spot(found[-1].id))) if more else None
    resources = [
        resource
        for supply in found
        if query.date.touch(supply.day, supply.day)
        for resource in _resources(supply)
    ]
    return answer(search_set(resources, place(), here(), onward))


@blueprint.post(f"/{NAME}")
@needs(Right.RECORD_DISPENSES)
def record_dispense() -> Response:
    """Record what was supplied for a MedicationRequest of ours; an Idempotency-Key is needed."""
    check_format()
    if request.mimetype not in {CONTENT_TYPE, "application/json"}:
        raise NotJsonError
    asked, issues = read_handed(read_json(request.get_data()))
    if asked is None:
        return answer(outcome(issues), HTTPStatus.UNPROCESSABLE_ENTITY)
    plan_id = plan_of_id(asked.request)
    shown = _shown(plan_id)
    product, formulary, pack = _product(shown, asked.request), shown.formulary, shown.pack
    units, issues = units_of(asked, product, formulary, pack)
    if units is None:
        return answer(outcome(issues), HTTPStatus.UNPROCESSABLE_ENTITY)
    items = (Item(product, units),)
    keep = once(partial(_recorded, issues))
    response = respond(
        record(parts(), caller(), plan_id, asked.day(shown.plan.time_zone), items, keep)
    )
    response.content_type = CONTENT_TYPE
    return response


def _shown(plan_id: UUID) -> Shown:
    """The plan that was supplied for, as its requests are made from it."""
    standing = read_standing(parts(), caller(), Right.RECORD_DISPENSES, plan_id)
    jurisdiction = standing.plan.formulary.jurisdiction
    told = Record(plan_key(plan_id), standing.patient, standing.status)
    formulary, pack = parts().formularies[jurisdiction], packs()[jurisdiction]
    return Shown(standing.plan, formulary, pack, told)


def _product(shown: Shown, request_id: str) -> str:
    """The product that one of our requests is for."""
    found = [a.product for a in shown.requests if a.name == request_id and a.product]
    if not found:
        raise NotFoundError
    return found[0]


def _recorded(issues: list[Issue], made: Recorded) -> Answer:
    newest = max(made.dispenses, key=lambda dispense: dispense.id)
    name = f"{write_id('', newest.id).removeprefix('_')}-1"
    told = Issue(Level.INFORMATION, "informational", NAME, "recorded")
    headers = (("Location", f"{base()}/{NAME}/{name}"),)
    return Answer(HTTPStatus.CREATED, headers, write_json(outcome([told, *issues])))


def _resources(supply: Dispensed) -> list[Resource]:
    jurisdiction = supply.plan.formulary.jurisdiction
    record = Record(plan_key(supply.plan_id), supply.patient, Status.ACTIVE)
    formulary, pack = parts().formularies[jurisdiction], packs()[jurisdiction]
    return dispenses(Shown(supply.plan, formulary, pack, record), supply)


def _dispense_id(resource_id: str) -> UUID:
    try:
        return read_id("", f"_{resource_id.partition('-')[0]}")
    except ValueError as error:
        raise NotFoundError from error
