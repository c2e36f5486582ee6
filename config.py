"""What a deployment chooses, read once from `MEDPLAN_…` environment variables.

Development needs no variable at all; production (`MEDPLAN_ENV=production`) refuses whatever would
be unsafe to forget. Whether the formulary is signed is checked where it is loaded, by the app.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

_DEVELOPMENT_SECRET = "known-to-everybody-so-for-development-only"  # noqa: S105 - refused in production
_SHORTEST_SECRET = 32
_SHARDS = 256  # a feed's token says its shard in one byte
_SWITCHES = (
    "RATE_LIMITS",
    "ALLOW_DRAFT_FORMULARY",
    "ALLOW_SQLITE",
    "PREPARED_STATEMENTS",
    "ALLOW_LOOPBACK",
)
_PRIVATE = ("https://", "http://127.0.0.1:", "http://127.0.0.1/")
_YES_NO = {"1": True, "on": True, "0": False, "off": False}


class InvalidConfigError(ValueError):
    """The environment asks for something that can't be or mustn't be; every reason at once."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))


@dataclass(frozen=True, slots=True)
class Config:
    """A deployment's choices. `formulary_path` None means the formulary that medplan ships,
    `fhir_path` None its country packs for FHIR.

    `data_keys` seal what is kept about patients: the first seals, all open; none means the secret
    key. `metrics_token` None lets only this machine read the metrics. `audit_key` signs the audit
    chains' heads. `prepared_statements` False suits PgBouncer before 1.22. `allow_loopback` lets
    webhooks and key sets lead to this very machine, in development. `traces_to` is where an
    OpenTelemetry collector takes traces.
    """

    production: bool = False
    database_url: str = "sqlite:///var/medplan.db"
    public_url: str = "http://127.0.0.1:8000"
    secret_key: str = _DEVELOPMENT_SECRET
    workers: int = 1
    rate_limits: bool = True
    allow_draft_formulary: bool = False
    allow_sqlite: bool = False
    formulary_path: Path | None = None
    fhir_path: Path | None = None
    shard: int = 0
    data_keys: tuple[str, ...] = ()
    metrics_token: str | None = None
    mail_server: str | None = None
    oidc_issuer: str | None = None
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_required_acr: tuple[str, ...] = ()
    oidc_required_amr: tuple[str, ...] = ()
    mail_sender: str = "medplan@localhost"
    audit_key: str | None = None
    prepared_statements: bool = True
    allow_loopback: bool = False
    replica_url: str | None = None
    traces_to: str | None = None


def read_config(environment: Mapping[str, str]) -> Config:
    """The choices that an environment makes.

    Raises:
        InvalidConfigError: a value that can't be read, or that production must not run with. The
            operator is at fault.
    """
    unread = tuple(_unreadable(environment))
    if unread:
        raise InvalidConfigError(unread)
    config = _read(environment)
    unsafe = tuple(_unsafe(config)) if config.production else ()
    if unsafe:
        raise InvalidConfigError(unsafe)
    return config


