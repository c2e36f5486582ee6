"""`organisation`: what an organisation asks of its people."""

import click

from medplan.cli.databases import migrated_database
from medplan.cli.output import told_as_problems


@click.group()
def organisation() -> None:
    """What an organisation asks of its people."""


@organisation.command("second-factor")
@click.argument("name")
@click.option("--ask/--ask-no-more", "asked", required=True)
@told_as_problems
def second_factor(name: str, *, asked: bool) -> None:
    """Ask everybody of an organisation for a second factor when they sign in.

    Whoever has none adds one then; their sessions end now. API tokens and clients are not asked.
    """
    from medplan.gate.context import system_clock
    from medplan.services.people.asked_factor import ask_second_factor

    with migrated_database() as database:
        ask_second_factor(database, name, system_clock(), asked=asked)
    click.echo("Everybody is asked." if asked else "Nobody is asked any more.")
