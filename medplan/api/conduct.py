"""What a declared operation does around its view: dry runs, no query that it does not know, and
word that it will be withdrawn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import wraps

from flask import Response, after_this_request, make_response, request
from werkzeug.http import http_date

from medplan.documents.faults import UNKNOWN_KEY
from medplan.documents.json_text import child
from medplan.errors import InvalidRequestError, Problem
from medplan.gate.context import run_dry
from medplan.gate.metrics import count_deprecated

DRY_RUN = "dry_run"
DRY_RUN_PARAMETER = {
    "name": DRY_RUN,
    "in": "query",
    "description": "true: answer as the real call would, and keep nothing.",
    "schema": {"type": "string", "enum": ["true", "false"], "default": "false"},
}


@dataclass(frozen=True, slots=True)
class Deprecation:
    """Since when an operation is deprecated, when it goes, and where to read what to do instead."""

    since: date
    sunset: date
    read_more: str


def with_dry_run(view: Callable[..., object]) -> Callable[..., object]:
    """Let a view be tried: `?dry_run=true` answers the same and keeps nothing."""

    @wraps(view)
    def tried(*args: object, **kwargs: object) -> object:
        if not _asked_to_try():
            return view(*args, **kwargs)
        run_dry()
        response = make_response(view(*args, **kwargs))
        response.headers["Dry-Run"] = "true"
        return response

    return tried


def with_known_query(view: Callable[..., object], known: frozenset[str]) -> Callable[..., object]:
    """Refuse what a query string says beyond `known`: of whoever misspells `dry_run`, nothing may
    be kept."""

    @wraps(view)
    def checked(*args: object, **kwargs: object) -> object:
        unknown = sorted(set(request.args) - known)
        if unknown:
            raise InvalidRequestError(
                [Problem(child("", name), UNKNOWN_KEY.code, str(UNKNOWN_KEY)) for name in unknown]
            )
        return view(*args, **kwargs)

    return checked


def with_warning(view: Callable[..., object], deprecation: Deprecation) -> Callable[..., object]:
    """Say with every answer that an operation is deprecated (RFC 9745) and when it goes (RFC 8594),
    and count each use."""

    def warn(response: Response) -> Response:
        since = datetime.combine(deprecation.since, time(), UTC)
        response.headers["Deprecation"] = f"@{int(since.timestamp())}"
        response.headers["Sunset"] = http_date(datetime.combine(deprecation.sunset, time(), UTC))
        response.headers.add("Link", f'<{deprecation.read_more}>; rel="deprecation"')
        return response

    @wraps(view)
    def warned(*args: object, **kwargs: object) -> object:
        count_deprecated()
        after_this_request(warn)
        return view(*args, **kwargs)

    return warned


def _asked_to_try() -> bool:
    """Read `dry_run`.

    Raises:
        InvalidRequestError: it says neither true nor false, or says so more than once.
    """
    said = request.args.getlist(DRY_RUN) or ["false"]
    if said not in (["true"], ["false"]):
        detail = "one of true, false; once"
        raise InvalidRequestError([Problem("/dry_run", "not-in-list", detail)])
    return said == ["true"]
