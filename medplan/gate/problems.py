"""Every refusal as one kind of answer: RFC 9457 problem details.

Nothing that the caller sent is repeated, and a fault of ours says nothing about itself but its
trace id. Which status a refusal has is `problem_types`' to say.
"""

import json
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from medplan.documents.json_text import JsonValue
from medplan.documents.plan import finding_to_document
from medplan.documents.problem import problem_document
from medplan.errors import InvalidRequestError, MedplanError
from medplan.gate.context import context
from medplan.gate.logs import log_fault
from medplan.gate.metrics import count_proof_failure
from medplan.gate.preconditions import etag_of
from medplan.gate.problem_types import (
    FAULT,
    UNAVAILABLE,
    ProblemType,
    type_of,
    type_of_status,
)
from medplan.services.refusals import OpenFindingsError, ProofFailedError, StaleVersionError
from medplan.store.database import refuses_changes

CONTENT_TYPE = "application/problem+json"

Teller = Callable[[Mapping[str, JsonValue]], Response]
_TELLERS = "medplan.tellers"
_VARIABLE = re.compile(r"<[^>]+>")
_UNREADABLE = {"not-json", "not-utf8", "too-deep"}
_RETRY_AFTER_S = "2"


def install_problems(app: Flask) -> None:
    """Answer every error of the application with a problem document."""
    app.register_error_handler(InvalidRequestError, _invalid)
    app.register_error_handler(MedplanError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(PoolTimeoutError, _unavailable)
    app.register_error_handler(Exception, _fault)


def tell_otherwise(app: Flask, prefix: str, teller: Teller) -> None:
    """Let refusals below an address be told in another form, made from the same facts."""
    app.extensions.setdefault(_TELLERS, {})[prefix] = teller


def _invalid(error: InvalidRequestError) -> Response:
    document = problem_document(error)
    if any(p.code in _UNREADABLE and p.pointer == "" for p in error.problems):
        document["status"] = HTTPStatus.BAD_REQUEST
    document["type"] = type_url(error.code)
    return _answer(document)


def _refused(error: MedplanError) -> Response:
    kind = type_of(error)
    if kind.status is HTTPStatus.INTERNAL_SERVER_ERROR:
        return _fault(error)
    if isinstance(error, ProofFailedError):
        count_proof_failure()
    document = _document(kind, str(error))
    if isinstance(error, StaleVersionError):
        document["current_etag"] = etag_of(error.current)
    if isinstance(error, OpenFindingsError):
        document["findings"] = [finding.code for finding in error.findings]
        document["issues"] = [finding_to_document(finding) for finding in error.findings]
    response = _answer(document)
    if kind.status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if kind.status is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = _RETRY_AFTER_S
    return response


def _http(error: HTTPException) -> Response | HTTPException:
    """Werkzeug's own refusals: no such path, wrong method, too large."""
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    kind = type_of_status(HTTPStatus(error.code))
    response = _answer(_document(kind, kind.meaning))
    for name, value in error.get_headers(request.environ):
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _database_error(error: DBAPIError) -> Response:
    """Tell a database that is away, full or read-only from a statement of ours that is wrong."""
    away = isinstance(error, OperationalError) or refuses_changes(error)
    return _unavailable(error) if away else _fault(error)


def _unavailable(error: SQLAlchemyError) -> Response:
    log_fault(error)
    response = _answer(_document(UNAVAILABLE, UNAVAILABLE.meaning))
    response.headers["Retry-After"] = _RETRY_AFTER_S
    return response


def _fault(error: Exception) -> Response:
    log_fault(error)
    return _answer(_document(FAULT, FAULT.meaning))


def type_url(code: str) -> str:
    """Give the address of the page that says what a kind of refusal means."""
    return f"{context().public_url}/problems/{code}"


def _document(kind: ProblemType, detail: str) -> dict[str, JsonValue]:
    return {
        "type": type_url(kind.code),
        "title": kind.title,
        "status": int(kind.status),
        "detail": detail,
    }


def _answer(document: dict[str, JsonValue]) -> Response:
    document["trace_id"] = g.get("request_id", "")
    if request.endpoint is not None and request.url_rule is not None:
        document["instance"] = _VARIABLE.sub("-", request.url_rule.rule)
    for prefix, teller in current_app.extensions.get(_TELLERS, {}).items():
        if request.path.startswith(prefix):
            told: Response = teller(document)
            return told
    status = document["status"]
    return Response(
        json.dumps(document, ensure_ascii=False, indent=2) + "\n",
        status=int(status) if isinstance(status, int) else None,
        content_type=CONTENT_TYPE,
    )
