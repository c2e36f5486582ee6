"""Every mistake that a formulary's files may hold is refused: with its file, its line and why.

The mistakes stand in `mistakes/*.toml`, each one change to the small valid formulary in `fixture/`.
`just_right.toml` holds changes that stay just inside what may be said.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.formulary.folders import Change, changed, problems

_POINTER = re.compile(r"(?P<file>[^:]+):(?P<line>\d+)#(?P<place>.*)")


@dataclass(frozen=True, slots=True)
class Mistake:
    """A change to a valid formulary, and how it must be refused.

    The refusal names `found_in` (the changed file unless said otherwise), a line that holds the
    text `line`, and `place` in it; its reason is `why`. `also` are the reasons of what is refused
    besides: elsewhere, for the same mistake.
    """

    name: str
    file: str
    old: str
    new: str
    place: str
    line: str
    why: str
    found_in: str | None = None
    also: Sequence[str] = ()


def mistakes() -> list[Mistake]:
    files = sorted((Path(__file__).parent / "mistakes").glob("*.toml"))
    return [Mistake(**row) for file in files for row in tomllib.loads(file.read_text())["mistake"]]


@pytest.mark.parametrize("seeded", mistakes(), ids=lambda seeded: seeded.name)
def test_a_mistake_is_refused_with_its_file_its_line_and_why(
    seeded: Mistake, tmp_path: Path
) -> None:
    folder = changed(tmp_path, Change(seeded.file, seeded.old, seeded.new))

    found = problems(folder)

    assert [problem.detail for problem in found] == [seeded.why, *seeded.also]
    assert {problem.code for problem in found} == {"invalid-formulary"}
    pointer = _POINTER.fullmatch(found[0].pointer)
    assert pointer
    assert pointer["file"] == (seeded.found_in or seeded.file)
    assert pointer["place"] == seeded.place
    lines = (folder / pointer["file"]).read_text().split("\n")
    assert seeded.line in lines[int(pointer["line"]) - 1]


@dataclass(frozen=True, slots=True)
class Allowed:
    """A change to a valid formulary that leaves it valid."""

    name: str
    file: str
    old: str
    new: str


def allowed() -> list[Allowed]:
    text = (Path(__file__).parent / "just_right.toml").read_text("utf-8")
    return [Allowed(**row) for row in tomllib.loads(text)["allowed"]]


@pytest.mark.parametrize("edge", allowed(), ids=lambda edge: edge.name)
def test_what_is_just_right_is_no_mistake(edge: Allowed, tmp_path: Path) -> None:
    folder = changed(tmp_path, Change(edge.file, edge.old, edge.new))

    assert problems(folder, "NZ") == ()
    assert problems(folder, "GB") == ()


def test_the_formulary_that_the_mistakes_change_has_none(tmp_path: Path) -> None:
    folder = changed(tmp_path)

    assert problems(folder, "NZ") == ()
    assert problems(folder, "GB") == ()


@pytest.mark.parametrize(
    "broken",
    [
        "shared/co_medicines.toml",
        "shared/vocabulary.toml",
        "shared/sources.toml",
        "shared/medicines/achenol.toml",
        "nz/medicines/achenol.toml",
        "nz/jurisdiction.toml",
    ],
)
def test_a_file_that_cannot_be_read_brings_no_faults_of_others(broken: str, tmp_path: Path) -> None:
    folder = changed(tmp_path, Change(broken, "", "\n= broken\n"))

    found = problems(folder)

    assert [problem.pointer.partition(":")[0] for problem in found] == [broken]


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    folder = changed(
        tmp_path,
        Change("shared/medicines/achenol.toml", 'value = "1000"', "value = 1000"),
        Change("shared/medicines/nightol.toml", "floor_days = 3", "floor_days = 9"),
        Change("shared/rules/rules.toml", '"back-pain"', '"tooth-ache"'),
        Change("shared/laxative.toml", "over_days = 1", "over_days = [1"),
        Change("nz/jurisdiction.toml", '"laxol"', '"laxul"'),
    )

    found = sorted(problem.pointer.partition("#")[0] for problem in problems(folder))

    assert found == [
        "nz/jurisdiction.toml:4",
        "shared/laxative.toml:2",
        "shared/medicines/achenol.toml:19",
        "shared/medicines/nightol.toml:22",
        "shared/medicines/nightol.toml:29",
        "shared/rules/rules.toml:18",
    ]


def test_a_file_with_another_id_is_told_what_else_is_wrong_with_it(tmp_path: Path) -> None:
    file = "shared/medicines/stomol.toml"
    folder = changed(tmp_path, Change(file, 'id = "stomol"\nname = "Stomol"', 'id = "stomool"'))

    assert [(found.pointer, found.detail) for found in problems(folder)] == [
        (f"{file}:1#/id", "is stomool, but the file is stomol.toml"),
        ("nz/medicines/stomol.toml:1#/name", "has no name"),
    ]
