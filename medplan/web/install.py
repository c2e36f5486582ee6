"""Hangs every page on the application."""

from pathlib import Path

from flask import Flask

from medplan.web import (
    account,
    asked_factor,
    assets,
    docs,
    feeds,
    outside,
    passwords,
    patient,
    patient_acts,
    patient_calendars,
    problem_pages,
    sign_in,
)
from medplan.web.languages import install_languages
from medplan.web.practice import (
    acting,
    amending,
    comparing,
    dispensing,
    in_force,
    sharing,
    worklist,
    writing,
)


def install_web(app: Flask, translations: Path | None = None) -> None:
    """Serve the pages, in the languages of a folder of catalogues (None: those that we ship)."""
    install_languages(app, translations)
    app.jinja_env.globals["asset"] = assets.asset
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for module in (
        assets,
        feeds,
        patient,
        patient_acts,
        patient_calendars,
        sign_in,
        passwords,
        outside,
        asked_factor,
        account,
        docs,
        problem_pages,
        worklist,
        writing,
        amending,
        in_force,
        acting,
        sharing,
        comparing,
        dispensing,
    ):
        app.register_blueprint(module.blueprint)
