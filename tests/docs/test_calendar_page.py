"""The page about calendars names tests that exist, on every row."""

import re

from tests.docs.test_safety_case import ROOT, missing

PAGE = (ROOT / "docs" / "reference" / "calendar.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \|(.*)\|$", PAGE, re.MULTILINE)


def test_every_row_names_a_test() -> None:
    assert [int(number) for number, _ in ROWS] == list(range(1, len(ROWS) + 1))
    assert [number for number, row in ROWS if "::test_" not in row] == []


def test_every_test_that_the_page_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py::\w+)`", PAGE)

    assert len(named) > len(ROWS)
    assert missing(named) == []
