"""Every refusal as one kind of answer: RFC 9457 problem details.

This module alone knows which HTTP status a refusal has. Nothing that the caller sent is repeated,
and a fault of ours says nothing about itself but its trace id.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask, Response, g, request
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from medplan.documents.json_text import JsonValue
from medplan.documents.problem import problem_document
from medplan.errors import InvalidRequestError, MedplanError
from medplan.gate.logs import log_fault
from medplan.gate.preconditions import etag_of
from medplan.services.refusals import OpenFindingsError, StaleVersionError

CONTENT_TYPE = "application/problem+json"

_STATUS: Mapping[str, tuple[HTTPStatus, str]] = {
    "not-authenticated": (HTTPStatus.UNAUTHORIZED, "No valid token"),
    "plain-http": (HTTPStatus.FORBIDDEN, "Not without encryption"),
    "not-allowed": (HTTPStatus.FORBIDDEN, "Not allowed"),
    "not-found": (HTTPStatus.NOT_FOUND, "Not found"),
    "wrong-status": (HTTPStatus.CONFLICT, "The plan's status does not allow this"),
    "open-findings": (HTTPStatus.CONFLICT, "Findings are open"),
    "already-answered": (HTTPStatus.CONFLICT, "Answered already"),
    "doses-left": (HTTPStatus.CONFLICT, "Doses are still to come"),
    "proof-failed": (HTTPStatus.CONFLICT, "The proof does not hold"),
    "plan-changed": (HTTPStatus.CONFLICT, "The plan would be another one now"),
    "stale-version": (HTTPStatus.PRECONDITION_FAILED, "The plan has changed"),
    "if-match-missing": (HTTPStatus.PRECONDITION_REQUIRED, "If-Match is missing"),
    "idempotency-key-missing": (HTTPStatus.BAD_REQUEST, "Idempotency-Key is missing"),
    "idempotency-key-reused": (HTTPStatus.UNPROCESSABLE_ENTITY, "Idempotency-Key was used before"),
    "busy": (HTTPStatus.SERVICE_UNAVAILABLE, "Busy"),
    "account": (HTTPStatus.UNPROCESSABLE_ENTITY, "The account can't be like this"),
    "not-ready": (HTTPStatus.SERVICE_UNAVAILABLE, "Not ready"),
    "unsupported-media-type": (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Not JSON"),
}
_UNREADABLE = {"not-json", "not-utf8", "too-deep"}
_RETRY_AFTER_S = "2"


def install_problems(app: Flask) -> None:
    """Answer every error of the application with a problem document."""
    app.register_error_handler(InvalidRequestError, _invalid)
    app.register_error_handler(MedplanError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(PoolTimeoutError, _unavailable)
    app.register_error_handler(Exception, _fault)


def _invalid(error: InvalidRequestError) -> Response:
    document = problem_document(error)
    if any(p.code in _UNREADABLE and p.pointer == "" for p in error.problems):
        document["status"] = HTTPStatus.BAD_REQUEST
    return _answer(document)


def _refused(error: MedplanError) -> Response:
    status, title = _STATUS[error.code]
    document = _document(status, error.code, title, str(error))
    if isinstance(error, StaleVersionError):
        document["current_etag"] = etag_of(error.current)
    if isinstance(error, OpenFindingsError):
        document["findings"] = list(error.finding_codes)
    response = _answer(document)
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _http(error: HTTPException) -> Response | HTTPException:
    """Werkzeug's own refusals: no such path, wrong method, too large."""
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    status = HTTPStatus(error.code)
    code = status.phrase.lower().replace(" ", "-")
    response = _answer(_document(status, code, status.phrase, error.description or status.phrase))
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _unavailable(error: SQLAlchemyError) -> Response:
    log_fault(error)
    response = _answer(
        _document(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "unavailable",
            "Not available",
            "The database can't be used right now. Nothing was changed.",
        )
    )
    response.headers["Retry-After"] = _RETRY_AFTER_S
    return response


def _fault(error: Exception) -> Response:
    log_fault(error)
    return _answer(
        _document(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "fault",
            "A fault of medplan",
            "Something went wrong here. Nothing was changed. Quote the trace id.",
        )
    )


def _document(status: HTTPStatus, code: str, title: str, detail: str) -> dict[str, JsonValue]:
    return {
        "type": f"urn:medplan:problem:{code}",
        "title": title,
        "status": int(status),
        "detail": detail,
    }


def _answer(document: dict[str, JsonValue]) -> Response:
    document["trace_id"] = g.get("request_id", "")
    if request.endpoint is not None and request.url_rule is not None:
        document["instance"] = request.url_rule.rule
    status = document["status"]
    return Response(
        json.dumps(document, ensure_ascii=False, indent=2) + "\n",
        status=int(status) if isinstance(status, int) else None,
        content_type=CONTENT_TYPE,
    )
