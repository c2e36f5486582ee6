"""Where the FHIR server's routes are hung on the application."""

from pathlib import Path

from flask import Flask

from medplan.fhir.packs import load_packs
from medplan.fhir.routes import audit, dispenses, metadata, planning, plans
from medplan.fhir.routes.answers import PREFIX, install_server, refused
from medplan.gate.problems import tell_otherwise


def install_fhir(app: Flask, packs: Path | None = None) -> None:
    """Hang every route of this room; refusals under them are told as OperationOutcomes.

    `packs` is a folder with a deployment's own country packs.

    Raises:
        InvalidFormularyError: a pack can't be read.
    """
    install_server(app, load_packs(packs))
    tell_otherwise(app, PREFIX, refused)
    for room in (metadata, plans, dispenses, audit, planning):
        app.register_blueprint(room.blueprint, url_prefix=PREFIX)
