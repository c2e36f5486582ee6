"""Runs the service in this process: gunicorn with threads, after migrating the database."""

import logging
from dataclasses import replace
from pathlib import Path

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from typing_extensions import override

from config import Config
from medplan.app import create_app
from medplan.building import build_parts, spans_of
from medplan.gate.context import parts, system_clock
from medplan.gate.fetch_writer import start_fetch_writer
from medplan.gate.logs import MaskTokens, configure_logs
from medplan.services.operation.demo import load_demo
from medplan.services.parts import Parts
from medplan.store.migrate import upgrade
from medplan.worker import Worker, handlers_within

_THREADS = 8
_EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "acute-back-pain.json"


class QuietLogger(Logger):  # type: ignore[misc] # gunicorn carries no types
    """gunicorn's own lines, without tokens and below warnings."""

    @override
    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        self.error_log.setLevel(logging.WARNING)
        for handler in self.error_log.handlers:
            handler.addFilter(MaskTokens())


class Server(BaseApplication):  # type: ignore[misc] # gunicorn carries no types
    """gunicorn, told what to do by this program instead of by its own command line."""

    def __init__(self, config: Config, port: int, welcome: str) -> None:
        self._config, self._port, self._welcome = config, port, welcome
        super().__init__()

    @override
    def load_config(self) -> None:
        settings = {
            "bind": f"127.0.0.1:{self._port}",
            "workers": self._config.workers,
            "worker_class": "gthread",
            "threads": _THREADS,
            "logger_class": QuietLogger,
            "when_ready": self._greet,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    @override
    def load(self) -> Flask:
        """Build the application within each worker: no connection is shared between processes."""
        configure_logs()
        app = create_app(self._config)
        start_fetch_writer(app)
        with app.app_context():
            Worker(parts(), handlers_within(spans_of(self._config))).run_beside()
        return app

    def _greet(self, _arbiter: object) -> None:
        click.echo(self._welcome)


def run(config: Config, port: int, *, demo: bool) -> None:
    """Migrate, load the demo if asked to, serve until told to stop, and say where to go.

    Raises:
        InvalidConfigError: production must not run like this.
    """
    address = f"http://127.0.0.1:{port}"
    if config.public_url == Config().public_url:
        config = replace(config, public_url=address)
    built = build_parts(config)
    upgrade(built.database)
    lines = [f"medplan serves on {address}", f"What it can do: {address}/openapi.json"]
    if demo:
        lines += _load_demo(config, built)
    built.database.close()
    Server(config, port, "\n".join(lines)).run()


def _load_demo(config: Config, parts: Parts) -> tuple[str, ...]:
    if config.production:
        return ("The demo is for development: nothing was loaded.",)
    access = load_demo(parts, _EXAMPLE.read_text(encoding="utf-8"), system_clock())
    if access is None:
        return (
            "The database is not empty: the demo is loaded into an empty one only.",
            "A new API token: python -m medplan token add demo@example.org --name NAME",
        )
    return (
        f"Login: {access.email} with the password {access.password}",
        f"API token: {access.token}",
        f"Calendar feed: {config.public_url}/f/{access.feed_token}.ics",
        f"How to add it to a calendar: {config.public_url}/f/{access.feed_token}",
        f"The patient's own pages: {config.public_url}/p/{access.patient_token}",
    )
