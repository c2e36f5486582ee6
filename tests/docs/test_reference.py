"""The generated pages of the reference say what the code says, and the others forget nothing."""

import re
from pathlib import Path

import click

from config import VARIABLES
from docs.generate_reference import FOLDER, pages
from medplan.cli import main
from tests.deploy.variables import variables_in

ROOT = Path(__file__).parents[2]


def test_the_pages_are_as_make_docs_writes_them() -> None:
    stale = [n for n, text in pages().items() if (FOLDER / n).read_text("utf-8") != text]

    assert stale == [], "run make docs"


def test_every_variable_that_is_read_is_told_and_no_other() -> None:
    reading = (ROOT / "config.py").read_text(encoding="utf-8").partition("\nVARIABLES = ")[0]

    assert {one.name for one in VARIABLES} == variables_in(reading)


def test_every_command_is_told() -> None:
    text = (FOLDER / "command-line.md").read_text(encoding="utf-8")

    assert [
        name for name in main.list_commands(click.Context(main)) if f"## {name}" not in text
    ] == []


def test_every_metric_and_every_field_of_a_line_is_told() -> None:
    text = (FOLDER / "operation.md").read_text(encoding="utf-8")
    logs = (ROOT / "medplan/gate/logs.py").read_text(encoding="utf-8")
    metrics = (ROOT / "medplan/gate/metrics.py").read_text(encoding="utf-8")
    fields = re.findall(r"^        (\w+)=", logs.partition("def log_fault")[2], re.MULTILINE)
    names = re.findall(r'"(?:medplan_)?(\w+)", "[A-Z][^"]+\."', metrics)
    names += re.findall(r'"medplan_(\w+)",', metrics)

    code = "".join(p.read_text("utf-8") for p in (ROOT / "medplan").rglob("*.py"))
    fields += re.findall(r'_log\.(?:info|warning|error)\(\s*"([a-z-]+)"', code)
    fields += re.findall(r'"(task-[a-z-]+)"', code)

    assert len(fields) > 15
    assert len(names) > 7
    assert [name for name in fields if f"`{name}`" not in text] == []
    assert [name for name in names if f"medplan_{name}" not in text] == []
