"""Fuzzes every parser, each in a process of its own, and tells what came of it as a table.

    python -m tests.fuzz.run FUZZ_PYTHON [INPUTS]

`FUZZ_PYTHON` is a Python with atheris; what it drives is found where this one finds it. INPUTS in
all (100,000 unless told) are shared out as the targets say. Exit code 1 when anything fell over.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.targets import TARGETS, Target

ROOT = Path(__file__).parents[2]
WHOLE = 100_000
AT_ONCE = 2
_DONE = re.compile(r"Done (\d+) (?:runs|in)|#(\d+)\s+DONE")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a target: inputs tried, seconds, and the last lines where it fell over."""

    name: str
    tried: int
    seconds: float
    fault: str


def fuzz(python: str, target: Target, inputs: int) -> "subprocess.Popen[str]":
    """Start one target's process."""
    folder = tempfile.mkdtemp(prefix=f"fuzz-{target.name}-")
    path = os.pathsep.join([str(ROOT), *(p for p in sys.path if p.endswith("site-packages"))])
    return subprocess.Popen(
        [python, "-m", "tests.fuzz.guided", target.name, str(inputs), folder],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def outcome(target: Target, process: "subprocess.Popen[str]") -> Outcome:
    """Wait for it and see what it says."""
    begun = time.monotonic()
    said = process.communicate()[0]
    counts = [int(found[1] or found[2]) for found in _DONE.finditer(said)]
    fault = "" if process.returncode == 0 and counts else said[-2000:]
    return Outcome(target.name, max(counts, default=0), time.monotonic() - begun, fault)


def main(python: str, whole: int) -> int:
    """Fuzz everything; say how much and what fell over."""
    outcomes = []
    for start in range(0, len(TARGETS), AT_ONCE):
        batch = TARGETS[start : start + AT_ONCE]
        inputs = [max(1, target.share * whole // WHOLE) for target in batch]
        running = [fuzz(python, *each) for each in zip(batch, inputs, strict=True)]
        for target, process in zip(batch, running, strict=True):
            outcomes.append(outcome(target, process))
            done = outcomes[-1]
            print(
                f"{done.name:<14} {done.tried:>7,} inputs  {'fell over' if done.fault else 'held'}"
            )
    faults = [done for done in outcomes if done.fault]
    for done in faults:
        print(f"\n{done.name}:\n{done.fault}")
    print(f"{sum(done.tried for done in outcomes):,} inputs, {len(faults)} parsers fell over")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else WHOLE))
