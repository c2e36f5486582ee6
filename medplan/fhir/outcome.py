"""What went wrong, or is to be minded, as an OperationOutcome."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus

from medplan.documents.json_text import JsonValue
from medplan.fhir.element import Issue, Level
from medplan.fhir.values import Resource, without_nothing

_FAULT = "exception"
_CODES: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "invalid",
    HTTPStatus.UNAUTHORIZED: "login",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "not-supported",
    HTTPStatus.NOT_ACCEPTABLE: "not-supported",
    HTTPStatus.CONFLICT: "conflict",
    HTTPStatus.GONE: "deleted",
    HTTPStatus.PRECONDITION_FAILED: "conflict",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too-long",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "not-supported",
    HTTPStatus.UNPROCESSABLE_ENTITY: "processing",
    HTTPStatus.TOO_MANY_REQUESTS: "throttled",
    HTTPStatus.SERVICE_UNAVAILABLE: "transient",
}


def outcome(issues: Iterable[Issue]) -> Resource:
    """Issues as a resource, the worst first; what is told twice at one place stands once."""
    ranked = sorted(dict.fromkeys(issues), key=lambda issue: list(Level).index(issue.level))
    return {"resourceType": "OperationOutcome", "issue": [_issue(issue) for issue in ranked]}


def refusal(document: Mapping[str, JsonValue]) -> Resource:
    """A refusal of the house (RFC 9457 problem details) as a resource."""
    status, errors = document.get("status"), document.get("errors")
    code = _CODES.get(status if isinstance(status, int) else 0, _FAULT)
    trace = f"trace {document.get('trace_id')}" if code == _FAULT else None
    if not isinstance(errors, list) or not errors:
        detail = str(document.get("detail") or document.get("title"))
        return {"resourceType": "OperationOutcome", "issue": [_told(code, detail, trace)]}
    issues: list[JsonValue] = [
        _told(code, str(error.get("detail")), trace) | _place(str(error.get("pointer")))
        for error in errors
        if isinstance(error, dict)
    ]
    return {"resourceType": "OperationOutcome", "issue": issues}


def _place(pointer: str) -> Resource:
    """Where it is, in FHIR's way of naming what came by HTTP; nothing for the body as a whole."""
    name = pointer.lstrip("#/").replace("/", ".")
    return {"expression": [f"http.{name}"]} if name else {}


def _told(code: str, text: str, diagnostics: str | None) -> Resource:
    said: Resource = {"severity": "error", "code": code, "details": {"text": text}}
    return said | without_nothing({"diagnostics": diagnostics})


def _issue(issue: Issue) -> Resource:
    return without_nothing(
        {
            "severity": issue.level.value,
            "code": issue.code,
            "details": {"text": issue.text},
            "expression": [issue.expression],
        }
    )
