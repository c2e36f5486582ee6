"""Changes the code of a room in small ways, one at a time, and counts what its tests notice.

    python -m tests.mutants.run ROOM [--sample N] [--seed S] [--at-once K] [MUTANT ...]

Needs a Python with what the tests need and with mutmut. Tries N mutants, drawn by the seed, or all
of them without `--sample`, or those that are named. What the survivors change is written to
`mutants/ROOM.diff`. Exit code 1 when fewer than 90 % of those tried are noticed.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutants.share import drawn, wilson
from tests.mutants.tree import Tree, plant

# The tests that state what each room must do: they must meet its mutants at little cost.
TESTS = {
    "proof": ["tests/proof"],
    "clinical": ["tests/clinical", "tests/cases"],
    "formulary": ["tests/formulary", "tests/cases"],
}
DEMANDED = 0.9


def fates(tree: Tree, room: str, mutants: Collection[str], at_once: int) -> dict[str, str]:
    """Try the mutants; by mutant, what became of it."""
    with TemporaryDirectory(prefix="mutants-") as folder:
        asked = {"mutants": list(mutants), "at_once": at_once}
        Path(folder, "asked.json").write_text(json.dumps(asked), "utf-8")
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-s",
                "-p",
                "no:randomly",
                "-p",
                "no:cacheprovider",
                "-p",
                "tests.mutants.trials",
                *TESTS[room],
            ],
            cwd=tree.root,
            env=os.environ | {"MUTANTS_ASKED": folder, "MUTANT_UNDER_TEST": "stats"},
            check=True,
        )
        found: dict[str, str] = json.loads(Path(folder, "fates.json").read_text("utf-8"))
    return found


def main(room: str, sample: int | None, seed: int, at_once: int, named: list[str]) -> int:
    """Try them and say what was noticed."""
    tree = plant(room)
    chosen = named or drawn(tree.files, sample or len(tree.files), seed)
    found = fates(tree, room, chosen, at_once)
    missed = sorted(name for name, fate in found.items() if fate in {"survived", "unmet"})
    report = tree.root.with_suffix(".diff")
    report.write_text(
        "\n\n".join(f"{m}: {found[m]}\n{tree.difference(m)}" for m in missed), "utf-8"
    )
    count = Counter(found.values())
    share = wilson(len(found) - len(missed), len(found))
    which = f"{len(found)} of {len(tree.files)} mutants" + (f", seed {seed}" if sample else "")
    print(
        f"{room}: {which}: {count['killed']} killed, {count['endless']} never end,"
        f" {count['survived']} survive, {count['unmet']} meet no test"
    )
    print(
        f"{room}: noticed {share.share:.1%} (95 % interval {share.low:.1%} to {share.high:.1%});"
        f" the survivors are in {report}"
    )
    return share.share < DEMANDED


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("room", choices=TESTS)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("mutants", nargs="*")
    asked = parser.parse_args()
    sys.exit(main(asked.room, asked.sample, asked.seed, asked.at_once, asked.mutants))
