"""Changes the code of a room in small ways, one at a time, and counts what its tests notice.

    python -m tests.mutants.run ROOM [--sample N] [--seed S] [--at-once K] [MUTANT ...]

Needs a Python with what the tests need and with mutmut. Tries N mutants, drawn by the seed, or all
of them without `--sample`, or those that are named. Prints what isn't noticed as it is found; can
be stopped (Ctrl-C), as what was tried till then is a sample too. Exit code 1 when fewer than 90 %
of those tried are noticed.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutants.changes import ROOT, Mutant, proposals
from tests.mutants.share import drawn, wilson

# The tests that state what each room must do: they must meet its mutants at little cost.
TESTS = {
    "proof": ["tests/proof"],
    "clinical": ["tests/clinical", "tests/cases"],
    "formulary": ["tests/formulary"],
}
DEMANDED = 0.9


def tried(room: str, mutants: Sequence[Mutant], at_once: int) -> dict[str, str]:
    """Try the mutants in turn; by name, what became of each until all are tried, or Ctrl-C."""
    quiet = ["-q", "-s", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:cov"]
    with TemporaryDirectory(prefix="mutants-") as folder:
        asked = {"room": room, "mutants": [asdict(one) for one in mutants], "at_once": at_once}
        Path(folder, "asked.json").write_text(json.dumps(asked), "utf-8")
        command = [sys.executable, "-m", "pytest", *quiet, "-p", "tests.mutants.trials"]
        with suppress(KeyboardInterrupt):
            environment = os.environ | {"MUTANTS_ASKED": folder}
            subprocess.run([*command, *TESTS[room]], cwd=ROOT, env=environment, check=True)
        fates: dict[str, str] = json.loads(Path(folder, "fates.json").read_text("utf-8"))
    return fates


def main(room: str, sample: int | None, seed: int, at_once: int, named: list[str]) -> int:
    """Try them and say what was noticed."""
    proposed = {proposal.name: proposal for proposal in proposals(room)}
    chosen = named or drawn(proposed, sample or len(proposed), seed)
    fates = tried(room, [proposed[name].mutant() for name in chosen], at_once)
    count = Counter(fates.values())
    share = wilson(count["killed"] + count["endless"], len(fates))
    by = f", seed {seed}" if sample else ""
    print(
        f"{room}: {len(fates)} of {len(proposed)} mutants{by}: {count['killed']} killed,"
        f" {count['endless']} never end, {count['survived']} survive, {count['unmet']} meet no test"
    )
    print(f"noticed {share.share:.1%} (95 % interval {share.low:.1%} to {share.high:.1%})")
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
