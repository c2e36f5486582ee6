"""Every value of a file is found again on its line."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from medplan.formulary.files import Document, Steps, read_jurisdiction
from medplan.formulary.reading import PACKAGE_FOLDER
from tests.formulary.folders import FIXTURE

TEXT = '''\
# a note
id = "a"
words = { text = "b = 1", source = "c" }
long = """
not_a_key = 1
[not_a_table]
"""
list = [
    "one = 1",
    "two",
]

[[row]]
"quoted" = 1
  [row.group]
  age = 2

[[row]]   # another
  [[row.part]]
  days = 3
  [[row.part]]
  days = 4

[table.inner]
deep.key = 5
raw = \'\'\'
not_a_key_either = 1
\'\'\'
last = "\'\'"
"list" = 6
'''


def leaves(value: object, steps: Steps = ()) -> Iterator[tuple[Steps, object]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, (*steps, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*steps, index))
    else:
        yield steps, value


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        ((), 1),
        (("unknown",), 1),
        (("id",), 2),
        (("words",), 3),
        (("words", "source"), 3),
        (("long",), 4),
        (("list",), 8),
        (("list", 1), 8),
        (("row", 0), 13),
        (("row", 0, "quoted"), 14),
        (("row", 0, "missing"), 13),
        (("row", 0, "group"), 15),
        (("row", 0, "group", "age"), 16),
        (("row", 1), 18),
        (("row", 1, "part", 0, "days"), 20),
        (("row", 1, "part", 1), 21),
        (("row", 1, "part", 1, "days"), 22),
        (("table", "inner", "deep", "key"), 25),
        (("table", "inner", "raw"), 26),
        (("table", "inner", "not_a_key_either"), 24),
        (("table", "inner", "last"), 29),
        (("table", "inner", "list"), 30),
    ],
)
def test_a_place_has_its_line(steps: Steps, line: int) -> None:
    content = TEXT.encode()

    assert Document("a.toml", content, tomllib.loads(TEXT)).line(steps) == line


@pytest.mark.parametrize("folder", [FIXTURE, PACKAGE_FOLDER], ids=["fixture", "shipped"])
@pytest.mark.parametrize("jurisdiction", ["NZ", "GB"])
def test_every_value_of_a_file_stands_on_the_line_it_is_said_to(
    folder: Path, jurisdiction: str
) -> None:
    documents, faults = read_jurisdiction(folder, jurisdiction)
    found = [
        (document.path, steps)
        for document in documents
        for steps, value in leaves(document.tables)
        if isinstance(value, str) and not isinstance(steps[-1], int)
        if value not in document.content.decode().split("\n")[document.line(steps) - 1]
    ]

    assert (found, faults) == ([], [])
