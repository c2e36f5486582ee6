"""The how-to on adding a medicine names every key there is, and its example is a medicine."""

import re
from pathlib import Path

from marshmallow import Schema

from medplan.formulary.loader import load_formulary
from medplan.formulary.schema_rules import RuleCheck
from medplan.formulary.schema_shared import CitedRow, Row
from tests.formulary.folders import Change, changed

HOW_TO = (Path(__file__).parents[2] / "docs/how-to/add-a-medicine.md").read_text()
EXAMPLE = re.compile(r"```toml\n# (?P<path>\S+\.toml)\n(?P<text>.*?)```", re.DOTALL)


def schemas(kind: type[Row]) -> set[type[Schema]]:
    return {kind}.union(*(schemas(inner) for inner in kind.__subclasses__()))


def test_it_names_every_key_of_every_table() -> None:
    keys = {
        field.data_key or name for schema in schemas(Row) for name, field in schema().fields.items()
    }
    prose = re.sub(r"```.*?```", "", HOW_TO, flags=re.DOTALL)
    named = {word for code in re.findall(r"`([^`]+)`", prose) for word in re.findall(r"\w+", code)}

    assert sorted(keys - named) == []
    assert set(CitedRow().fields) <= named


def test_it_names_every_check_of_a_rule() -> None:
    assert [check for check in RuleCheck if f"`{check}`" not in HOW_TO] == []


def test_its_example_can_be_loaded(tmp_path: Path) -> None:
    files = {match["path"]: match["text"] for match in EXAMPLE.finditer(HOW_TO)}
    folder = changed(tmp_path, *(Change(path, "", text) for path, text in files.items()))

    formulary = load_formulary("NZ", folder)

    achelin = formulary.medicines["achelin"]
    assert [limit.id for limit in achelin.limits] == [
        "achelin-daily",
        "achelin-gap",
        "achelin-daily-older",
    ]
    assert [rule.id for rule in formulary.rules_by_medicine["achelin"]] == ["ACHELIN-1", "R1"]
    assert [check.id for check in formulary.checks_by_medicine["achelin"]] == ["ACHELIN-SE", "C1"]
