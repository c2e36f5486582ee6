"""The pages' own files: style, scripts and a picture, each under an address that holds its hash.

An address changes with its file, so browsers may keep what it gave for a year and never ask.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from flask import Blueprint, Response, url_for

from medplan.gate.bearer import open_to_all
from medplan.services.refusals import NotFoundError

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}
_DIGITS = 16
_FOR_A_YEAR = "public, max-age=31536000, immutable"

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the pages: its bytes, what they are, and the beginning of their SHA-256."""

    body: bytes
    content_type: str
    digest: str


def asset(name: str) -> str:
    """Give the address of one of the pages' files.

    Raises:
        NotFoundError: there is no such file.
    """
    return url_for("assets.read_asset", digest=_load(name).digest, name=name)


@blueprint.get("/assets/<digest>/<name>")
@open_to_all
def read_asset(digest: str, name: str) -> Response:
    """Give one of the pages' files, as long as it is the one that the address means."""
    found = _load(name)
    if digest != found.digest:
        raise NotFoundError
    response = Response(found.body, content_type=found.content_type)
    response.headers["Cache-Control"] = _FOR_A_YEAR
    response.set_etag(found.digest)
    return response


@cache
def _load(name: str) -> Asset:
    held = {entry.name: entry for entry in files(__package__).joinpath("static").iterdir()}
    _, dot, ending = name.rpartition(".")
    if name not in held or f"{dot}{ending}" not in _TYPES:
        raise NotFoundError
    body = held[name].read_bytes()
    return Asset(body, _TYPES[f"{dot}{ending}"], hashlib.sha256(body).hexdigest()[:_DIGITS])
