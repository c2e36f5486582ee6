"""A pytest plugin: collects the tests once and then runs, for each mutant, those that meet it.

A mutant is tried in a process forked after the collecting, so that nothing is imported twice. What
a function does while the tests are collected is done by then: its mutants get a process of their
own from the start.

`MUTANTS_ASKED` names a folder: `asked.json` holds the mutants and how many are tried at a time;
their fates are written to `fates.json`.
"""

import json
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.mutants.reach import Reach, Watch, calls, our_caches

Fate = Literal["killed", "endless", "survived", "unmet"]

_MOST_BYTES = 4 * 1024**3
_COLLECTING_SECONDS = 60.0


def pytest_sessionstart() -> None:
    """Let no example be made smaller: that one was found is all that is asked."""
    settings.register_profile(
        "mutants",
        settings.get_profile("usual"),
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("mutants")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Try one mutant if the environment names one, else all that are asked for.

    Raises:
        pytest.Session.Interrupted: the tests can't be collected.
    """
    if session.testsfailed:
        raise session.Interrupted("not all tests can be collected")
    folder = Path(os.environ["MUTANTS_ASKED"])
    mutant = os.environ["MUTANT_UNDER_TEST"]
    if mutant != "stats":
        attempt(session, Reach.read(folder / "reach.json"), mutant)
    reach = measured(session, folder / "reach.json")
    fates = Trials(session, reach, **json.loads((folder / "asked.json").read_text("utf-8"))).run()
    (folder / "fates.json").write_text(json.dumps(fates), "utf-8")
    return True


def measured(session: pytest.Session, path: Path) -> Reach:
    """Run all tests unchanged, in a process apart, and see what each of them calls.

    Raises:
        pytest.Session.Failed: a test fails without a mutant.
    """
    reach = Reach(collecting=sorted(calls()))

    def watch() -> None:
        session.config.pluginmanager.register(Watch(reach))
        run(session, session.items)
        reach.write(path)

    if os.waitstatus_to_exitcode(os.waitpid(forked(watch), 0)[1]):
        raise session.Failed("tests fail without a mutant")
    return Reach.read(path)


@dataclass(slots=True)
class Trials:
    """The mutants to try, so many at a time, and what became of them."""

    session: pytest.Session
    reach: Reach
    mutants: list[str]
    at_once: int
    running: dict[int, tuple[str, str]] = field(default_factory=dict)
    fates: dict[str, Fate] = field(default_factory=dict)

    def run(self) -> dict[str, Fate]:
        """Try them all."""
        for mutant in self.mutants:
            if not self.reach.meeting(function_of(mutant), self.session.items):
                self.fates[mutant] = "unmet"
                continue
            if len(self.running) == self.at_once:
                self.wait()
            self.begin(mutant)
        while self.running:
            self.wait()
        return self.fates

    def begin(self, mutant: str) -> None:
        """Start the process that tries one."""
        scratch = tempfile.mkdtemp(prefix="mutant-")

        def trial() -> None:
            os.environ |= {"PYTEST_DEBUG_TEMPROOT": scratch, "MUTANT_UNDER_TEST": mutant}
            silence()
            if function_of(mutant) in self.reach.collecting:
                allow(_COLLECTING_SECONDS)
                arguments = self.session.config.invocation_params.args
                command = [sys.executable, "-m", "pytest", *arguments]
                os.execv(sys.executable, command)  # noqa: S606 - our own command
            attempt(self.session, self.reach, mutant)

        self.running[forked(trial)] = mutant, scratch

    def wait(self) -> None:
        """See how one of them ended."""
        process, status = os.wait()
        mutant, scratch = self.running.pop(process)
        shutil.rmtree(scratch)
        self.fates[mutant] = fate_of(os.waitstatus_to_exitcode(status))
        if self.fates[mutant] != "killed":
            said = self.session.config.get_terminal_writer()
            so_far = f"{len(self.fates)} of {len(self.mutants)}"
            said.line(f"{so_far}: {mutant}: {self.fates[mutant]}", flush=True)


def fate_of(code: int) -> Fate:
    """What the exit code of a trial means."""
    if code == -signal.SIGPROF:
        return "endless"
    return "killed" if code else "survived"


def function_of(mutant: str) -> str:
    """The name under which mutmut notes calls of the function that the mutant changes."""
    return mutant.partition("__mutmut_")[0]


def forked(work: Callable[[], None]) -> int:
    """A process that does the work; it fails where the work raises."""
    sys.stdout.flush()
    sys.stderr.flush()
    process = os.fork()
    if process:
        return process
    try:
        work()
    except BaseException:  # noqa: BLE001 - whatever it is, the trial is over
        os._exit(1)
    os._exit(0)


def attempt(session: pytest.Session, reach: Reach, mutant: str) -> None:
    """Run the tests that meet the mutant, until one fails; then the process ends."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    for cache in our_caches():
        cache.cache_clear()
    run(session, reach.meeting(function_of(mutant), session.items), reach.seconds)
    os._exit(0)


def run(
    session: pytest.Session, items: list[pytest.Item], seconds: dict[str, float] | None = None
) -> None:
    """Run the tests in order until one fails: then the process ends.

    With `seconds`, a test may use ten times what it usually needs.
    """
    for item, following in zip(items, [*items[1:], None], strict=True):
        if seconds is not None:
            allow(seconds[item.nodeid])
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            os._exit(1)


def allow(seconds: float) -> None:
    """End this process once it has used the processor ten times as long, and then ten seconds."""
    signal.setitimer(signal.ITIMER_PROF, 10 * seconds + 10)


def silence() -> None:
    """Say nothing more: what a failing test tells is of no use."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.dup2(nowhere, sys.stderr.fileno())
