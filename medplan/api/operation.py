"""How a route is declared: one decorator for the URL and for what OpenAPI says of it."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TypeVar

from flask_smorest import Blueprint
from marshmallow import Schema

from medplan.gate.problems import CONTENT_TYPE

View = TypeVar("View", bound=Callable[..., object])

JSON = "application/json"
TEXT = "text/plain"
CALENDAR = "text/calendar"

KEY_HEADER: Mapping[str, object] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A key of your own; the same request under it happens once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
MATCH_HEADER: Mapping[str, object] = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the version that you read.",
    "schema": {"type": "string"},
}

_EVERY = (HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE)
_GUARDED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_BODY = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
_KEYED = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
_MATCHED = (HTTPStatus.PRECONDITION_REQUIRED, HTTPStatus.PRECONDITION_FAILED)


def operation(
    blueprint: Blueprint,
    method: str,
    rule: str,
    *,
    answer: str | None,
    status: HTTPStatus = HTTPStatus.OK,
    content_type: str = JSON,
    refusals: tuple[HTTPStatus, ...] = (),
    body: type[Schema] | None = None,
    body_required: bool = True,
    query: type[Schema] | None = None,
    keyed: bool = False,
    matched: bool = False,
    guarded: bool = True,
) -> Callable[[View], View]:
    """Route a view and describe it.

    `answer` names a component of `answers.json`, None for no body or one that is no JSON. `keyed`
    and `matched` say that the view wants an Idempotency-Key and If-Match; `guarded` that it wants
    a token. The statuses that follow from these need not stand among `refusals`.
    """
    parameters: list[Mapping[str, object]] = []
    statuses = {*_EVERY, *refusals}
    doc: dict[str, object] = {}
    if guarded:
        statuses |= {*_GUARDED}
    else:
        doc["security"] = []
    if keyed:
        parameters.append(KEY_HEADER)
        statuses |= {*_KEYED}
    if matched:
        parameters.append(MATCH_HEADER)
        statuses |= {*_MATCHED}
    if query is not None:
        parameters.append({"in": "query", "schema": query})
        statuses.add(HTTPStatus.UNPROCESSABLE_ENTITY)
    if body is not None:
        doc["requestBody"] = {"required": body_required, "content": {JSON: {"schema": body}}}
        statuses |= {*_BODY}
    doc["parameters"] = parameters

    def declare(view: View) -> View:
        described: View = blueprint.doc(operationId=view.__name__, **doc)(view)
        for refused in sorted(statuses):
            described = blueprint.alt_response(
                refused, schema="Problem", content_type=CONTENT_TYPE
            )(described)
        described = blueprint.response(
            status, schema=_answer_schema(answer, content_type), content_type=content_type
        )(described)
        routed: View = blueprint.route(rule, methods=[method])(described)
        return routed

    return declare


def _answer_schema(answer: str | None, content_type: str) -> str | dict[str, str] | None:
    if answer is not None:
        return answer
    return None if content_type == JSON else {"type": "string"}
