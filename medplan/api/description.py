"""The API's own description, OpenAPI 3.1, and where its routes are hung.

Small answers are described in `answers.json`; what is read, by the schemas that read it. The pages
for people, which another room serves, are no part of it.
"""

import json
from importlib.resources import files

from flask import Flask, Response, current_app
from flask_smorest import Api, Blueprint
from werkzeug.routing import BaseConverter

from medplan.api import (
    acts,
    changes,
    check_ins,
    counter_checks,
    dispenses,
    events,
    feeds,
    formulary,
    health,
    openings,
    paper,
    patient_links,
    plans,
    shapes,
    users,
)
from medplan.api.answer_headers import HEADERS
from medplan.api.examples import add_examples
from medplan.api.operation import Operation
from medplan.api.paths import CONVERTERS

TITLE = "medplan"
VERSION = "v1"
_PREFIX = "/api/v1"
_ROOMS = (
    plans,
    acts,
    shapes,
    paper,
    feeds,
    formulary,
    changes,
    patient_links,
    check_ins,
    users,
    openings,
    events,
    dispenses,
    counter_checks,
)
_ABOUT = "Dated, proved medication plans and tapers, with their calendar."

blueprint = Blueprint("description", __name__, description="What this description says.")


@Operation(blueprint, "GET", "/openapi.json", answer="Description", guarded=False)
def read_description() -> Response:
    """Read this description."""
    return Response(_description_of(), content_type="application/json")


def install_api(app: Flask) -> None:
    """Hang every route of this room on the application and describe it."""
    app.config.update(
        API_TITLE=TITLE,
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {"description": _ABOUT},
            "security": [{"bearer": []}],
        },
    )
    app.url_map.converters.update(CONVERTERS)
    api = Api(app)
    for converter in CONVERTERS.values():
        api.register_converter(converter, _path_schema)
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    for name, header in HEADERS.items():
        api.spec.components.header(name, dict(header))
    for name, schema in (
        _written("answers.json")
        | _written("pharmacy_answers.json")
        | _written("patient_answers.json")
        | _written("people_answers.json")
    ).items():
        api.spec.components.schema(name, schema)
    for room in _ROOMS:
        api.register_blueprint(room.blueprint, url_prefix=_PREFIX)
    for open_room in (feeds.holders, health.blueprint, blueprint):
        api.register_blueprint(open_room)
    description = api.spec.to_dict()
    add_examples(description)
    app.extensions["medplan.description"] = json.dumps(description)


def _description_of() -> str:
    return str(current_app.extensions["medplan.description"])


def _path_schema(converter: BaseConverter) -> dict[str, str]:
    return {"type": "string", "pattern": f"^{converter.regex}$"}


def _written(name: str) -> dict[str, dict[str, object]]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    read: dict[str, dict[str, object]] = json.loads(text)
    return read
