"""Where the parts meet: configuration, formularies, database, calendar and HTTP rooms."""

from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from flask import Flask

from config import Config, InvalidConfigError
from medplan.api.description import install_api
from medplan.cds.routes import install_cds
from medplan.fhir.drafted import plan_orders
from medplan.fhir.routes.install import install_fhir
from medplan.fhir.values import write_json
from medplan.formulary.loader import load_formulary
from medplan.formulary.model import Formulary
from medplan.formulary.schema_rules import JurisdictionName
from medplan.gate.bearer import bearer_caller
from medplan.gate.bodies import MOST_BYTES
from medplan.gate.consistency import install_consistency
from medplan.gate.context import Context, install_context, system_clock
from medplan.gate.csrf import install_csrf
from medplan.gate.doors import install_doors
from medplan.gate.feed_door import FeedDoor
from medplan.gate.headers import install_headers
from medplan.gate.limits import Limits, install_limits
from medplan.gate.logs import install_logs
from medplan.gate.mail import ResetMailer
from medplan.gate.metrics import install_metrics
from medplan.gate.openid import Provider, install_openid
from medplan.gate.plain_http import install_plain_http
from medplan.gate.problems import install_problems
from medplan.gate.retries import install_retries
from medplan.gate.sessions import install_sessions, session_caller
from medplan.ical.rendering import Calendars
from medplan.oauth.routes import install_oauth
from medplan.outside.calls import Outside
from medplan.printing.paper import render_paper
from medplan.services.parts import Parts
from medplan.store.database import Database
from medplan.store.feed_lookup import FeedLookup
from medplan.store.keys import MasterKeys
from medplan.web.install import install_web

if TYPE_CHECKING:
    from medplan.gate.spans import Spans

_SIGNED = "signed"


def create_app(config: Config, clock: Callable[[], datetime] = system_clock) -> Flask:
    """Build the application; the database's tables are there already (`medplan db upgrade`).

    Raises:
        InvalidConfigError: production must not run like this.
        InvalidFormularyError: the formulary's files are at fault.
    """
    mailer = ResetMailer(
        config.public_url, config.mail_server, config.mail_sender, production=config.production
    )
    context = Context(build_parts(config), config.public_url, config.secret_key, mailer, clock)
    limits = Limits(on=config.rate_limits)
    app = Flask("medplan", static_folder=None)
    app.url_map.merge_slashes = False  # or an address with two would be led on by its Host header
    app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES, PROPAGATE_EXCEPTIONS=False)
    install_context(app, context)
    spans = spans_of(config)
    if spans is not None:
        spans.watch_requests(app)
    install_headers(app, config.public_url)
    install_logs(app)
    install_metrics(app, context, config.metrics_token)
    install_plain_http(app)
    install_limits(app, limits)
    install_csrf(app)
    install_sessions(app, config.public_url, config.secret_key)
    install_openid(app, _provider(config))
    install_consistency(app)
    install_doors(app, by_token=bearer_caller, by_session=session_caller)
    install_api(app)
    install_oauth(app)
    install_cds(app, plan_orders, write_json)
    install_web(app)
    install_fhir(app, config.fhir_path)
    install_retries(app)
    install_problems(app)
    app.wsgi_app = FeedDoor(app.wsgi_app, context.parts, clock, config.public_url, limits)  # type: ignore[method-assign] # Flask's own way to wrap
    return app


def build_parts(config: Config) -> Parts:
    """Build what services need, with every formulary loaded.

    Raises:
        InvalidConfigError: production must not run on a draft formulary unless told to.
        InvalidFormularyError: the formulary's files are at fault.
    """
    formularies: dict[str, Formulary] = {
        name.value: load_formulary(name, config.formulary_path) for name in JurisdictionName
    }
    _refuse_drafts(config, formularies)
    database = Database(
        config.database_url,
        MasterKeys(config.data_keys or (config.secret_key,)),
        prepares=config.prepared_statements,
        replica_url=config.replica_url,
    )
    spans = spans_of(config)
    if spans is not None:
        spans.watch_statements(database.engine)
    calendars = Calendars(f"{config.public_url}/f")
    return Parts(
        database=database,
        feeds=FeedLookup(database.engine, database.replica),
        formularies=formularies,
        render_calendar=calendars.render,
        render_cancellation=calendars.cancel,
        render_paper=render_paper,
        tzdata_version=version("tzdata"),
        shard=config.shard,
        outside=Outside(allow_loopback=config.allow_loopback),
    )


def spans_of(config: Config) -> "Spans | None":
    """Give what makes spans, where a deployment asks for them.

    Raises:
        InvalidConfigError: what sends them is not installed.
    """
    if config.traces_to is None:
        return None
    try:
        from medplan.gate.spans import spans_to
    except ModuleNotFoundError as error:
        reason = "MEDPLAN_TRACES_TO needs what requirements-traces.txt installs"
        raise InvalidConfigError((reason,)) from error
    return spans_to(config.traces_to)


def _provider(config: Config) -> Provider | None:
    if config.oidc_issuer is None:
        return None
    return Provider(
        config.oidc_issuer,
        config.oidc_client_id,
        config.oidc_client_secret,
        classes=frozenset(config.oidc_required_acr),
        methods=frozenset(config.oidc_required_amr),
    )


def _refuse_drafts(config: Config, formularies: Mapping[str, Formulary]) -> None:
    """Let no patient depend on numbers that no pharmacist has signed, unless told to."""
    drafts = [name for name, formulary in formularies.items() if formulary.status != _SIGNED]
    if config.production and drafts and not config.allow_draft_formulary:
        reason = f"the formulary of {', '.join(drafts)} is a draft"
        raise InvalidConfigError((f"{reason}; MEDPLAN_ALLOW_DRAFT_FORMULARY=1 allows it",))
