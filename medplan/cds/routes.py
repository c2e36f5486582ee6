"""The services that an EHR discovers, calls with draft orders, and tells what became of cards.

Whoever calls signs each call (CDS Hooks 2.0, Security and Safety); its issuer must be registered.
"""

from collections.abc import Callable, Mapping

from flask import Blueprint, Flask, Response, current_app, request

from medplan.cds.cards import cards
from medplan.cds.requests import read_feedback, read_orders
from medplan.documents.json_text import JsonValue, read_json
from medplan.gate.bodies import json_body
from medplan.gate.context import context, parts
from medplan.gate.doors import open_to_all
from medplan.gate.refusals import NoTokenError
from medplan.services.access import Caller, Right, require
from medplan.services.clients.cds_feedback import ehr_caller, keep_feedback, note_call
from medplan.services.clients.drafted_orders import PlanOrders
from medplan.services.refusals import ClientRefusedError, NotFoundError

blueprint = Blueprint("cds", __name__)

_PLANNER = "medplan.plan_orders"
_WRITER = "medplan.write_fhir"
_HOOKS: Mapping[str, str] = {
    "medplan-order-select": "order-select",
    "medplan-order-sign": "order-sign",
}


def install_cds(
    app: Flask, plan_orders: PlanOrders, write_json: Callable[[JsonValue], str]
) -> None:
    """Hang this room's routes on the application; `plan_orders` reads and makes FHIR for it, and
    `write_json` writes FHIR's decimals exactly."""
    app.extensions[_PLANNER] = plan_orders
    app.extensions[_WRITER] = write_json
    app.register_blueprint(blueprint)


@blueprint.get("/cds-services")
@open_to_all
def list_services() -> Response:
    """Say which hooks are answered, and what is to be sent along."""
    found: list[JsonValue] = [
        {
            "id": name,
            "hook": hook,
            "title": "medplan: a dated, proved schedule",
            "description": "Findings on draft orders, and their doses on their days.",
            "prefetch": {"patient": "Patient/{{context.patientId}}"},
        }
        for name, hook in _HOOKS.items()
    ]
    return _answer({"services": found})


@blueprint.post("/cds-services/<service>")
@open_to_all
def call_service(service: str) -> Response:
    """Answer draft orders with cards. Nothing is stored, and no card acts by itself."""
    caller = _ehr(service)
    orders = read_orders(read_json(json_body()), _HOOKS[service])
    planner: PlanOrders = current_app.extensions[_PLANNER]
    drafted = planner(orders, caller)
    note_call(parts(), caller)
    shown: list[JsonValue] = [*cards(drafted, context().public_url)]
    return _answer({"cards": shown})


@blueprint.post("/cds-services/<service>/feedback")
@open_to_all
def take_feedback(service: str) -> Response:
    """Keep what became of cards."""
    caller = _ehr(service)
    for found in read_feedback(read_json(json_body())):
        keep_feedback(parts(), caller, service, found.card, found.outcome, found.document)
    return _answer({})


def _ehr(service: str) -> Caller:
    """Say which EHR calls a service; it signed for this very address.

    Raises:
        NoTokenError: nobody that is known. NotFoundError: no such service. NotAllowedError.
    """
    if service not in _HOOKS:
        raise NotFoundError
    sent, here = request.authorization, context()
    if sent is None or sent.type != "bearer" or sent.token is None:
        raise NoTokenError
    address = f"{here.public_url}{request.path}"
    try:
        caller = ehr_caller(here.parts, sent.token, address, here.clock())
    except ClientRefusedError as error:
        raise NoTokenError from error
    require(caller, Right.USE_CDS_HOOKS)
    return caller


def _answer(document: dict[str, JsonValue]) -> Response:
    write: Callable[[JsonValue], str] = current_app.extensions[_WRITER]
    return Response(write(document), content_type="application/json")
