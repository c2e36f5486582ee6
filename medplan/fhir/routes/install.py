"""Where the FHIR server's routes are hung on the application."""

from flask import Flask

from medplan.fhir.packs import load_packs
from medplan.fhir.routes import audit, metadata, planning, plans
from medplan.fhir.routes.answers import PREFIX, install_server, refused
from medplan.gate.problems import tell_otherwise


def install_fhir(app: Flask) -> None:
    """Hang every route of this room; refusals under them are told as OperationOutcomes."""
    install_server(app, load_packs())
    tell_otherwise(app, f"{PREFIX}/", refused)
    for blueprint in (metadata.blueprint, plans.blueprint, audit.blueprint, planning.blueprint):
        app.register_blueprint(blueprint, url_prefix=PREFIX)
