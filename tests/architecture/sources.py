"""The project's own source files and their syntax trees."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "medplan"


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def python_files(*folders: str) -> Iterator[Path]:
    """Every Python file in folders or files of the package, or in the whole of it."""
    for name in folders or ("",):
        place = PACKAGE / name
        yield from sorted(place.rglob("*.py")) if place.is_dir() else [place]


def place_of(path: Path, line: int | None = None) -> str:
    """How a test names a file, or a line in it."""
    name = path.relative_to(ROOT).as_posix()
    return name if line is None else f"{name}:{line}"
