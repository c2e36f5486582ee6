"""The page about the architecture says of the rooms what `pyproject.toml` holds them to."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_who_may_import_whom_is_as_the_linter_has_it() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (layers,) = (
        contract["layers"]
        for contract in settings["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    )
    (shown,) = (b for b in re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL) if "__main__" in b)

    assert [re.sub(r"[()]", "", layer) for layer in layers] == shown.splitlines()


def test_every_room_has_its_row() -> None:
    rooms = {
        path.stem if path.suffix else f"{path.name}/"
        for path in (ROOT / "medplan").iterdir()
        if path.suffix == ".py" or (path.is_dir() and path.name != "__pycache__")
    }
    rows = {
        name.removesuffix(".py")
        for row in re.findall(r"^\| (`[^|]*) \|", PAGE, re.MULTILINE)
        for name in re.findall(r"`([^`]+)`", row)
    }

    assert rooms - rows == {"__init__", "__main__"}
