"""Draft orders, planned for a room that asks for cards rather than for resources."""

import json

from medplan.documents.json_text import JsonValue
from medplan.errors import InvalidRequestError
from medplan.fhir.asked.checking import differences
from medplan.fhir.asked.reading import read_asked
from medplan.fhir.element import Level
from medplan.fhir.out.medication_requests import medication_requests
from medplan.fhir.out.shown import Record, Shown
from medplan.fhir.routes.answers import packs
from medplan.gate.context import parts
from medplan.services.access import Caller
from medplan.services.clients.drafted_orders import Drafted
from medplan.services.records.plans import Status, preview

_KEY = "draft"


def plan_orders(bundle: JsonValue, caller: Caller) -> Drafted:
    """Plan a Bundle of draft orders; nothing is guessed and nothing stored.

    Raises:
        NotAllowedError: the caller may not.
    """
    asked = read_asked(bundle, parts().formularies, packs())
    told = tuple(i.text for i in asked.issues if i.level is Level.ERROR)
    if asked.document is None or told:
        return Drafted(None, (), told)
    try:
        plan = preview(parts(), caller, json.dumps(asked.document, default=str).encode())
    except InvalidRequestError as error:
        return Drafted(None, (), tuple(p.detail for p in error.problems))
    told = tuple(i.text for i in differences(asked.groups, plan) if i.level is Level.ERROR)
    patient = asked.document.get("patient")
    name = str(patient["reference"]) if isinstance(patient, dict) else ""
    jurisdiction = plan.formulary.jurisdiction
    record = Record(key=_KEY, patient=name, status=Status.DRAFT)
    shown = Shown(plan, parts().formularies[jurisdiction], packs()[jurisdiction], record)
    return Drafted(plan, tuple(medication_requests(shown)), told)
