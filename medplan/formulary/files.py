"""The files of a formulary: their bytes, their TOML tables, and the line each value stands on.

This module knows where things are, not what they mean.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from medplan.errors import Problem

SHARED = "shared"
MEDICINES = "medicines"
FAULT = "invalid-formulary"

Steps = tuple[str | int, ...]
"""The way to a value in a file: keys of tables and positions in lists."""

_HEADER = re.compile(r"\s*(\[\[?)([^\[\]]+)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\-\"']+)\s*=")
_LINE_IN_MESSAGE = re.compile(r" \(at line (\d+), column \d+\)")


@dataclass(frozen=True)
class Document:
    """One file: `path` is relative to the formulary's folder, with forward slashes."""

    path: str
    content: bytes
    tables: Mapping[str, object]

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        return Path(self.path).stem

    @property
    def folder(self) -> str:
        """The name of the folder the file is in."""
        return Path(self.path).parent.name

    @property
    def is_shared(self) -> bool:
        """Whether the file holds in every jurisdiction."""
        return self.path.startswith(f"{SHARED}/")

    def problem(self, steps: Steps, detail: str) -> Problem:
        """A fault at a place in this file, said as `path:line#/json/pointer`."""
        pointer = "".join(f"/{step}" for step in steps)
        return Problem(f"{self.path}:{self.line(steps)}#{pointer}", FAULT, detail)

    def line(self, steps: Steps) -> int:
        """The line of a value, or of the nearest table around it; 1 for the whole file."""
        known = self._lines
        return next((known[steps[:n]] for n in range(len(steps), 0, -1) if steps[:n] in known), 1)

    @cached_property
    def _lines(self) -> Mapping[Steps, int]:
        return dict(reversed(list(_numbered_steps(self.content.decode()))))


def read_jurisdiction(folder: Path, jurisdiction: str) -> tuple[list[Document], list[Problem]]:
    """Read the files that one jurisdiction's formulary is made of, by path.

    These are its own files, the shared ones, and of the shared medicines those that it has.
    Faults are files that can't be read as TOML.
    """
    own = _toml_paths(folder, jurisdiction.lower())
    here = {Path(path).name for path in own if _is_medicine(path)}
    shared = [
        path
        for path in _toml_paths(folder, SHARED)
        if not _is_medicine(path) or Path(path).name in here
    ]
    return _read(folder, sorted(own + shared))


def medicine_names(folder: Path, room: str) -> frozenset[str]:
    """The ids of the medicines that have a file in a room; `*` for any room."""
    return frozenset(path.stem for path in folder.glob(f"{room}/{MEDICINES}/*.toml"))


def content_hash(documents: Iterable[Document]) -> str:
    """`sha256:…` over the paths and bytes of the files, in order of path."""
    digest = hashlib.sha256()
    for document in sorted(documents, key=lambda d: d.path):
        digest.update(f"{document.path}\n{len(document.content)}\n".encode())
        digest.update(document.content)
    return f"sha256:{digest.hexdigest()}"


def _toml_paths(folder: Path, room: str) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in (folder / room).rglob("*.toml")]


def _is_medicine(path: str) -> bool:
    return Path(path).parent.name == MEDICINES


def _read(folder: Path, paths: Iterable[str]) -> tuple[list[Document], list[Problem]]:
    documents: list[Document] = []
    problems: list[Problem] = []
    for path in paths:
        content = (folder / path).read_bytes()
        try:
            tables = tomllib.loads(content.decode(), parse_float=Decimal)
        except UnicodeDecodeError:
            problems.append(Problem(f"{path}:1#", FAULT, "is not UTF-8 text"))
        except tomllib.TOMLDecodeError as error:
            problems.append(_syntax_problem(path, str(error)))
        else:
            documents.append(Document(path, content, tables))
    return documents, problems


def _syntax_problem(path: str, message: str) -> Problem:
    match = _LINE_IN_MESSAGE.search(message)
    line = match[1] if match else "1"
    return Problem(f"{path}:{line}#", FAULT, f"is not TOML: {_LINE_IN_MESSAGE.sub('', message)}")


def _numbered_steps(text: str) -> Iterator[tuple[Steps, int]]:
    """Every table header and key of a TOML file with its line, in file order."""
    table: Steps = ()
    counts: dict[Steps, int] = {}
    inside = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if inside:
            inside = "" if line.count(inside) % 2 else inside
            continue
        header = _HEADER.match(line)
        if header:
            table = _table_steps(header, counts)
            yield table, number
        elif key := _KEY.match(line):
            yield (*table, *_split(key[1])), number
        inside = next((quotes for quotes in ('"""', "'''") if line.count(quotes) % 2), "")


def _table_steps(header: re.Match[str], counts: dict[Steps, int]) -> Steps:
    """The steps of `[a.b]` or `[[a.b]]`, with the position of each list met on the way."""
    steps: Steps = ()
    *parents, last = _split(header[2])
    for key in parents:
        steps = (*steps, key)
        if steps in counts:
            steps = (*steps, counts[steps] - 1)
    steps = (*steps, last)
    if header[1] == "[[":
        counts[steps] = counts.get(steps, 0) + 1
        steps = (*steps, counts[steps] - 1)
    return steps


def _split(key: str) -> list[str]:
    return [part.strip().strip("\"'") for part in key.split(".")]
