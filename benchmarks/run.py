"""Runs the benchmarks one after the other and writes what they print to `benchmarks/results.md`.

Each part is written with the machine, the commit, the load before it began and how long it took; a
part that is run again replaces what stood there. A machine that does something else as well gives
figures that only their ratios to the reference beside them make sense of: its load says so.

    python -m benchmarks.run                  every part, in some ten minutes
    python -m benchmarks.run --full           at the sizes that are promised, in two hours
    python -m benchmarks.run --only day       one part, or several
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from medplan.gate.context import system_clock
from tests.databases.server import wheels_programs

_RESULTS = Path(__file__).with_name("results.md")
_PROGRAMS = Path(sys.executable).parent.parent
_RADICALE = str(_PROGRAMS / "radicale" / "bin" / "python")
_PLAIN = str(_PROGRAMS / "plain" / "bin" / "python")
_SECTION = re.compile(r"^## (\S+)\n", re.MULTILINE)
_HEAD = """# Results

Written by `make bench` and `make bench-long`, never by hand. Each part says what it was
measured on. A load above half of the cores before it began means that the machine was busy.
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A benchmark and what it is given: usually, and at the sizes that are promised."""

    name: str
    usual: tuple[str, ...] = ()
    full: tuple[str, ...] = ()

    def command(self, *, full: bool) -> list[str]:
        """How it is run."""
        given = self.full if full and self.full else self.usual
        return [sys.executable, "-m", f"benchmarks.bench_{self.name}", *given]


PARTS = (
    Part("engine"),
    Part("feeds", (_RADICALE,)),
    Part("service"),
    Part("machines"),
    Part("audit", ("100000",), ("1000000",)),
    Part("many_feeds", ("50000",), ("1000000",)),
    Part("lists", ("1000", "10000", "50000"), ("1000", "10000", "100000", "1000000")),
    Part("outbox", ("50000", "10"), ("1000000", "60")),
    Part("day", ("--minutes", "1"), ("--minutes", "10")),
    Part("memory", ("--minutes", "1", "--python", _PLAIN), ("--minutes", "60", "--python", _PLAIN)),
)


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description="Run the benchmarks; write benchmarks/results.md.")
    parser.add_argument("--full", action="store_true", help="the sizes that are promised")
    parser.add_argument("--only", nargs="+", choices=[part.name for part in PARTS])
    chosen = parser.parse_args()
    full: bool = chosen.full
    only: list[str] | None = chosen.only
    parts = [part for part in PARTS if only is None or part.name in only]
    failed = [part.name for part in parts if not _run(part, full=full)]
    if failed:
        sys.exit(f"These parts failed: {', '.join(failed)}")


def _run(part: Part, *, full: bool) -> bool:
    """Run one part, show what it prints as it does, and write that down; tell how it ended."""
    command = part.command(full=full)
    sys.stdout.write(f"== {part.name}\n")
    sys.stdout.flush()
    at, load, began = system_clock(), os.getloadavg()[0], time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101 - as it was asked for
        printed = "".join(_shown(process.stdout))
    took = time.monotonic() - began
    if process.returncode:
        printed += f"This part failed ({process.returncode}).\n"
    told = " ".join(Path(word).name if word.startswith("/") else word for word in command[1:])
    about = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, {_commit()}, {_machine()}"
    lines = f"`{told}`: {took:.0f} s. {about}; load before it began {load:.1f}."
    _write(part.name, f"{lines}\n\n```text\n{printed.strip()}\n```\n")
    return not process.returncode


def _shown(lines: Iterator[str]) -> Iterator[str]:
    """Pass lines on and show each as it comes."""
    for line in lines:
        sys.stdout.write(line)
        sys.stdout.flush()
        yield line


def _write(name: str, text: str) -> None:
    """Put a part's text in the place of what stood there."""
    there = _RESULTS.read_text(encoding="utf-8") if _RESULTS.exists() else ""
    _, *rest = _SECTION.split(there) if there else ("",)
    sections = dict(zip(rest[::2], rest[1::2], strict=True)) | {name: f"\n{text}\n"}
    ordered = [f"## {p.name}\n{sections[p.name].rstrip()}\n" for p in PARTS if p.name in sections]
    _RESULTS.write_text("\n".join([_HEAD, *ordered]), encoding="utf-8")


def _commit() -> str:
    """Name the commit, and say so when there is more than it holds."""
    name = _said("git", "rev-parse", "--short", "HEAD")
    ours = ("medplan", "benchmarks", ":!benchmarks/results.md")
    changed = _said("git", "status", "--porcelain", "--untracked-files=no", *ours)
    return f"commit {name or 'unknown'}{' with changes' if changed else ''}"


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    postgresql = _said(str(wheels_programs() / "postgres"), "--version").split()[-1]
    return (
        f"{platform.machine()} with {os.cpu_count()} cores and {memory:.0f} GB, "
        f"Python {platform.python_version()}, PostgreSQL {postgresql}"
    )


def _said(*command: str) -> str:
    """What a program says, or nothing where it can't be run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


if __name__ == "__main__":
    main()
