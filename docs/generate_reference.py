# ruff: noqa: INP001  # the documentation is no package
"""Writes those pages of `docs/reference/` that the code says by itself: the command line, the
variables of the environment, the kinds of problems.

Run it with `make docs`; a test holds the pages in the repository against what this makes.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from config import VARIABLES
from medplan.app import create_app
from medplan.cli import main as commands
from medplan.gate.problem_types import every_type

FOLDER = Path(__file__).parent / "reference"
_MADE = "<!-- Written by `make docs`. -->"
_WIDTH = 100
_ROOMS_WITH_ERRORS = create_app  # whoever imports it has imported every room, and so every refusal


def pages() -> Mapping[str, str]:
    """Every page by its file's name."""
    return {
        "command-line.md": _page("The command line", *_command_line()),
        "configuration.md": _page("Configuration", *_configuration()),
        "problems.md": _page("Kinds of problems", *_problems()),
    }


def main() -> None:
    """Write every page anew."""
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def _command_line() -> Iterator[str]:
    yield (
        "Each command begins with `python -m medplan`. Exit codes: 0 done; 2 the input is not "
        "valid, and standard output has every problem as JSON; 3 a plan that may not be issued, or "
        "something that does not stand up to its proof."
    )
    for words, command in _commands(("python -m medplan",), commands):
        context = click.Context(
            command,
            info_name=" ".join(words),
            max_content_width=_WIDTH,
            help_option_names=commands.context_settings["help_option_names"],
        )
        context.terminal_width = _WIDTH
        yield f"## {' '.join(words[1:]) or 'medplan'}\n\n```text\n{command.get_help(context)}\n```"


def _commands(
    words: tuple[str, ...], command: click.Command
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None:
                yield from _commands((*words, name), found)


def _configuration() -> Iterator[str]:
    yield (
        "What a deployment chooses: variables of the environment, read once by `config.py`. "
        "Development needs none; production refuses whatever would be unsafe to forget."
    )
    rows = [f"| `{v.name}` | {v.default} | {v.meaning} |" for v in VARIABLES]
    yield "\n".join(("| variable | default | meaning |", "|---|---|---|", *rows))


def _problems() -> Iterator[str]:
    yield (
        "Every refusal is a problem document (RFC 9457); its `type` leads to one of these. What "
        "was refused was not done, in no part."
    )
    for kind in every_type().values():
        meaning = " ".join(kind.meaning.split())
        yield f"## {kind.code}\n\n**{int(kind.status)} {kind.title}.** {meaning}"


def _page(title: str, *blocks: str) -> str:
    return "\n\n".join((_MADE, f"# {title}", *blocks)) + "\n"


if __name__ == "__main__":
    main()
