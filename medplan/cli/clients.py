"""`client`: other systems that may call the API."""

import os
from pathlib import Path

import click

from config import read_config
from medplan.cli.databases import migrated_database
from medplan.cli.output import told_as_problems


@click.group()
def client() -> None:
    """Other systems that may call the API."""


@client.command("add")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, help="Several may be given.")
@click.option("--jwks", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--jwks-url", metavar="URL", help="Where its public keys are served.")
@click.option("--issuer", metavar="URL", help="How an EHR names itself when it calls CDS Hooks.")
@click.option("--organisation", metavar="NAME", help="Not needed while there is only one.")
@told_as_problems
def add_client(
    name: str,
    *,
    scopes: tuple[str, ...],
    jwks: Path | None,
    jwks_url: str | None,
    issuer: str | None,
    organisation: str | None,
) -> None:
    """Add a client. Its id is printed; without keys of its own, its secret on the last line."""
    from medplan.gate.context import system_clock
    from medplan.outside.calls import Outside
    from medplan.services.clients.registered import NewClient
    from medplan.services.clients.registered import add_client as add

    words = tuple(word for given in scopes for word in given.split())
    keys = None if jwks is None else jwks.read_text(encoding="utf-8")
    wanted = NewClient(name, words, keys, jwks_url, issuer)
    outside = Outside(allow_loopback=read_config(os.environ).allow_loopback)
    with migrated_database() as database:
        added = add(database, outside, wanted, organisation, system_clock())
    click.echo(added.client_id)
    if added.secret is not None:
        click.echo(added.secret)


@client.command("list")
@click.option("--organisation", metavar="NAME", help="Not needed while there is only one.")
@told_as_problems
def list_clients(organisation: str | None) -> None:
    """List clients: id, name, scopes, and whether they were revoked."""
    from medplan.services.clients.registered import list_clients as found
    from medplan.store.ids import CLIENT, write_id

    with migrated_database() as database:
        for row in found(database, organisation):
            ended = "" if row.revoked_at is None else "  revoked"
            click.echo(f"{write_id(CLIENT, row.id)}  {row.name}  [{row.scopes}]{ended}")


@client.command("revoke")
@click.argument("client_id")
@told_as_problems
def revoke_client(client_id: str) -> None:
    """End a client and every token that it holds."""
    from medplan.gate.context import system_clock
    from medplan.services.clients.registered import revoke_client as revoke
    from medplan.services.refusals import AccountError
    from medplan.store.ids import CLIENT, read_id

    try:
        found_id = read_id(CLIENT, client_id)
    except ValueError as error:
        raise AccountError("There is no such client.") from error
    with migrated_database() as database:
        revoke(database, found_id, system_clock())
    click.echo(f"{client_id} is revoked.")
