"""Orders of other systems, planned; also for a room that asks for cards, not for resources."""

import json

from medplan.documents.json_text import JsonValue
from medplan.errors import InvalidRequestError
from medplan.fhir.asked.checking import differences
from medplan.fhir.asked.reading import Asked, read_asked
from medplan.fhir.element import Issue, Level
from medplan.fhir.out.medication_requests import medication_requests
from medplan.fhir.out.shown import Record, Shown
from medplan.fhir.routes.answers import packs
from medplan.fhir.values import OURS, member
from medplan.gate.context import parts
from medplan.model.plan import Plan
from medplan.services.access import Caller
from medplan.services.clients.drafted_orders import Drafted
from medplan.services.records.plans import Status, preview
from medplan.store.ids import PLAN, read_id

_KEY = "draft"


def planned(
    asked: Asked, document: dict[str, JsonValue], caller: Caller
) -> tuple[Plan, list[Issue]]:
    """The plan at the usual clock times where those are what was asked for, else with the
    patient's own; and how it differs from what was asked for.

    Raises:
        InvalidRequestError, NotAllowedError: the engine refuses it; the caller may not.
    """
    usual = {key: value for key, value in document.items() if key != "routine"}
    tried: list[tuple[Plan, list[Issue]]] = []
    for wanted in (usual, document):
        plan = preview(parts(), caller, json.dumps(wanted, default=str).encode())
        tried.append((plan, differences(asked.groups, plan)))
        if not tried[-1][1]:
            break
    return min(tried, key=lambda pair: len(pair[1]))


def plan_orders(bundle: JsonValue, caller: Caller) -> Drafted:
    """Plan a Bundle of draft orders; nothing is guessed and nothing stored.

    Raises:
        NotAllowedError: the caller may not.
    """
    asked = read_asked(bundle, parts().formularies, packs())
    if asked.document is None or asked.failed:
        return Drafted(None, (), _told(asked.issues, Level.ERROR))
    try:
        plan, found = planned(asked, asked.document, caller)
    except InvalidRequestError as error:
        return Drafted(None, (), tuple(p.detail for p in error.problems))
    patient = asked.document.get("patient")
    name = str(patient["reference"]) if isinstance(patient, dict) else ""
    jurisdiction = plan.formulary.jurisdiction
    record = Record(key=_KEY, patient=name, status=Status.DRAFT)
    shown = Shown(plan, parts().formularies[jurisdiction], packs()[jurisdiction], record)
    issues = [*asked.issues, *found]
    return Drafted(
        plan,
        tuple(medication_requests(shown)),
        _told(issues, Level.ERROR),
        _told(issues, Level.WARNING),
        _plan_of(bundle),
    )


def _told(issues: list[Issue], level: Level) -> tuple[str, ...]:
    return tuple(issue.text for issue in issues if issue.level is level)


def _plan_of(bundle: JsonValue) -> str | None:
    """The one plan of ours that orders name as the group they belong to, if they do."""
    entries = member(bundle, "entry")
    orders = entries if isinstance(entries, list) else []
    groups = [member(order, "resource", "groupIdentifier") for order in orders]
    named = {str(member(g, "value")) for g in groups if member(g, "system") == f"{OURS}:plan"}
    plan_id = f"{PLAN}_{named.pop()}" if len(named) == 1 else ""
    try:
        read_id(PLAN, plan_id)
    except ValueError:
        return None
    return plan_id
