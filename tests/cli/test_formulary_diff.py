"""`formulary diff`: numbers and plans that a change of files changes."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from medplan.cli import main
from medplan.formulary.reading import PACKAGE_FOLDER

EXAMPLE = Path(__file__).parents[2] / "examples" / "acute-back-pain.json"
NAPROXEN = "nz/medicines/naproxen.toml"


def diff(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["formulary", "diff", *map(str, arguments)])


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """The shipped formulary with a lower daily maximum of naproxen in New Zealand."""
    folder = tmp_path / "stricter"
    for room in ("nz", "gb", "shared"):
        shutil.copytree(PACKAGE_FOLDER / room, folder / room)
    file = folder / NAPROXEN
    text = file.read_text(encoding="utf-8")
    assert text.count('value = "1000"') == 1
    file.write_text(text.replace('value = "1000"', 'value = "750"'), encoding="utf-8")
    return folder


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """One case with naproxen, one file that is no case."""
    folder = tmp_path / "cases"
    folder.mkdir()
    request = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    request["courses"] = [
        {"medicine": "naproxen", "regimen": "twice-daily", "days": 5, "dose_mg": "500"}
    ]
    (folder / "back-pain.json").write_text(json.dumps({"request": request}), encoding="utf-8")
    (folder / "other.json").write_text("[]", encoding="utf-8")
    return folder


def test_the_text_shows_old_and_new_numbers_and_the_plans_that_change(
    stricter: Path, cases: Path
) -> None:
    ended = diff(PACKAGE_FOLDER, stricter, "--cases", cases)

    assert ended.exit_code == 0
    lines = ended.stdout.splitlines()
    assert lines[0] == "Formulary NZ: 0 added, 0 removed, 1 changed"
    start = lines.index("NAPROXEN")
    assert lines[start : start + 3] == [
        "NAPROXEN",
        "- limit naproxen-daily changed",
        "    value: 1000 -> 750 (stricter)",
    ]
    assert "Formulary GB: 0 added, 0 removed, 0 changed" in lines
    assert lines[-4:] == [
        "",
        "back-pain",
        "  may no longer be issued",
        "  naproxen-daily:naproxen: absent -> block",
    ]
    assert "Plans: 1 of 1 change" in lines


def test_the_json_holds_the_same(stricter: Path, cases: Path) -> None:
    ended = diff(PACKAGE_FOLDER, stricter, "--cases", cases, "--format", "json")

    assert ended.exit_code == 0
    document = json.loads(ended.stdout)
    zealand, britain = document["formularies"]
    assert zealand["counts"] == {"added": 0, "removed": 0, "changed": 1}
    assert zealand["changes"] == [
        {
            "medicine": "naproxen",
            "kind": "limit",
            "id": "naproxen-daily",
            "change": "changed",
            "direction": None,
            "touches": ["naproxen"],
            "severity_changed": False,
            "source_changed": False,
            "facts": [{"name": "value", "before": "1000", "after": "750", "direction": "stricter"}],
        }
    ]
    assert britain["changes"] == []
    assert document["plans"]["looked_at"] == 1
    (plan,) = document["plans"]["changed"]
    assert (plan["case"], plan["issuable"]) == ("back-pain", {"before": True, "after": False})
    assert (plan["courses"], len(plan["findings"])) == ([], 1)


def test_a_formulary_beside_itself_shows_no_change(cases: Path) -> None:
    ended = diff(PACKAGE_FOLDER, PACKAGE_FOLDER, "--cases", cases, "--format", "json")

    document = json.loads(ended.stdout)
    assert [f["changes"] for f in document["formularies"]] == [[], []]
    assert document["plans"] == {"looked_at": 1, "changed": []}


def test_a_folder_without_a_formulary_is_refused_with_its_name(tmp_path: Path) -> None:
    ended = diff(PACKAGE_FOLDER, tmp_path / "nowhere")

    assert ended.exit_code == 2
    problem = json.loads(ended.stdout)
    assert problem["type"] == "urn:medplan:problem:invalid-formulary"
    assert all(e["pointer"].startswith(str(tmp_path / "nowhere")) for e in problem["errors"])


def test_a_case_that_is_no_json_is_refused_with_its_name(cases: Path) -> None:
    (cases / "broken.json").write_text("{", encoding="utf-8")

    ended = diff(PACKAGE_FOLDER, PACKAGE_FOLDER, "--cases", cases)

    assert ended.exit_code == 2
    assert str(cases / "broken.json") in json.loads(ended.stdout)["errors"][0]["detail"]
