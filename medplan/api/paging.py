"""Lists page by page: the cursor that came, and the links to the pages beside this one.

The links stand in the body, and in a Link header (RFC 8288) for clients that follow those.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Response, request, url_for

from medplan.api import mapping
from medplan.api.answers import json_answer
from medplan.documents.json_text import JsonValue
from medplan.errors import InvalidRequestError
from medplan.gate.context import context
from medplan.gate.cursors import read_cursor, write_cursor
from medplan.store.plans import Place

_OLDER, _NEWER = "older", "newer"


def place_of(scope: list[str], cursor: str | None) -> Place | None:
    """Read where a page stands; None at the beginning.

    Raises:
        InvalidRequestError: the cursor is not one of this list.
    """
    if cursor is None:
        return None
    secret_key = context().secret_key
    try:
        return Place(read_cursor(secret_key, [*scope, _OLDER], cursor), older=True)
    except InvalidRequestError:
        return Place(read_cursor(secret_key, [*scope, _NEWER], cursor), older=False)


def page_answer(
    items: list[mapping.Document], scope: list[str], newer: Place | None, older: Place | None
) -> Response:
    """Answer with a page and the links to those beside it."""
    links: dict[str, JsonValue] = {"prev": _address(scope, newer), "next": _address(scope, older)}
    response = json_answer(mapping.items(items) | links)
    header = _header(links)
    if header:
        response.headers["Link"] = header
    return response


def _address(scope: list[str], place: Place | None) -> str | None:
    """Write the address of another page: this one's filters, another place."""
    if place is None:
        return None
    way = _OLDER if place.older else _NEWER
    cursor = write_cursor(context().secret_key, [*scope, way], place.plan_id)
    kept = {name: value for name, value in request.args.items() if name != "cursor"}
    return f"{url_for(str(request.endpoint))}?{urlencode(kept | {'cursor': cursor})}"


def _header(links: Mapping[str, JsonValue]) -> str:
    return ", ".join(f'<{link}>; rel="{name}"' for name, link in links.items() if link is not None)
