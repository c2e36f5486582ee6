"""Routes of MedicationDispenses: what pharmacies supplied, newest first."""

from uuid import UUID

from flask import Blueprint, Response

from medplan.fhir.out.bundles import search_set
from medplan.fhir.out.dispenses import dispenses
from medplan.fhir.out.shown import Record, Shown
from medplan.fhir.routes.answers import answer, check_format, here, onward_from, packs, place
from medplan.fhir.routes.kinds import plan_key
from medplan.fhir.routes.queries import read_query
from medplan.fhir.routes.searching import Spot, read_spot, write_spot
from medplan.fhir.values import Resource
from medplan.gate.context import caller, context, parts
from medplan.gate.doors import needs
from medplan.services.access import Right
from medplan.services.dispensed import Dispensed, list_dispensed, read_dispensed
from medplan.services.plans import Status
from medplan.services.refusals import NotFoundError
from medplan.store.ids import read_id

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
