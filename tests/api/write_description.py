"""Writes the examples of answers, and `docs/openapi.json`, anew: run by `make api-docs` only."""

import json
from pathlib import Path

from config import Config
from medplan.app import create_app
from tests.api.playing import Player
from tests.api.practice import Practice

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = ROOT / "medplan" / "api" / "example_files" / "answers.json"
SNAPSHOT = ROOT / "docs" / "openapi.json"
_REFERENCE = "#/components/schemas/"
BINARY = frozenset({"application/pdf"})
_NOT_KEPT = frozenset({"Description", "read_metrics"})
_MOST_ITEMS = 2
_MOST_LINES = 20


def test_write_examples(practice: Practice) -> None:
    """Play every operation once and keep the first answer of each kind, cut short."""
    player = Player(practice)
    kept: dict[str, object] = {}
    for path, method, operation in player.operations():
        answer = player.play(path, method, operation)
        content = operation["responses"].get(str(answer.status_code), {}).get("content", {})
        for described in content.values():
            component = described["schema"].get("$ref", "").removeprefix(_REFERENCE)
            name = component or operation["operationId"]
            if name not in _NOT_KEPT | kept.keys() and answer.mimetype not in BINARY:
                kept[name] = shortened(answer.get_json() if component else answer.text)
    write(ANSWERS, kept)


def test_write_snapshot(practice: Practice) -> None:
    """Keep the whole description as it is now."""
    app = create_app(Config(database_url=str(practice.database.url)))
    write(SNAPSHOT, app.test_client().get("/openapi.json").get_json())


def write(file: Path, document: object) -> None:
    """Write a JSON file in an order that stays."""
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    file.write_text(text + "\n", encoding="utf-8")


def shortened(value: object) -> object:
    """Cut lists to two and texts to twenty lines."""
    if isinstance(value, dict):
        return {name: shortened(member) for name, member in value.items()}
    if isinstance(value, list):
        return [shortened(item) for item in value[:_MOST_ITEMS]]
    if isinstance(value, str) and value.count("\n") > _MOST_LINES:
        return "\n".join([*value.splitlines()[:_MOST_LINES], "…"])
    return value
