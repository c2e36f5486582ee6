"""Which lines each test runs, and what the test costs: so that a mutant meets only those tests."""

import json
import time
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import pytest
from coverage import Coverage

from tests.mutants.changes import ROOT, Mutant

# What is run while the tests are collected, and what for a fixture of many tests.
COLLECTING = ""
SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Reach:
    """By file and line who runs it (tests, `COLLECTING`, `SHARED`), by test its seconds."""

    lines: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]

    @classmethod
    def read(cls, path: Path) -> Self:
        """What `write` wrote."""
        kept = json.loads(path.read_text("utf-8"))
        lines = {
            file: {int(line): who for line, who in lines.items()}
            for file, lines in kept["lines"].items()
        }
        return cls(lines, kept["seconds"])

    def write(self, path: Path) -> None:
        """Keep it for other processes."""
        path.write_text(json.dumps(asdict(self)), "utf-8")

    def of(self, mutant: Mutant) -> set[str]:
        """Who runs what the mutant changes."""
        lines = self.lines.get(mutant.file, {})
        return {who for line in mutant.lines for who in lines.get(line, ())}

    def meeting(self, mutant: Mutant, items: Sequence[pytest.Item]) -> list[pytest.Item]:
        """The tests that can notice the mutant: those that run it first, the cheap ones before."""
        found = self.of(mutant)
        everything = not found.isdisjoint({COLLECTING, SHARED})
        met = [item for item in items if everything or item.nodeid in found]
        return sorted(met, key=lambda item: (item.nodeid not in found, self.seconds[item.nodeid]))


class Watch:
    """The plugin that sees what each test runs of a room, and how long it takes."""

    def __init__(self, room: str) -> None:
        self.coverage = Coverage(data_file=None, source=[str(ROOT / "medplan" / room)])
        self.seconds: dict[str, float] = {}
        self.running = COLLECTING
        self.coverage.start()

    def reach(self) -> Reach:
        """What has been seen."""
        self.coverage.stop()
        data = self.coverage.get_data()
        lines = {
            Path(file).relative_to(ROOT).as_posix(): data.contexts_by_lineno(file)
            for file in data.measured_files()
        }
        return Reach(lines, self.seconds)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """One test with its fixtures."""
        self.running = item.nodeid
        self.coverage.switch_context(self.running)
        begun = time.process_time()
        outcome = yield
        self.seconds[item.nodeid] = time.process_time() - begun
        return outcome

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object]
    ) -> Generator[None, object, object]:
        """What a fixture of many tests runs, all of them hang on."""
        if fixturedef.scope == "function":
            return (yield)
        self.coverage.switch_context(SHARED)
        outcome = yield
        self.coverage.switch_context(self.running)
        return outcome
