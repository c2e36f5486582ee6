"""`serve`, `user`, `token` and `db`: the service's chores.

Each command imports its rooms when it runs: planning on the command line needs neither a web
server nor a database, and must not wait for them.
"""

import os

import click

from config import read_config
from medplan.cli.databases import migrated_database, open_database
from medplan.cli.output import Exit, told_as_problems

_ROLES = ("prescriber", "pharmacist")


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--demo", is_flag=True, help="Load an example into an empty development database.")
@told_as_problems
def serve(*, port: int, demo: bool) -> None:
    """Migrate the database, start on 127.0.0.1 and say where to go."""
    from medplan.cli.serving import run

    run(read_config(os.environ), port, demo=demo)


@click.group()
def user() -> None:
    """People who may sign in."""


@user.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(_ROLES), required=True)
@click.option("--organisation", required=True, metavar="NAME", help="Made when it is new.")
@told_as_problems
def add_user(email: str, role: str, organisation: str) -> None:
    """Add somebody. The password is asked for, or taken from MEDPLAN_PASSWORD."""
    from medplan.gate.context import system_clock
    from medplan.services.access import Role
    from medplan.services.accounts import add_user as add
    from medplan.store.ids import USER, write_id

    password = os.environ.get("MEDPLAN_PASSWORD") or click.prompt(
        "Password", hide_input=True, confirmation_prompt=True
    )
    with migrated_database() as database:
        added = add(
            database,
            email=email,
            password=password,
            role=Role(role),
            organisation=organisation,
            now=system_clock(),
        )
    click.echo(write_id(USER, added))


@click.group()
def token() -> None:
    """Bearer tokens for the API."""


@token.command("add")
@click.argument("email")
@click.option("--name", required=True, help="What the token is for.")
@told_as_problems
def add_token(email: str, name: str) -> None:
    """Make a token for somebody. It stands alone on the last line and is never shown again."""
    from medplan.gate.context import system_clock
    from medplan.services.api_tokens import add_token as add

    with migrated_database() as database:
        made = add(database, email=email, name=name, now=system_clock())
    click.echo(made)


@click.group()
def db() -> None:
    """The database's tables."""


@db.command("upgrade")
@told_as_problems
def upgrade_database() -> None:
    """Bring the tables to what this release expects."""
    from medplan.store.migrate import current_step, upgrade

    with open_database() as database:
        upgrade(database)
        click.echo(f"The database is at {current_step(database)}.")


@db.command("check")
@told_as_problems
def check_database() -> None:
    """Say whether the tables are what this release expects; exit 2 when they are not."""
    from medplan.store.migrate import current_step, latest_step

    with open_database() as database:
        found, wanted = current_step(database), latest_step()
    click.echo(f"The database is at {found}; this release expects {wanted}.")
    if found != wanted:
        raise SystemExit(Exit.INVALID)
