"""What every process of medplan is built from, be it a web process, a worker or a command.

A worker speaks no HTTP to us: what only a web process needs is put together in `app`.
"""

from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING

from config import Config, InvalidConfigError
from medplan.formulary.loader import load_formulary
from medplan.formulary.model import Formulary
from medplan.formulary.schema_rules import JurisdictionName
from medplan.ical.rendering import Calendars
from medplan.outside.calls import Outside
from medplan.printing.paper import render_paper
from medplan.services.parts import Parts
from medplan.store.database import Database
from medplan.store.feed_lookup import FeedLookup
from medplan.store.keys import MasterKeys

if TYPE_CHECKING:
    from medplan.gate.spans import Spans

_SIGNED = "signed"


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


def _refuse_drafts(config: Config, formularies: Mapping[str, Formulary]) -> None:
    """Let no patient depend on numbers that no pharmacist has signed, unless told to."""
    drafts = [name for name, formulary in formularies.items() if formulary.status != _SIGNED]
    if config.production and drafts and not config.allow_draft_formulary:
        reason = f"the formulary of {', '.join(drafts)} is a draft"
        raise InvalidConfigError((f"{reason}; MEDPLAN_ALLOW_DRAFT_FORMULARY=1 allows it",))
