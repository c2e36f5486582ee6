"""What commands write: documents on standard output, problems as RFC 9457 JSON, exit codes."""

import json
import sys
from collections.abc import Callable, Iterable
from enum import IntEnum
from functools import wraps
from pathlib import Path
from typing import NoReturn, ParamSpec

import click

from config import InvalidConfigError
from medplan.documents.json_text import JsonValue
from medplan.documents.problem import problem_document
from medplan.errors import InvalidFormularyError, InvalidRequestError, MedplanError, Problem

P = ParamSpec("P")


class Exit(IntEnum):
    """How a command ends."""

    DONE = 0
    INVALID = 2
    NOT_ISSUABLE = 3


def told_as_problems(command: Callable[P, None]) -> Callable[P, None]:
    """Let a command refuse with problem JSON on standard output and exit code 2.

    What is wrong with the environment is told to the operator, on standard error.
    """

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except InvalidConfigError as error:
            for reason in error.reasons:
                click.echo(f"medplan: {reason}", err=True)
            sys.exit(Exit.INVALID)
        except InvalidRequestError as error:
            _refuse(problem_document(error))
        except InvalidFormularyError as error:
            _refuse(_document(error.code, "The formulary is not valid", error.problems))
        except MedplanError as error:
            _refuse(_document(error.code, str(error), ()))

    return run


def write(text: str | bytes, out: Path | None = None) -> None:
    """Write to a file, or to standard output as it is."""
    data = text.encode() if isinstance(text, str) else text
    if out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        out.write_bytes(data)
    except OSError as error:
        _refuse(_document("unwritable", f"Can't write {out}: {error.strerror}", ()))


def write_json(document: JsonValue) -> None:
    """Write a document as JSON."""
    write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def read_input(source: str) -> bytes:
    """Read a file, or standard input for `-`.

    Raises:
        InvalidRequestError: there is no such file, or it can't be read.
    """
    if source == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(source).read_bytes()
    except OSError as error:
        problem = Problem("", "unreadable", f"{source}: {error.strerror}")
        raise InvalidRequestError([problem]) from error


def _document(code: str, title: str, problems: Iterable[Problem]) -> dict[str, JsonValue]:
    errors: list[JsonValue] = [
        {"pointer": p.pointer, "code": p.code, "detail": p.detail} for p in problems
    ]
    document: dict[str, JsonValue] = {
        "type": f"urn:medplan:problem:{code}",
        "title": title,
        "status": 422,
    }
    return document | ({"errors": errors} if errors else {})


def _refuse(document: dict[str, JsonValue]) -> NoReturn:
    write_json(document)
    sys.exit(Exit.INVALID)
