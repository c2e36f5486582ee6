"""`$plan`: somebody else's prescription comes in, the proved plan goes out; nothing is stored."""

import json
from http import HTTPStatus

from flask import Blueprint, Response, request

from medplan.documents.json_text import JsonValue, read_json
from medplan.errors import InvalidRequestError
from medplan.fhir.asked.checking import differences
from medplan.fhir.asked.reading import Asked, read_asked
from medplan.fhir.element import Issue, Level
from medplan.fhir.out.bundles import collection, plan_resources
from medplan.fhir.out.shown import Record, Shown
from medplan.fhir.outcome import outcome
from medplan.fhir.routes.answers import CONTENT_TYPE, answer, check_format, packs, place
from medplan.gate.context import caller, parts
from medplan.gate.doors import needs
from medplan.gate.refusals import NotJsonError
from medplan.model.plan import Plan
from medplan.services.access import Right
from medplan.services.records.plans import Status, preview

blueprint = Blueprint("fhir-planning", __name__)

_KEY = "preview"


@blueprint.post("/$plan")
@needs(Right.PREVIEW)
def plan_prescription() -> Response:
    """Plan a Bundle, a MedicationRequest or Parameters with one of them.

    The answer is a Bundle with the plan and an OperationOutcome of what is to be minded; or, where
    something was not understood, that OperationOutcome alone.
    """
    check_format()
    if request.mimetype not in {CONTENT_TYPE, "application/json"}:
        raise NotJsonError
    asked = read_asked(read_json(request.get_data()), parts().formularies, packs())
    if asked.document is None:
        return _refused(asked.issues)
    try:
        plan, found = _planned(asked, asked.document)
    except InvalidRequestError as error:
        return _refused([*asked.issues, *_told(error, asked)])
    issues = [*asked.issues, *found]
    if any(issue.level is Level.ERROR for issue in issues):
        return _refused(issues)
    return answer(collection([outcome(issues or [_ALL_GOOD]), *_resources(plan, asked)], place()))


def _planned(asked: Asked, document: dict[str, JsonValue]) -> tuple[Plan, list[Issue]]:
    """The plan at the usual clock times where those are what was asked for, else with the
    patient's own; and how it differs from what was asked for."""
    usual = {key: value for key, value in document.items() if key != "routine"}
    tried: list[tuple[Plan, list[Issue]]] = []
    for wanted in (usual, document):
        plan = preview(parts(), caller(), json.dumps(wanted, default=str).encode())
        tried.append((plan, differences(asked.groups, plan)))
        if not tried[-1][1]:
            break
    return min(tried, key=lambda pair: len(pair[1]))


_ALL_GOOD = Issue(Level.INFORMATION, "informational", "MedicationRequest", "all was understood")


def _refused(issues: list[Issue]) -> Response:
    return answer(outcome(issues), HTTPStatus.UNPROCESSABLE_ENTITY)


def _resources(plan: Plan, asked: Asked) -> list[dict[str, JsonValue]]:
    jurisdiction = plan.formulary.jurisdiction
    patient = (asked.document or {}).get("patient")
    name = str(patient["reference"]) if isinstance(patient, dict) else ""
    record = Record(key=_KEY, patient=name, status=Status.DRAFT)
    formulary, pack = parts().formularies[jurisdiction], packs()[jurisdiction]
    return plan_resources(Shown(plan, formulary, pack, record))


def _told(error: InvalidRequestError, asked: Asked) -> list[Issue]:
    """What the engine refuses, at the place that asked for it."""
    return [
        Issue(Level.ERROR, "business-rule", _place(problem.pointer, asked), problem.detail)
        for problem in error.problems
    ]


def _place(pointer: str, asked: Asked) -> str:
    _, *tokens = pointer.split("/")
    if len(tokens) > 1 and tokens[0] == "courses" and tokens[1].isdigit():
        return asked.places[int(tokens[1])]
    return asked.places[0] if asked.places else "MedicationRequest"
