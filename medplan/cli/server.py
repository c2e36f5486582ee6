"""`serve`, `user`, `token` and `db`: the service's chores.

Each command imports its rooms when it runs: planning on the command line needs neither a web
server nor a database, and must not wait for them.
"""

import os

import click

from config import read_config
from medplan.cli.databases import migrated_database, open_database
from medplan.cli.output import Exit, told_as_problems

_ROLES = (
    "prescriber",
    "pharmacist",
    "org-admin",
    "formulary-editor",
    "formulary-approver",
    "auditor",
    "operator",
)


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
    from medplan.services.people.accounts import add_user as add
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


@user.command("reset")
@click.argument("email")
@told_as_problems
def reset_password(email: str) -> None:
    """Print a link by which somebody sets a new password, once, within the hour."""
    from medplan.gate.context import system_clock
    from medplan.services.people.password_changes import ask_for_reset

    address = read_config(os.environ).public_url

    def tell(email: str, token: str) -> None:  # noqa: ARG001 - whom it is for is known here
        click.echo(f"{address}/password/reset/{token}")

    with migrated_database() as database:
        ask_for_reset(database, email=email, now=system_clock(), send=tell)


@click.group()
def token() -> None:
    """Bearer tokens for the API."""


@token.command("add")
@click.argument("email")
@click.option("--name", required=True, help="What the token is for.")
@click.option("--scope", "scopes", multiple=True, help="Narrow it; may be given several times.")
@told_as_problems
def add_token(email: str, name: str, scopes: tuple[str, ...]) -> None:
    """Make a token for somebody. It stands alone on the last line and is never shown again."""
    from medplan.gate.context import system_clock
    from medplan.services.access import EVERYTHING
    from medplan.services.people.api_tokens import add_token as add

    narrowed = frozenset(scopes) or EVERYTHING
    with migrated_database() as database:
        made = add(database, email=email, name=name, now=system_clock(), scopes=narrowed)
    click.echo(made)


@token.command("list")
@click.argument("email")
@told_as_problems
def list_tokens(email: str) -> None:
    """List somebody's tokens: id, name, scopes, the hour of the last use, and whether revoked."""
    from medplan.services.people.api_tokens import tokens_of
    from medplan.store.ids import API_TOKEN, write_id

    with migrated_database() as database:
        for row in tokens_of(database, email):
            used = "never used" if row.last_used is None else f"used {row.last_used:%Y-%m-%d %H}:00"
            state = "live" if row.revoked_at is None else "revoked"
            said = (write_id(API_TOKEN, row.id), row.name, row.scopes or "*", used, state)
            click.echo("\t".join(said))


@token.command("revoke")
@click.argument("email")
@click.argument("token_id")
@told_as_problems
def revoke_token(email: str, token_id: str) -> None:
    """Revoke one of somebody's tokens, named by its id (`token list`)."""
    from medplan.gate.context import system_clock
    from medplan.services.people.api_tokens import revoke_token_of
    from medplan.store.ids import API_TOKEN, read_id

    try:
        named = read_id(API_TOKEN, token_id)
    except ValueError as error:
        raise click.BadParameter("an id such as tok_…") from error
    with migrated_database() as database:
        revoke_token_of(database, email, named, system_clock())


@click.group()
def db() -> None:
    """The database's tables."""


@db.command("upgrade")
@click.option("--role", help="A PostgreSQL role without tables of its own that is to use these.")
@click.option("--sql", is_flag=True, help="Only write PostgreSQL's statements.")
@told_as_problems
def upgrade_database(*, role: str | None, sql: bool) -> None:
    """Bring the tables to what this release expects."""
    from medplan.store.migrate import upgrade, write_sql
    from medplan.store.steps import NO_STEP, current_step
    from medplan.store.walls import grant

    with open_database() as database:
        step = current_step(database)
        if sql:
            click.echo(write_sql("base" if step == NO_STEP else step), nl=False)
            return
        upgrade(database)
        if role is not None:
            with database.engine.begin() as connection:
                grant(connection, role)
        click.echo(f"The database is at {current_step(database)}.")


@db.command("check")
@told_as_problems
def check_database() -> None:
    """Say whether the tables are what this release expects; exit 2 when they are not."""
    from medplan.store.steps import current_step, latest_step

    with open_database() as database:
        found, wanted = current_step(database), latest_step()
    click.echo(f"The database is at {found}; this release expects {wanted}.")
    if found != wanted:
        raise SystemExit(Exit.INVALID)
