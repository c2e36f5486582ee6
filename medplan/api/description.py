"""The API's own description, OpenAPI 3.1, and where its routes are hung.

Small answers are described in `answers.json`; what is read, by the schemas that read it. The pages
for people, which another room serves, are no part of it.
"""

import json
from importlib.resources import files
from uuid import UUID

from flask import Flask, Response, current_app
from flask_smorest import Api, Blueprint
from typing_extensions import override
from werkzeug.routing import BaseConverter, ValidationError

from medplan.api import (
    acts,
    changes,
    check_ins,
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
from medplan.api.examples import add_examples
from medplan.api.machines import install_machines
from medplan.api.operation import Operation
from medplan.store import ids

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
)
_ABOUT = "Dated, proved medication plans and tapers, with their calendar."

blueprint = Blueprint("description", __name__, description="What this description says.")


class PlanId(BaseConverter):
    """A plan's id in a path; whatever can't be one is not found."""

    prefix = ids.PLAN
    regex = f"{prefix}_{ids.PATTERN}"

    @override
    def to_python(self, value: str) -> UUID:
        try:
            return ids.read_id(self.prefix, value)
        except ValueError as error:
            raise ValidationError from error

    @override
    def to_url(self, value: UUID) -> str:
        return ids.write_id(self.prefix, value)


class FeedId(PlanId):
    """A feed's id in a path."""

    prefix = ids.FEED
    regex = f"{prefix}_{ids.PATTERN}"


class LinkId(PlanId):
    """The id of a link to a patient's pages in a path."""

    prefix = ids.LINK
    regex = f"{prefix}_{ids.PATTERN}"


class CheckInId(PlanId):
    """A check-in's id in a path."""

    prefix = ids.CHECK_IN
    regex = f"{prefix}_{ids.PATTERN}"


class UserId(PlanId):
    """Somebody's id in a path."""

    prefix = ids.USER
    regex = f"{prefix}_{ids.PATTERN}"


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
    app.url_map.converters.update(
        plan=PlanId, feed=FeedId, link=LinkId, check_in=CheckInId, user=UserId
    )
    api = Api(app)
    for converter in (PlanId, FeedId, LinkId, CheckInId, UserId):
        api.register_converter(converter, _path_schema)
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    for name, schema in (
        _written("answers.json")
        | _written("pharmacy_answers.json")
        | _written("patient_answers.json")
        | _written("people_answers.json")
    ).items():
        api.spec.components.schema(name, schema)
    for room in _ROOMS:
        api.register_blueprint(room.blueprint, url_prefix=_PREFIX)
    install_machines(app, api, _PREFIX, _path_schema)
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
