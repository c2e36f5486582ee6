"""Routes for those who run medplan: is it alive, and can it do its work?"""

from http import HTTPStatus

from flask import Response
from flask_smorest import Blueprint

from medplan.api.answers import json_answer
from medplan.api.operation import TEXT, Operation
from medplan.gate import metrics
from medplan.gate.context import parts
from medplan.services.operation.readiness import check_ready, takes_changes

blueprint = Blueprint("health", __name__, description="How the service is.")


@Operation(blueprint, "GET", "/healthz", answer="Health", guarded=False)
def read_health() -> Response:
    """Say that the process answers."""
    return json_answer({"status": "ok"})


@Operation(blueprint, "GET", "/readyz", answer="Health", guarded=False)
def read_readiness() -> Response:
    """Say whether database, migrations and formularies are in order. `degraded`: plans and
    calendars are shown, but nothing can be changed."""
    check_ready(parts())
    whole = takes_changes(parts().database)
    return json_answer({"status": "ready" if whole else "degraded"})


@Operation(
    blueprint,
    "GET",
    "/metrics",
    answer=None,
    content_type=TEXT,
    refusals=(HTTPStatus.UNAUTHORIZED,),
    guarded=False,
)
def read_metrics() -> Response:
    """Read counts for Prometheus: from this machine, or with the metrics token."""
    return Response(metrics.expose(), content_type=metrics.CONTENT_TYPE)
