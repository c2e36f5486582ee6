"""A pytest plugin: collects the tests once and then runs, for each mutant, those that meet it.

A mutant is tried in a process forked after the collecting, so that nothing is imported twice. What
a function does while the tests are collected is done by then: its mutants get a process of their
own from the start.

`MUTANTS_ASKED` names a folder: `asked.json` holds the room, the mutants, and how many are tried at
a time; their fates are written to `fates.json`. `MUTANT_ALONE` is the number of a mutant that has
this process to itself.
"""

import functools
import gc
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.mutants.changes import Mutant
from tests.mutants.putting import put, put_when_imported
from tests.mutants.reach import COLLECTING, Reach, Watch

Fate = Literal["killed", "endless", "survived", "unmet"]

_Cache = functools._lru_cache_wrapper  # noqa: SLF001 - it has no other name
_MOST_BYTES = 4 * 1024**3
_COLLECTING_SECONDS = 6.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What to try, and the folder in which its outcome is kept."""

    folder: Path
    room: str
    mutants: list[Mutant]
    at_once: int

    @classmethod
    def read(cls) -> Self:
        """As the environment says."""
        folder = Path(os.environ["MUTANTS_ASKED"])
        asked = json.loads((folder / "asked.json").read_text("utf-8"))
        mutants = [Mutant(**mutant) for mutant in asked["mutants"]]
        return cls(folder, asked["room"], mutants, asked["at_once"])

    @property
    def reach(self) -> Path:
        """Where what the tests reach is kept."""
        return self.folder / "reach.json"

    @property
    def alone(self) -> Mutant | None:
        """The mutant that has this process to itself."""
        number = os.environ.get("MUTANT_ALONE")
        return None if number is None else self.mutants[int(number)]


class Trials:
    """The plugin's hooks: the mutants are tried in place of the usual run of the tests."""

    def __init__(self) -> None:
        self.asked = Asked.read()
        if self.asked.alone:
            put_when_imported(self.asked.alone)
        else:
            self.watch = Watch(self.asked.room)

    @pytest.hookimpl
    def pytest_sessionstart(self) -> None:
        """Let no example be made smaller: that one was found is all that is asked."""
        settings.register_profile(
            "mutants",
            settings.get_profile("usual"),
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=[HealthCheck.too_slow],
        )
        settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try the one mutant, or all that are asked for.

        Raises:
            pytest.Session.Interrupted: the tests can't be collected.
        """
        if session.testsfailed:
            raise session.Interrupted("not all tests can be collected")
        if self.asked.alone:
            attempt(session, Reach.read(self.asked.reach), self.asked.alone)
        reach = measured(session, self.watch, self.asked)
        Trying(session, reach, self.asked).all()
        return True


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Begin before anything of ours is imported."""
    early_config.pluginmanager.register(Trials())


def measured(session: pytest.Session, watch: Watch, asked: Asked) -> Reach:
    """Run all tests unchanged, in a process apart, and see what each of them reaches.

    Raises:
        pytest.Session.Failed: a test fails without a mutant.
    """

    def measure() -> None:
        session.config.pluginmanager.register(watch)
        run(session, session.items, {}, forget=caches_over(asked.room))
        watch.reach().write(asked.reach)

    process = forked(measure)
    watch.coverage.stop()
    if os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]):
        raise session.Failed("tests fail without a mutant")
    return Reach.read(asked.reach)


@dataclass(slots=True)
class Trying:
    """The mutants being tried, so many at a time, and what became of the others."""

    session: pytest.Session
    reach: Reach
    asked: Asked
    running: dict[int, tuple[Mutant, str]] = field(default_factory=dict)
    fates: dict[str, Fate] = field(default_factory=dict)

    def all(self) -> None:
        """Try them all."""
        for number, mutant in enumerate(self.asked.mutants):
            if self.reach.meeting(mutant, self.session.items):
                self.begin(number, mutant)
            else:
                self.note(mutant, "unmet")
            if len(self.running) == self.asked.at_once:
                self.wait()
        while self.running:
            self.wait()

    def begin(self, number: int, mutant: Mutant) -> None:
        """Start the process that tries one."""
        scratch = tempfile.mkdtemp(prefix="mutant-")

        def trial() -> None:
            os.environ["PYTEST_DEBUG_TEMPROOT"] = scratch
            silence()
            if COLLECTING in self.reach.of(mutant):
                os.environ["MUTANT_ALONE"] = str(number)
                allow(_COLLECTING_SECONDS)
                arguments = self.session.config.invocation_params.args
                command = [sys.executable, "-m", "pytest", *arguments]
                os.execv(sys.executable, command)  # noqa: S606 - our own command
            put(mutant)
            attempt(self.session, self.reach, mutant)

        self.running[forked(trial)] = mutant, scratch

    def wait(self) -> None:
        """See how one of them ended."""
        process, status = os.wait()
        mutant, scratch = self.running.pop(process)
        shutil.rmtree(scratch)
        self.note(mutant, fate_of(os.waitstatus_to_exitcode(status)))

    def note(self, mutant: Mutant, fate: Fate) -> None:
        """Write it down, and say at once what wasn't noticed."""
        self.fates[mutant.name] = fate
        (self.asked.folder / "fates.json").write_text(json.dumps(self.fates), "utf-8")
        if fate != "killed":
            said = self.session.config.get_terminal_writer()
            so_far = f"{len(self.fates)} of {len(self.asked.mutants)}"
            said.line(f"\n{so_far}: {mutant.name} {fate}\n{mutant.difference()}", flush=True)


def fate_of(code: int) -> Fate:
    """What the exit code of a trial means."""
    if code == -signal.SIGPROF:
        return "endless"
    return "killed" if code else "survived"


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


def attempt(session: pytest.Session, reach: Reach, mutant: Mutant) -> None:
    """Run the tests that meet the mutant, until one fails; then the process ends."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    for cache in caches_over(mutant.room):
        cache.cache_clear()
    run(session, reach.meeting(mutant, session.items), reach.seconds)
    os._exit(0)


def run(
    session: pytest.Session,
    items: Sequence[pytest.Item],
    seconds: Mapping[str, float],
    forget: Iterable["_Cache[object]"] = (),
) -> None:
    """Run the tests in order until one fails: then the process ends.

    A test whose seconds are known may use ten times as many. `forget` is emptied before each.
    """
    for item, following in zip(items, [*items[1:], None], strict=True):
        if item.nodeid in seconds:
            allow(seconds[item.nodeid])
        for cache in forget:
            cache.cache_clear()
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            os._exit(1)


def caches_over(room: str) -> "list[_Cache[object]]":
    """What our functions keep from call to call, but for those of rooms that know nothing of it.

    To read a formulary takes longer than most tests, and hangs on no line of `clinical` or `proof`.
    """
    below = () if room == "formulary" else ("medplan.formulary.", "medplan.model.")
    things = [thing for thing in gc.get_objects() if isinstance(thing, _Cache)]
    return [
        thing
        for thing in things
        if thing.__module__.startswith("medplan.") and not thing.__module__.startswith(below)
    ]


def allow(seconds: float) -> None:
    """End this process once it has used the processor ten times as long, and then ten seconds."""
    signal.setitimer(signal.ITIMER_PROF, 10 * seconds + 10)


def silence() -> None:
    """Say nothing more: what a failing test tells is of no use."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.dup2(nowhere, sys.stderr.fileno())
