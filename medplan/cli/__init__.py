"""The command line: plans and formularies without any server, and the server's own chores.

A command's module is imported when the command runs, and the server's and the calendar's rooms only
by the functions that need them: planning must start quickly. Exit codes: 0 done; 2 the input is not
valid; 3 a plan that may not be issued, or one that does not stand up to its proof.
"""

from importlib import import_module

import click
from typing_extensions import override

_MODULES = {
    "plan": "medplan.cli.plan",
    "verify": "medplan.cli.plan",
    "compare": "medplan.cli.compare",
    "formulary": "medplan.cli.formulary",
    "serve": "medplan.cli.server",
    "user": "medplan.cli.server",
    "token": "medplan.cli.server",
    "organisation": "medplan.cli.organisations",
    "client": "medplan.cli.clients",
    "db": "medplan.cli.server",
    "worker": "medplan.cli.worker",
    "audit": "medplan.cli.audit",
    "privacy": "medplan.cli.privacy",
}


class Commands(click.Group):
    """The commands by name, each imported when it is wanted."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_MODULES)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _MODULES.get(cmd_name)
        if module is None:
            return None
        found = getattr(import_module(module), cmd_name)
        return found if isinstance(found, click.Command) else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Dated, proved medication plans and tapers, with their calendar."""
