"""Every decision that a row cites is written down."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CITED = re.compile(r'"project-decision#([a-z0-9-]+)"')


def test_every_decision_that_a_row_cites_is_written_down() -> None:
    text = (ROOT / "docs" / "clinical-decisions.md").read_text(encoding="utf-8")
    written = set(re.findall(r"^## (ruling-\d+)", text, re.MULTILINE)) | set(
        re.findall(r"^\| `([a-z0-9-]+)` \|", text, re.MULTILINE)
    )
    cited = {
        found
        for path in (ROOT / "medplan" / "formulary").rglob("*.toml")
        for found in CITED.findall(path.read_text(encoding="utf-8"))
    }

    assert cited - written == set()
