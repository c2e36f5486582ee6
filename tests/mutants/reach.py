"""Which functions each test calls, and what the test costs: so that a mutant meets only those.

mutmut's functions note their calls while `MUTANT_UNDER_TEST` is `stats`.
"""

import functools
import gc
import json
import time
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

import pytest
from mutmut.state import state

Cache = functools._lru_cache_wrapper  # noqa: SLF001 - it has no other name


@dataclass(slots=True)
class Reach:
    """Functions by when they are called, under mutmut's names, and tests by what they cost.

    `collecting` are called before any test, `shared` by a fixture of many tests, `tests` by the
    tests named; `seconds` are the processor's.
    """

    collecting: list[str]
    shared: list[str] = field(default_factory=list)
    tests: dict[str, list[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Self:
        """What `write` wrote."""
        return cls(**json.loads(path.read_text("utf-8")))

    def write(self, path: Path) -> None:
        """Keep it for other processes."""
        path.write_text(json.dumps(asdict(self)), "utf-8")

    def meeting(self, function: str, items: Sequence[pytest.Item]) -> list[pytest.Item]:
        """The tests that can notice a change of the function, the cheapest first."""
        wanted = set(self.tests.get(function, ()))
        everything = function in self.collecting or function in self.shared
        met = [item for item in items if everything or item.nodeid in wanted]
        return sorted(met, key=lambda item: self.seconds[item.nodeid])


def calls() -> set[str]:
    """The functions called since this was last emptied; mutmut adds to it."""
    noted: set[str] = state()._stats  # noqa: SLF001 - there's no other door to it
    return noted


class Watch:
    """The plugin that fills in a `Reach` while all tests run."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self.caches = our_caches()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Note what one test calls, with its fixtures."""
        for cache in self.caches:
            cache.cache_clear()
        calls().clear()
        begun = time.process_time()
        outcome = yield
        self.reach.seconds[item.nodeid] = time.process_time() - begun
        for function in calls():
            self.reach.tests.setdefault(function, []).append(item.nodeid)
        return outcome

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object]
    ) -> Generator[None, object, object]:
        """What a fixture of many tests calls, all of them hang on."""
        before = set(calls())
        calls().clear()
        outcome = yield
        if fixturedef.scope != "function":
            self.reach.shared.extend(calls())
        calls().update(before)
        return outcome


def our_caches() -> "list[Cache[object]]":
    """What our own functions keep from call to call; to be emptied before a function is tried."""
    return [
        thing
        for thing in gc.get_objects()
        if isinstance(thing, Cache) and thing.__module__.startswith("medplan.")
    ]
