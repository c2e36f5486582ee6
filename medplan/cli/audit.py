"""`audit`: whether the audit lines are those that were written, and proof of it for elsewhere."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from config import InvalidConfigError, read_config
from medplan.cli.output import Exit, read_input, told_as_problems, write_json

if TYPE_CHECKING:
    from medplan.services.audit.heads import SigningKey
    from medplan.store.audit_chain import Head
    from medplan.store.database import Database

_MOST_BYTES = 64 * 1024 * 1024


@click.group()
def audit() -> None:
    """The audit lines: who did and saw what."""


@audit.command()
@click.option("--head", metavar="FILE", help="Heads exported before, that the chains must hold.")
@click.option("--public-key", help="Whose signature they carry; usually that of our own key.")
@told_as_problems
def verify(head: str | None, public_key: str | None) -> None:
    """Go through every line; exit 3 when one was altered, removed, swapped, inserted or cut off."""
    from medplan.services.audit.checking import check_audit
    from medplan.store.ids import ORGANISATION, write_id

    exported = () if head is None else _exported(head, public_key)
    with _database() as database:
        checked = check_audit(database, exported)
    for fault in checked.faults:
        name = write_id(ORGANISATION, fault.organisation_id)
        click.echo(f"{name}: line {fault.number} is {fault.trouble}")
    click.echo(f"{checked.lines} lines of {checked.organisations} organisations were checked.")
    if checked.faults:
        raise SystemExit(Exit.NOT_ISSUABLE)
    click.echo("Every one is as it was written.")


@audit.command("head")
@told_as_problems
def export_head() -> None:
    """Print how far every chain has come, signed by MEDPLAN_AUDIT_KEY, to be kept elsewhere."""
    from medplan.gate.context import system_clock
    from medplan.services.audit.heads import export_heads

    with _database() as database:
        write_json(export_heads(database, _signing_key(), system_clock()))


@audit.command("key")
def make_key() -> None:
    """Print a new signing key for MEDPLAN_AUDIT_KEY."""
    from medplan.services.audit.heads import SigningKey

    click.echo(SigningKey.make())


def _exported(file: str, public_key: str | None) -> "tuple[Head, ...]":
    from medplan.documents.json_text import read_json
    from medplan.services.audit.heads import read_heads

    return tuple(
        read_heads(read_json(read_input(file), _MOST_BYTES), public_key or _signing_key().public)
    )


def _signing_key() -> "SigningKey":
    from medplan.services.audit.heads import SigningKey

    key = read_config(os.environ).audit_key
    if key is None:
        raise InvalidConfigError(("MEDPLAN_AUDIT_KEY must be set (medplan audit key makes one)",))
    return SigningKey(key)


@contextmanager
def _database() -> Iterator["Database"]:
    from medplan.services.operation.readiness import check_tables
    from medplan.store.database import Database

    config = read_config(os.environ)
    database = Database(config.database_url, prepares=config.prepared_statements)
    try:
        check_tables(database)
        yield database
    finally:
        database.close()
