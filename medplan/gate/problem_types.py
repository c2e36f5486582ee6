"""Every kind of refusal: its HTTP status, its title, and what it means to whoever gets it.

This module alone knows which status a refusal has. What each means is told by the errors
themselves; of those that no part of ours raises, it is told here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from inspect import cleandoc

from medplan.errors import InvalidRequestError, MedplanError


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of refusal; `meaning` is one paragraph or more, in plain text."""

    code: str
    status: HTTPStatus
    title: str
    meaning: str


_OURS: Mapping[str, tuple[HTTPStatus, str]] = {
    InvalidRequestError.code: (HTTPStatus.UNPROCESSABLE_ENTITY, "The request is not valid"),
    "not-authenticated": (HTTPStatus.UNAUTHORIZED, "No valid token"),
    "plain-http": (HTTPStatus.FORBIDDEN, "Not without encryption"),
    "not-allowed": (HTTPStatus.FORBIDDEN, "Not allowed"),
    "not-found": (HTTPStatus.NOT_FOUND, "Not found"),
    "erased": (HTTPStatus.GONE, "Erased"),
    "wrong-status": (HTTPStatus.CONFLICT, "The plan's status does not allow this"),
    "open-findings": (HTTPStatus.CONFLICT, "Findings are open"),
    "already-answered": (HTTPStatus.CONFLICT, "Answered already"),
    "doses-left": (HTTPStatus.CONFLICT, "Doses are still to come"),
    "answered": (HTTPStatus.CONFLICT, "Answered already"),
    "proof-failed": (HTTPStatus.CONFLICT, "The proof does not hold"),
    "plan-changed": (HTTPStatus.CONFLICT, "The plan would be another one now"),
    "stale-version": (HTTPStatus.PRECONDITION_FAILED, "The plan has changed"),
    "if-match-missing": (HTTPStatus.PRECONDITION_REQUIRED, "If-Match is missing"),
    "idempotency-key-missing": (HTTPStatus.BAD_REQUEST, "Idempotency-Key is missing"),
    "idempotency-key-reused": (HTTPStatus.UNPROCESSABLE_ENTITY, "Idempotency-Key was used before"),
    "account": (HTTPStatus.UNPROCESSABLE_ENTITY, "The account can't be like this"),
    "proof-too-old": (HTTPStatus.FORBIDDEN, "Prove who you are first"),
    "unsupported-media-type": (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Not JSON"),
    "too-many-requests": (HTTPStatus.TOO_MANY_REQUESTS, "Too many requests"),
    "busy": (HTTPStatus.SERVICE_UNAVAILABLE, "Busy"),
    "not-ready": (HTTPStatus.SERVICE_UNAVAILABLE, "Not ready"),
    "key-missing": (HTTPStatus.SERVICE_UNAVAILABLE, "Not ready"),
}
_OF_HTTP: Mapping[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: "The request can't be read.",
    HTTPStatus.NOT_FOUND: "There is no such address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "The address takes other methods; Allow names them.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than any request needs to be.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too much was asked for lately; Retry-After says when to go on.",
}
UNAVAILABLE = ProblemType(
    "unavailable",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Not available",
    "The database can't be used right now. Nothing was changed.",
)
FAULT = ProblemType(
    "fault",
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "A fault of medplan",
    "Something went wrong here. Nothing was changed. Quote the trace id.",
)


def type_of(error: MedplanError) -> ProblemType:
    """Say what kind of refusal an error is; one that nobody gave a status is a fault of ours."""
    status, title = _OURS.get(error.code, (FAULT.status, FAULT.title))
    return ProblemType(error.code, status, title, _meaning(type(error)))


def type_of_status(status: HTTPStatus) -> ProblemType:
    """Say what kind of refusal a bare HTTP status is; one that is also ours has our title."""
    code = status.phrase.lower().replace(" ", "-")
    _, title = _OURS.get(code, (status, status.phrase))
    return ProblemType(code, status, title, _OF_HTTP.get(status, status.description))


def every_type() -> Mapping[str, ProblemType]:
    """List every kind of refusal by its code, in order."""
    found = {kind.code: kind for kind in (UNAVAILABLE, FAULT)}
    found |= {kind.code: kind for kind in map(type_of_status, _OF_HTTP)}
    for error in sorted(_errors(MedplanError), key=lambda one: (one.__module__, one.__name__)):
        if error.code in _OURS:
            status, title = _OURS[error.code]
            found.setdefault(error.code, ProblemType(error.code, status, title, _meaning(error)))
    return dict(sorted(found.items()))


def _errors(base: type[MedplanError]) -> Iterator[type[MedplanError]]:
    for error in base.__subclasses__():
        yield error
        yield from _errors(error)


def _meaning(error: type[MedplanError]) -> str:
    return cleandoc(error.__doc__ or "")