def _read(environment: Mapping[str, str]) -> Config:
    usual = Config()
    path = environment.get("MEDPLAN_FORMULARY_PATH")
    packs = environment.get("MEDPLAN_FHIR_PATH")
    return Config(
        production=environment.get("MEDPLAN_ENV") == "production",
        database_url=environment.get("MEDPLAN_DATABASE_URL", usual.database_url),
        public_url=environment.get("MEDPLAN_PUBLIC_URL", usual.public_url).rstrip("/"),
        secret_key=environment.get("MEDPLAN_SECRET_KEY", usual.secret_key),
        workers=int(environment.get("MEDPLAN_WORKERS", "1")),
        rate_limits=_YES_NO[environment.get("MEDPLAN_RATE_LIMITS", "on")],
        allow_draft_formulary=_YES_NO[environment.get("MEDPLAN_ALLOW_DRAFT_FORMULARY", "0")],
        allow_sqlite=_YES_NO[environment.get("MEDPLAN_ALLOW_SQLITE", "0")],
        allow_loopback=_YES_NO[environment.get("MEDPLAN_ALLOW_LOOPBACK", "0")],
        formulary_path=Path(path) if path else None,
        fhir_path=Path(packs) if packs else None,
        data_keys=_listed(environment.get("MEDPLAN_DATA_KEYS", "")),
        metrics_token=environment.get("MEDPLAN_METRICS_TOKEN") or None,
        audit_key=environment.get("MEDPLAN_AUDIT_KEY") or None,
        prepared_statements=_YES_NO[environment.get("MEDPLAN_PREPARED_STATEMENTS", "on")],
        mail_server=environment.get("MEDPLAN_MAIL_SERVER") or None,
        oidc_issuer=environment.get("MEDPLAN_OIDC_ISSUER") or None,
        oidc_client_id=environment.get("MEDPLAN_OIDC_CLIENT_ID", ""),
        oidc_client_secret=environment.get("MEDPLAN_OIDC_CLIENT_SECRET", ""),
        oidc_required_acr=_listed(environment.get("MEDPLAN_OIDC_REQUIRED_ACR", "")),
        oidc_required_amr=_listed(environment.get("MEDPLAN_OIDC_REQUIRED_AMR", "")),
        mail_sender=environment.get("MEDPLAN_MAIL_SENDER", usual.mail_sender),
        shard=int(environment.get("MEDPLAN_SHARD", "0")),
        replica_url=environment.get("MEDPLAN_REPLICA_URL") or None,
        traces_to=environment.get("MEDPLAN_TRACES_TO") or None,
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _unreadable(environment: Mapping[str, str]) -> Iterator[str]:
    if environment.get("MEDPLAN_ENV", "development") not in {"development", "production"}:
        yield "MEDPLAN_ENV must be development or production"
    mail = environment.get("MEDPLAN_MAIL_SERVER") or "smtp://"
    if not mail.startswith(("smtp://", "smtps://", "smtp+plain://127.0.0.1")):
        yield "MEDPLAN_MAIL_SERVER must begin with smtp:// or smtps://"
    if not (environment.get("MEDPLAN_TRACES_TO") or "http://").startswith(("http://", "https://")):
        yield "MEDPLAN_TRACES_TO must begin with http:// or https://"
    yield from _unreadable_replica(environment)
    workers = environment.get("MEDPLAN_WORKERS", "1")
    if not (workers.isascii() and workers.isdigit() and int(workers) > 0):
        yield "MEDPLAN_WORKERS must be a whole number above 0"
    shard = environment.get("MEDPLAN_SHARD", "0")
    if not (shard.isascii() and shard.isdigit() and int(shard) < _SHARDS):
        yield f"MEDPLAN_SHARD must be a whole number below {_SHARDS}"
    for name in _SWITCHES:
        if environment.get(f"MEDPLAN_{name}", "0") not in _YES_NO:
            yield f"MEDPLAN_{name} must be one of {', '.join(_YES_NO)}"


def _unreadable_replica(environment: Mapping[str, str]) -> Iterator[str]:
    replica = environment.get("MEDPLAN_REPLICA_URL")
    both = (replica, environment.get("MEDPLAN_DATABASE_URL", ""))
    if replica and not all(url and url.startswith("postgres") for url in both):
        yield "MEDPLAN_REPLICA_URL is for PostgreSQL: it and MEDPLAN_DATABASE_URL must be such"


def _unsafe(config: Config) -> Iterator[str]:
    if config.secret_key == _DEVELOPMENT_SECRET:
        yield "MEDPLAN_SECRET_KEY must be set in production"
    elif len(config.secret_key) < _SHORTEST_SECRET:
        yield f"MEDPLAN_SECRET_KEY must have at least {_SHORTEST_SECRET} characters"
    if any(len(key) < _SHORTEST_SECRET for key in config.data_keys):
        yield f"each of MEDPLAN_DATA_KEYS must have at least {_SHORTEST_SECRET} characters"
    if config.database_url.startswith("sqlite") and not config.allow_sqlite:
        yield "SQLite in production needs MEDPLAN_ALLOW_SQLITE=1"
    yield from _plain(config)
    if not config.rate_limits:
        yield "MEDPLAN_RATE_LIMITS=off is for development"
    if config.allow_loopback:
        yield "MEDPLAN_ALLOW_LOOPBACK=1 is for development"


def _plain(config: Config) -> Iterator[str]:
    """What would be said without encryption."""
    if not config.public_url.startswith("https://"):
        yield "MEDPLAN_PUBLIC_URL must begin with https:// in production"
    if config.oidc_issuer is not None and not config.oidc_issuer.startswith("https://"):
        yield "MEDPLAN_OIDC_ISSUER must begin with https:// in production"
    if config.traces_to is not None and not config.traces_to.startswith(_PRIVATE):
        yield "MEDPLAN_TRACES_TO must begin with https:// in production, or lead to 127.0.0.1"


class Variable(NamedTuple):
    """A variable of the environment, as the reference tells of it (`make docs`)."""

    name: str
    default: str
    meaning: str


VARIABLES = (
    Variable("MEDPLAN_ENV", "`development`", "`production` refuses what would be unsafe to forget"),
    Variable("MEDPLAN_DATABASE_URL", "`sqlite:///var/medplan.db`", "SQLite or PostgreSQL"),
    Variable(
        "MEDPLAN_REPLICA_URL",
        "none",
        "replicas of the PostgreSQL database: calendars and lists are read there while they show "
        "what the reader wrote last and are less than 45 seconds old",
    ),
    Variable(
        "MEDPLAN_PUBLIC_URL",
        "`http://127.0.0.1:8000`",
        "what feed addresses begin with; https in production",
    ),
    Variable("MEDPLAN_SECRET_KEY", "a known one", "at least 32 characters in production"),
    Variable(
        "MEDPLAN_DATA_KEYS",
        "the secret key",
        "what seals patients' data, newest first, with commas between; keep copies apart "
        "from the database's",
    ),
    Variable(
        "MEDPLAN_METRICS_TOKEN",
        "none",
        "bearer token for `/metrics`; without one only this machine may read them",
    ),
    Variable(
        "MEDPLAN_TRACES_TO",
        "none",
        "an OpenTelemetry collector's address for traces (OTLP over HTTP), such as "
        "`http://127.0.0.1:4318/v1/traces`; needs `requirements-traces.txt`",
    ),
    Variable("MEDPLAN_AUDIT_KEY", "none", "signs exported audit heads; 32 bytes in base64"),
    Variable(
        "MEDPLAN_PREPARED_STATEMENTS",
        "`on`",
        "`off` behind a PgBouncer older than 1.22 that pools by transaction",
    ),
    Variable("MEDPLAN_WORKERS", "`1`", "server processes"),
    Variable("MEDPLAN_SHARD", "`0`", "the shard this is, 0 to 255; new feeds' tokens carry it"),
    Variable(
        "MEDPLAN_RATE_LIMITS",
        "`on`",
        "`off` for load tests in development; counted per process",
    ),
    Variable(
        "MEDPLAN_MAIL_SERVER",
        "none",
        "`smtp://` (with STARTTLS) or `smtps://`, with user and password in it; none "
        "prints reset links to the terminal in development",
    ),
    Variable("MEDPLAN_MAIL_SENDER", "`medplan@localhost`", "who messages come from"),
    Variable(
        "MEDPLAN_OIDC_ISSUER",
        "none",
        "an OpenID Connect provider that people sign in with; https in production",
    ),
    Variable(
        "MEDPLAN_OIDC_CLIENT_ID",
        "none",
        "who medplan is to the provider; its return address is `/login/outside/return`",
    ),
    Variable("MEDPLAN_OIDC_CLIENT_SECRET", "none", "the secret that it was given"),
    Variable(
        "MEDPLAN_OIDC_REQUIRED_ACR",
        "none",
        "classes of sign-in (`acr`), with commas between, one of which the provider has to name; "
        "others are refused",
    ),
    Variable(
        "MEDPLAN_OIDC_REQUIRED_AMR",
        "none",
        "methods (`amr`, such as `mfa`), with commas between, all of which have to have been used",
    ),
    Variable(
        "MEDPLAN_ALLOW_DRAFT_FORMULARY",
        "`0`",
        "`1` lets production run on an unsigned formulary; every plan then says draft",
    ),
    Variable(
        "MEDPLAN_ALLOW_LOOPBACK",
        "`0`",
        "`1` lets webhooks and key sets lead to this machine, for development only",
    ),
    Variable("MEDPLAN_ALLOW_SQLITE", "`0`", "`1` lets production run on SQLite"),
    Variable("MEDPLAN_FORMULARY_PATH", "what medplan ships", "another folder of the same shape"),
    Variable(
        "MEDPLAN_FHIR_PATH",
        "what medplan ships",
        "a folder with `nz.toml` or `gb.toml`: a country's codes and systems for [FHIR](fhir.md)",
    ),
)
