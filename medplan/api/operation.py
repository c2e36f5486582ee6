"""How a route is declared: one decorator for its URL and for what OpenAPI says of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from http import HTTPStatus
from typing import TypeVar

from flask_smorest import Blueprint
from marshmallow import Schema

from medplan.api.answer_headers import references, refused
from medplan.api.conduct import (
    DRY_RUN,
    DRY_RUN_PARAMETER,
    Deprecation,
    with_dry_run,
    with_known_query,
    with_warning,
)
from medplan.gate.consistency import PARAMETER, behind
from medplan.gate.doors import needs, open_to_all
from medplan.gate.problems import CONTENT_TYPE
from medplan.services.access import Right

View = TypeVar("View", bound=Callable[..., object])

JSON = "application/json"
TEXT = "text/plain"
CALENDAR = "text/calendar"
CSV = "text/csv"

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

_VERSIONED = "StoredPlan"
_LINKED = frozenset({"/plans", "/changes.csv", "/packing.csv"})
_WRITING = frozenset({"PUT", "PATCH", "DELETE"})
_OF_A_PLAN = "<plan:"
_EVERY = (HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE)
_GUARDED = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.TOO_MANY_REQUESTS,
)
_BODY = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
_KEYED = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
_MATCHED = (HTTPStatus.PRECONDITION_REQUIRED, HTTPStatus.PRECONDITION_FAILED)


@dataclass(frozen=True, slots=True)
class Operation:
    """Routes a view, guards it and describes it; used as a decorator.

    `right` is what a caller needs; a guarded route without one lets nobody pass. `answer` names a
    component of `answers.json`, None for no body or one that is no JSON. `keyed` and `matched` say
    that the view wants an Idempotency-Key and If-Match; `guarded` that it wants a token. The
    statuses that follow from these need not stand among `refusals`. What stores something can be
    tried with `?dry_run=true`. A query string that says more than `query` knows is refused, except
    where no token is wanted: calendars add words of their own. `deprecation` says that the
    operation will be withdrawn, `behind` that a copy of the database may answer
    (`gate.consistency`), `unchanged` when there is a 304 in place of the answer.
    """

    blueprint: Blueprint
    method: str
    rule: str
    _: KW_ONLY
    right: Right | None = None
    answer: str | None
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = JSON
    refusals: tuple[HTTPStatus, ...] = ()
    body: type[Schema] | None = None
    body_required: bool = True
    query: type[Schema] | None = None
    keyed: bool = False
    matched: bool = False
    guarded: bool = True
    deprecation: Deprecation | None = None
    behind: bool = False
    unchanged: str | None = None

    def __call__(self, view: View) -> View:
        """Route, guard and describe the view."""
        if not self.guarded:
            open_to_all(view)
        elif self.right is not None:
            needs(self.right)(view)
        described = self.blueprint.doc(operationId=view.__name__, **self._doc())(self._around(view))
        for status in self._refused():
            described = self.blueprint.alt_response(
                status, schema="Problem", content_type=CONTENT_TYPE, headers=refused(status)
            )(described)
        if self.unchanged is not None:
            described = self.blueprint.alt_response(
                HTTPStatus.NOT_MODIFIED, description=self.unchanged, headers=references("ETag")
            )(described)
        described = self.blueprint.response(
            self.status,
            schema=self._answer_schema(),
            content_type=self.content_type,
            headers=references(*self._told()),
        )(described)
        routed: View = self.blueprint.route(self.rule, methods=[self.method])(described)
        return routed

    def _around(self, view: View) -> Callable[..., object]:
        """What is done around the view."""
        around: Callable[..., object] = view
        if self._can_be_tried:
            around = with_dry_run(around)
        if self.guarded and self.query is None:
            around = with_known_query(around, frozenset({DRY_RUN} if self._can_be_tried else ()))
        if self.behind:
            around = behind(around)
        if self.deprecation is not None:
            around = with_warning(around, self.deprecation)
        return around

    @property
    def _can_be_tried(self) -> bool:
        return self.keyed or self.method in _WRITING

    def _doc(self) -> dict[str, object]:
        doc: dict[str, object] = {"parameters": list(self._parameters())}
        if self.deprecation is not None:
            doc["deprecated"] = True
        if not self.guarded:
            doc["security"] = []
        if self.body is not None:
            content = {JSON: {"schema": self.body}}
            doc["requestBody"] = {"required": self.body_required, "content": content}
        return doc

    def _parameters(self) -> Iterator[Mapping[str, object]]:
        if self.keyed:
            yield KEY_HEADER
        if self.matched:
            yield MATCH_HEADER
        if self.query is not None:
            yield {"in": "query", "schema": self.query}
        if self._can_be_tried:
            yield DRY_RUN_PARAMETER
        if self.behind:
            yield PARAMETER

    def _told(self) -> Iterator[str]:
        """Which headers the answer can have."""
        if self.answer == _VERSIONED:
            yield "ETag"
            if self.status is HTTPStatus.CREATED:
                yield "Location"
        if self.rule in _LINKED and self.method == "GET":
            yield "Link"
        if self.keyed:
            yield "Idempotent-Replayed"
        if self._can_be_tried:
            yield "Dry-Run"

    def _refused(self) -> list[HTTPStatus]:
        unreadable = (HTTPStatus.UNPROCESSABLE_ENTITY,)
        return sorted(
            {*_EVERY, *self.refusals}
            | (set(_GUARDED) if self.guarded else set())
            | (set(_KEYED) if self.keyed else set())
            | (set(_MATCHED) if self.matched else set())
            | (set(_BODY) if self.body is not None else set())
            | (set(unreadable) if self.guarded or self.query is not None else set())
            | ({HTTPStatus.GONE} if _OF_A_PLAN in self.rule else set())
        )

    def _answer_schema(self) -> str | dict[str, str] | None:
        if self.answer is not None:
            return self.answer
        return None if self.content_type == JSON else {"type": "string"}
