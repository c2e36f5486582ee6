"""The union of other people's validators, each run as they are installed: apart from medplan."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent / "validators"
ROOT = Path(__file__).parents[2]


def complaints(lines: Iterable[str], python: str) -> list[list[str]]:
    """What all validators together say about each resource (JSON text without line breaks).

    `python` is the interpreter of the environment that `make test-fhir` installs.
    """
    asked = "".join(f"{line.strip()}\n" for line in lines)
    ours = _run([python, "-m", "tests.fhir.validators.judge"], asked)
    theirs = _run(["node", str(HERE / "judge.js")], asked)
    return [one + other for one, other in zip(ours, theirs, strict=True)]


def _run(command: list[str], asked: str) -> list[list[str]]:
    done = subprocess.run(
        command, input=asked, capture_output=True, text=True, check=False, cwd=ROOT, timeout=600
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]
