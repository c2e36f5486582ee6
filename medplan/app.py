"""Where the parts meet: configuration, formularies, database, calendar and HTTP rooms."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from importlib.metadata import version

from flask import Flask

from config import Config, InvalidConfigError
from medplan.api.description import install_api
from medplan.formulary.loader import load_formulary
from medplan.formulary.model import Formulary
from medplan.formulary.schema_rules import JurisdictionName
from medplan.gate.bearer import bearer_caller
from medplan.gate.bodies import MOST_BYTES
from medplan.gate.context import Context, install_context, system_clock
from medplan.gate.csrf import install_csrf
from medplan.gate.doors import install_doors
from medplan.gate.feed_door import FeedDoor
from medplan.gate.headers import install_headers
from medplan.gate.logs import install_logs
from medplan.gate.plain_http import install_plain_http
from medplan.gate.problems import install_problems
from medplan.gate.sessions import install_sessions, session_caller
from medplan.ical.calendar import CalendarOptions, Detail, Group, Method, render_calendar
from medplan.model.plan import Plan
from medplan.services.parts import CalendarFacts, CalendarRenderer, Medium, Parts
from medplan.store.database import Database
from medplan.store.feed_lookup import FeedLookup
from medplan.store.keys import MasterKeys
from medplan.units import Days
from medplan.web.install import install_web

_SIGNED = "signed"


def create_app(config: Config, clock: Callable[[], datetime] = system_clock) -> Flask:
    """Build the application; the database's tables are there already (`medplan db upgrade`).

    Raises:
        InvalidConfigError: production must not run like this.
        InvalidFormularyError: the formulary's files are at fault.
    """
    context = Context(build_parts(config), config.public_url, config.secret_key, clock)
    app = Flask("medplan", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES, PROPAGATE_EXCEPTIONS=False)
    install_context(app, context)
    install_headers(app)
    install_logs(app)
    install_plain_http(app)
    install_csrf(app)
    install_sessions(app, config.public_url, config.secret_key)
    install_doors(app, by_token=bearer_caller, by_session=session_caller)
    install_api(app)
    install_web(app)
    install_problems(app)
    app.wsgi_app = FeedDoor(app.wsgi_app, context.parts, clock, config.public_url)  # type: ignore[method-assign] # Flask's own way to wrap
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
    database = Database(config.database_url, MasterKeys(config.data_keys or (config.secret_key,)))
    return Parts(
        database=database,
        feeds=FeedLookup(database.engine),
        formularies=formularies,
        render_calendar=calendar_renderer(f"{config.public_url}/f"),
        tzdata_version=version("tzdata"),
        shard=config.shard,
    )


def calendar_renderer(page_url: str) -> CalendarRenderer:
    """Make what renders calendars; `page_url` is where their readers check today's plan.

    A file holds every planned step, each saying when it depends on an agreement; a feed holds the
    decided dose and the day of decision, unless the prescriber chose to plan ahead.
    """

    def render(plan: Plan, formulary: Formulary, facts: CalendarFacts) -> bytes:
        cancels = facts.medium is Medium.CANCELLATION
        look = facts.look
        options = CalendarOptions(
            plan_key=facts.plan_id,
            revision=facts.revision,
            sequence=facts.sequence,
            created_at=facts.created_at.replace(microsecond=0),
            stamped_at=facts.changed_at.replace(microsecond=0),
            detail=Detail(look.detail.value),
            alarms=look.alarms,
            group=Group(look.group.value),
            labels=look.labels,
            medicines=look.medicines,
            page_url=page_url,
            advance=facts.medium is not Medium.FEED,
            advance_for=facts.planned_ahead,
            method=Method.CANCEL if cancels else Method.PUBLISH,
            window=None if facts.since is None else Days(facts.since, date.max),
        )
        return render_calendar(plan, formulary, options)

    return render


def _refuse_drafts(config: Config, formularies: Mapping[str, Formulary]) -> None:
    """Let no patient depend on numbers that no pharmacist has signed, unless told to."""
    drafts = [name for name, formulary in formularies.items() if formulary.status != _SIGNED]
    if config.production and drafts and not config.allow_draft_formulary:
        reason = f"the formulary of {', '.join(drafts)} is a draft"
        raise InvalidConfigError((f"{reason}; MEDPLAN_ALLOW_DRAFT_FORMULARY=1 allows it",))
