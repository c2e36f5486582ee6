"""`$plan` and `$validate`: somebody else's prescription comes in, the proved plan or what is to be
said of it goes out; nothing is stored."""

from http import HTTPStatus

from flask import Blueprint, Response, request

from medplan.documents.json_text import JsonValue, read_json
from medplan.errors import InvalidRequestError
from medplan.fhir.asked.planned import planned
from medplan.fhir.asked.reading import Asked, read_asked
from medplan.fhir.element import Issue, Level
from medplan.fhir.out.bundles import collection, plan_resources
from medplan.fhir.out.shown import Record, Shown
from medplan.fhir.outcome import outcome
from medplan.fhir.routes.answers import CONTENT_TYPE, answer, check_format, packs, place
from medplan.formulary.model import Severity
from medplan.gate.context import caller, parts
from medplan.gate.doors import needs
from medplan.gate.refusals import NotJsonError
from medplan.model.plan import Finding, Plan
from medplan.services.access import Right
from medplan.services.records.plans import Status

blueprint = Blueprint("fhir-planning", __name__)

_KEY = "preview"
_REQUEST = "MedicationRequest"


@blueprint.post("/$plan")
@needs(Right.PREVIEW)
def plan_prescription() -> Response:
    """Plan a Bundle, a MedicationRequest or Parameters with one of them.

    The answer is a Bundle with the plan and an OperationOutcome of what is to be minded; or, where
    something was not understood, that OperationOutcome alone.
    """
    asked, plan, issues = _made()
    if plan is None:
        return answer(outcome(issues), HTTPStatus.UNPROCESSABLE_ENTITY)
    return answer(collection([outcome(issues), *_resources(plan, asked)], place()))


@blueprint.post("/$validate")
@blueprint.post("/MedicationRequest/$validate")
@needs(Right.PREVIEW)
def validate_prescription() -> Response:
    """Say what `$plan` would: an OperationOutcome with what is not understood, what is to be
    minded, and each finding of the plan. It is 200 whatever it says."""
    _, plan, issues = _made()
    found = [] if plan is None else [_finding(finding) for finding in plan.findings]
    return answer(outcome([*issues, *found]))


def _made() -> tuple[Asked, Plan | None, list[Issue]]:
    """What was asked for, its plan (None: it can't be one) and everything there is to tell."""
    check_format()
    if request.mimetype not in {CONTENT_TYPE, "application/json"}:
        raise NotJsonError
    asked = read_asked(read_json(request.get_data()), parts().formularies, packs())
    if asked.document is None:
        return asked, None, asked.issues
    try:
        plan, found = planned(asked, asked.document, parts(), caller())
    except InvalidRequestError as error:
        return asked, None, [*asked.issues, *_told(error, asked)]
    issues = [*asked.issues, *found]
    failed = any(issue.level is Level.ERROR for issue in issues)
    return asked, None if failed else plan, issues or [_ALL_GOOD]


_ALL_GOOD = Issue(Level.INFORMATION, "informational", _REQUEST, "all was understood")


def _finding(finding: Finding) -> Issue:
    """A finding as an issue: what keeps a plan from being issued is an error."""
    stops = finding.severity is Severity.BLOCK
    level = Level.INFORMATION if finding.severity is Severity.INFO else Level.WARNING
    text = f"{finding.message} ({finding.code})"
    return Issue(Level.ERROR if stops else level, "business-rule", _REQUEST, text)


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
    return asked.places[0] if asked.places else _REQUEST
