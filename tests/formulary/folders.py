"""A small formulary of invented medicines, and copies of it with one thing changed."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from medplan.errors import Problem
from medplan.formulary.reading import read_formulary

FIXTURE = Path(__file__).parent / "fixture"

SHARED = "shared/medicines"
OWN = "nz/medicines"


@dataclass(frozen=True, slots=True)
class Change:
    """One text put in another's place, where it stands first; an empty `old` appends."""

    file: str
    old: str
    new: str

    def make(self, folder: Path) -> None:
        """Change the file in `folder`."""
        path = folder / self.file
        text = path.read_text() if path.exists() else ""
        assert self.old in text, f"{self.file} has no {self.old!r}"
        path.write_text(text.replace(self.old, self.new, 1) if self.old else text + self.new)


def changed(folder: Path, *changes: Change) -> Path:
    """A copy of the fixture in `folder` with the changes made."""
    copy = folder / "formulary"
    shutil.copytree(FIXTURE, copy)
    for change in changes:
        change.make(copy)
    return copy


def problems(folder: Path, jurisdiction: str = "NZ") -> tuple[Problem, ...]:
    """What is wrong with a folder."""
    return read_formulary(jurisdiction, folder).problems
