"""The API's description as pages to browse: Swagger UI, with every file of it served from here.

Its only settings are an address and a place on the page, so no inline script is needed.
"""

from importlib.resources import files

from flask import Blueprint, Response, render_template

from medplan.gate.doors import open_to_all
from medplan.services.refusals import NotFoundError
from medplan.web.pages import POLICY, dress

_FILES = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
}
_FOR_A_DAY = "public, max-age=86400"
_PICTURES = POLICY.replace("img-src 'self'", "img-src 'self' data:")

blueprint = Blueprint("docs", __name__, template_folder="templates")


@blueprint.after_request
def _allow_pictures(response: Response) -> Response:
    """Swagger UI's style sheet holds small pictures as data."""
    response.headers["Content-Security-Policy"] = _PICTURES
    return response


dress(blueprint)


@blueprint.get("/docs")
@open_to_all
def browse() -> Response:
    """Show the API's description."""
    return Response(render_template("docs.html"), content_type="text/html; charset=utf-8")


@blueprint.get("/docs/<name>")
@open_to_all
def read_file(name: str) -> Response:
    """Give one of Swagger UI's files."""
    if name not in _FILES:
        raise NotFoundError
    body = files("flask_swagger_ui").joinpath("dist", name).read_bytes()
    response = Response(body, content_type=_FILES[name])
    response.headers["Cache-Control"] = _FOR_A_DAY
    return response
