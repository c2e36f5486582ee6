"""Orders of other systems, planned; also for a room that asks for cards, not for resources."""

from medplan.documents.json_text import JsonValue
from medplan.errors import InvalidRequestError
from medplan.fhir.asked.planned import planned
from medplan.fhir.asked.reading import read_asked
from medplan.fhir.element import Issue, Level
from medplan.fhir.out.medication_requests import medication_requests
from medplan.fhir.out.shown import Record, Shown
from medplan.fhir.routes.answers import packs
from medplan.fhir.values import OURS, member
from medplan.gate.context import parts
from medplan.services.access import Caller
from medplan.services.clients.drafted_orders import Drafted
from medplan.services.records.plans import Status
from medplan.store.ids import PLAN, read_id

_KEY = "draft"


def plan_orders(bundle: JsonValue, caller: Caller) -> Drafted:
    """Plan a Bundle of draft orders; nothing is guessed and nothing stored.

    Raises:
        NotAllowedError: the caller may not.
    """
    asked = read_asked(bundle, parts().formularies, packs())
    if asked.document is None or asked.failed:
        return Drafted(None, (), _told(asked.issues, Level.ERROR))
    try:
        plan, found = planned(asked, asked.document, parts(), caller)
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
