"""Where the parts meet: configuration, formularies, database, calendar and HTTP rooms."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask

from config import Config
from medplan.api.description import install_api
from medplan.building import build_parts, spans_of
from medplan.cds.routes import install_cds
from medplan.fhir.drafted import plan_orders
from medplan.fhir.routes.install import install_fhir
from medplan.fhir.values import write_json
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
from medplan.gate.openid import SigningInElsewhere, install_openid
from medplan.gate.plain_http import install_plain_http
from medplan.gate.problems import install_problems
from medplan.gate.retries import install_retries
from medplan.gate.sessions import install_sessions, session_caller
from medplan.oauth.routes import install_oauth
from medplan.web.install import install_web


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
    install_openid(app, _provider(app, config))
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


def _provider(app: Flask, config: Config) -> SigningInElsewhere | None:
    if config.oidc_issuer is None:
        return None
    from medplan.gate.openid_client import OpenIDClient, Provider

    provider = Provider(
        config.oidc_issuer,
        config.oidc_client_id,
        config.oidc_client_secret,
        classes=frozenset(config.oidc_required_acr),
        methods=frozenset(config.oidc_required_amr),
    )
    return OpenIDClient(app, provider)
