"""The table of ASVS 5.0 is whole, and is worth the tests that it names."""

import hashlib
import tomllib
from collections import Counter
from collections.abc import Mapping
from typing import TypedDict, cast

from tests.docs.test_safety_case import ROOT, missing

IDS = "593f2453e54349969d19b03893f0efe37ee2b583149fc8e7730e3ce761573e15"
"""The SHA-256 of every id of levels 1 and 2 of ASVS 5.0.0 but V17, in their order, a line each."""


class Row(TypedDict, total=False):
    level: int
    about: str
    tests: list[str]
    reason: str
    open: str


def rows() -> Mapping[str, Row]:
    text = (ROOT / "docs" / "safety" / "asvs.toml").read_text(encoding="utf-8")
    return cast("Mapping[str, Mapping[str, Row]]", tomllib.loads(text))["requirement"]


def test_every_requirement_of_both_levels_is_there() -> None:
    found = rows()

    assert hashlib.sha256("\n".join(found).encode()).hexdigest() == IDS
    assert Counter(row["level"] for row in found.values()) == {1: 70, 2: 176}


def test_every_requirement_is_shown_or_has_a_reason_or_is_said_to_be_open() -> None:
    for name, row in rows().items():
        said = [row.get("tests"), row.get("reason"), row.get("open")]
        assert len([one for one in said if one]) == 1, name
        assert 0 < len(row["about"].split()) <= 12, name


def test_every_test_that_a_requirement_names_exists() -> None:
    assert missing([place for row in rows().values() for place in row.get("tests", [])]) == []


def test_what_is_open_is_told_beside_the_safety_case() -> None:
    told = (ROOT / "docs" / "safety" / "README.md").read_text(encoding="utf-8")

    assert [
        name for name, row in rows().items() if "open" in row and f"| {name} |" not in told
    ] == []
