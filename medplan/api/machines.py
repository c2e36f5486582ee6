"""The routes that machines call most, hung on the application together."""

from collections.abc import Callable

from flask import Flask
from flask_smorest import Api

from medplan.api import counter_checks, dispenses, events
from medplan.api.paths import CONVERTERS, PathId

_ROOMS = (events, dispenses, counter_checks)


def install_machines(
    app: Flask, api: Api, prefix: str, schema: Callable[[PathId], dict[str, str]]
) -> None:
    """Hang the routes under a prefix; `schema` describes an id in a path."""
    app.url_map.converters.update(CONVERTERS)
    for converter in CONVERTERS.values():
        api.register_converter(converter, schema)
    for room in _ROOMS:
        api.register_blueprint(room.blueprint, url_prefix=prefix)
