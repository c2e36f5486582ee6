"""A copy of the repository in which every function of one room can be changed in small ways.

mutmut writes each change beside the function that it changes; an environment variable,
`MUTANT_UNDER_TEST`, says which of them is called. Its README tells what it changes. It leaves
decorated functions, properties among them, and whatever stands outside of functions as they are.
"""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.utils.format_utils import get_mutant_name

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Tree:
    """The copy, and by mutant the file (from the root) in which it stands."""

    root: Path
    files: Mapping[str, Path]

    def difference(self, mutant: str) -> str:
        """What the mutant changes, as a unified diff."""
        path = self.files[mutant]
        return str(get_diff_for_mutant(mutant, (self.root / path).read_text("utf-8"), path))


def plant(room: str) -> Tree:
    """Copy what git tracks to `mutants/ROOM` and write the mutants of `medplan/ROOM` into it."""
    root = ROOT / "mutants" / room
    shutil.rmtree(root, ignore_errors=True)
    for name in _tracked():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, root / name)
    files: dict[str, Path] = {}
    for path in sorted((root / "medplan" / room).rglob("*.py")):
        relative = path.relative_to(root)
        changed = mutate_file_contents(str(relative), path.read_text("utf-8"))
        path.write_text(changed.code, "utf-8")
        files |= {get_mutant_name(relative, name): relative for name in changed.mutant_names}
    return Tree(root, files)


def _tracked() -> list[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]
