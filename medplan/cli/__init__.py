"""The command line: plans and formularies without any server, and the server's own chores.

Planning must start quickly, so the modules here import at the top only what planning needs; the
commands of `server`, and calendars, import their rooms when they run. Exit codes: 0 done; 2 the
input is not valid; 3 a plan that may not be issued, or one that does not stand up to its proof.
"""

import click

from medplan.cli.formulary import formulary
from medplan.cli.plan import plan, verify
from medplan.cli.server import db, serve, token, user


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Dated, proved medication plans and tapers, with their calendar."""


for command in (plan, verify, formulary, serve, user, token, db):
    main.add_command(command)
