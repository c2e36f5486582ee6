"""What a deployment chooses, read once from `MEDPLAN_…` environment variables.

Development needs no variable at all; production (`MEDPLAN_ENV=production`) refuses whatever would
be unsafe to forget. Whether the formulary is signed is checked where it is loaded, by the app.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

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
    webhooks and key sets lead to this very machine, in development.
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
    mail_sender: str = "medplan@localhost"
    audit_key: str | None = None
    prepared_statements: bool = True
    allow_loopback: bool = False


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
        mail_sender=environment.get("MEDPLAN_MAIL_SENDER", usual.mail_sender),
        shard=int(environment.get("MEDPLAN_SHARD", "0")),
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _unreadable(environment: Mapping[str, str]) -> Iterator[str]:
    if environment.get("MEDPLAN_ENV", "development") not in {"development", "production"}:
        yield "MEDPLAN_ENV must be development or production"
    mail = environment.get("MEDPLAN_MAIL_SERVER") or "smtp://"
    if not mail.startswith(("smtp://", "smtps://", "smtp+plain://127.0.0.1")):
        yield "MEDPLAN_MAIL_SERVER must begin with smtp:// or smtps://"
    workers = environment.get("MEDPLAN_WORKERS", "1")
    if not (workers.isascii() and workers.isdigit() and int(workers) > 0):
        yield "MEDPLAN_WORKERS must be a whole number above 0"
    shard = environment.get("MEDPLAN_SHARD", "0")
    if not (shard.isascii() and shard.isdigit() and int(shard) < _SHARDS):
        yield f"MEDPLAN_SHARD must be a whole number below {_SHARDS}"
    for name in _SWITCHES:
        if environment.get(f"MEDPLAN_{name}", "0") not in _YES_NO:
            yield f"MEDPLAN_{name} must be one of {', '.join(_YES_NO)}"


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
