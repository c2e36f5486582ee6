"""The hazard log is data that can be wrong: a control is worth the tests that it names."""

import ast
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypedDict, cast

ROOT = Path(__file__).parents[2]
HARMS = {"minor", "significant", "considerable", "major", "catastrophic"}


class Control(TypedDict):
    says: str
    tests: Sequence[str]


class Hazard(TypedDict):
    id: str
    name: str
    harm: str
    causes: Sequence[str]
    left: str
    control: Sequence[Control]


def hazards() -> Sequence[Hazard]:
    text = (ROOT / "docs" / "safety" / "hazards.toml").read_text(encoding="utf-8")
    return cast("Mapping[str, Sequence[Hazard]]", tomllib.loads(text))["hazard"]


def missing(places: Sequence[str]) -> list[str]:
    """The places `file::test` that name no test."""
    return [place for place in places if place.partition("::")[2] not in names_in(place)]


def names_in(place: str) -> set[str]:
    file = ROOT / place.partition("::")[0]
    if not file.is_file():
        return set()
    body = ast.parse(file.read_text(encoding="utf-8")).body
    return {n.name for n in body if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")}


def controls() -> Iterator[Control]:
    for hazard in hazards():
        yield from hazard["control"]


def test_every_test_that_a_control_names_exists() -> None:
    assert missing([place for control in controls() for place in control["tests"]]) == []


def test_a_test_that_does_not_exist_is_missed() -> None:
    here = "tests/docs/test_safety_case.py"

    assert missing([f"{here}::test_that_nobody_wrote", "tests/none.py::test_x"]) == [
        f"{here}::test_that_nobody_wrote",
        "tests/none.py::test_x",
    ]


def test_every_control_is_shown_by_a_test() -> None:
    assert [control["says"] for control in controls() if not control["tests"]] == []


def test_every_hazard_is_whole_and_has_a_number_of_its_own() -> None:
    log = hazards()

    assert [h["id"] for h in log] == [f"H{n:02}" for n in range(1, len(log) + 1)]
    assert all(h["name"] and h["causes"] and h["left"] and h["control"] for h in log)
    assert {h["harm"] for h in log} <= HARMS
