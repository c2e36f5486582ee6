"""Resources as HTTP answers, and what of a request every route of this room looks at."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_options_header

from medplan.documents.json_text import JsonValue
from medplan.fhir.out.bundles import Place
from medplan.fhir.outcome import refusal
from medplan.fhir.packs import Pack
from medplan.fhir.values import Resource, write_json
from medplan.gate.context import context

PREFIX = "/fhir/R4"
CONTENT_TYPE = "application/fhir+json"
_ACCEPTED = frozenset({CONTENT_TYPE, "application/json", "application/*", "*/*"})
_VERSION = "4.0"
_NAME = "medplan.fhir"


@dataclass(frozen=True, slots=True)
class Server:
    """What this room needs beside the application's parts: each country's ways."""

    packs: Mapping[str, Pack]


def install_server(app: Flask, packs: Mapping[str, Pack]) -> None:
    """Give the application what these routes will reach for."""
    app.extensions[_NAME] = Server(packs)


def packs() -> Mapping[str, Pack]:
    """Reach the running application's packs."""
    found = current_app.extensions[_NAME]
    assert isinstance(found, Server)  # noqa: S101 - tells the type checker what was put there
    return found.packs


def base() -> str:
    """The address that all of this server's resources begin with."""
    return f"{context().public_url}{PREFIX}"


def place() -> Place:
    """Where this server's resources stand."""
    return Place(base())


def here() -> str:
    """The address that was asked for, as the outside knows it."""
    return context().public_url + request.full_path.removesuffix("?")


def onward_from(cursor: str) -> str:
    """The address of this search's next page."""
    kept = [(name, v) for name, v in request.args.items(multi=True) if name != "_cursor"]
    return f"{context().public_url}{request.path}?{urlencode([*kept, ('_cursor', cursor)])}"


def check_format() -> None:
    """Let nobody ask for what is not JSON.

    Raises:
        NotAcceptable: only JSON is spoken here.
    """
    wanted = request.args.get("_format", "json")
    if wanted != "json" and not _spoken(wanted):
        raise NotAcceptable
    taken = [quality > 0 and _spoken(kind) for kind, quality in request.accept_mimetypes]
    if taken and not any(taken):
        raise NotAcceptable


def _spoken(kind: str) -> bool:
    """Whether a media type is one that is answered here, in the version that is spoken here."""
    name, options = parse_options_header(kind)
    return name.lower() in _ACCEPTED and options.get("fhirversion", _VERSION) == _VERSION


def answer(resource: Resource, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Answer with a resource; one that has a version says so in its headers."""
    response = Response(write_json(resource), status=status, content_type=CONTENT_TYPE)
    meta = resource.get("meta")
    if isinstance(meta, dict) and "versionId" in meta:
        response.set_etag(str(meta["versionId"]), weak=True)
        response.make_conditional(request)
    return response


def refused(document: Mapping[str, JsonValue]) -> Response:
    """Answer with a refusal of the house."""
    status = document.get("status")
    return Response(
        write_json(refusal(document)),
        status=int(status) if isinstance(status, int) else None,
        content_type=CONTENT_TYPE,
    )
