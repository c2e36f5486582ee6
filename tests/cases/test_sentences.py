"""A finding of each sort says to the prescriber what `sentences.toml` says, to the letter."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NotRequired, TypedDict

import pytest

from medplan.formulary.model import Formulary
from medplan.model.plan import Finding
from tests.cases.expectations import load_cases, outcome

HERE = Path(__file__).parent
CASES = {case["id"]: case for name in ("public", "rules") for case in load_cases(HERE / name)}


class Said(TypedDict):
    """A finding, and the case and country in which it comes."""

    case: str
    country: str
    code: str
    kind: str
    severity: str
    medicines: Sequence[str]
    message: str
    suggestion: NotRequired[str]
    sources: Sequence[str]


SAID: Sequence[Said] = tomllib.loads((HERE / "sentences.toml").read_text("utf-8"))["said"]


@pytest.mark.parametrize("said", SAID, ids=lambda said: said["code"])
def test_a_finding_says_these_words(said: Said, formularies: Mapping[str, Formulary]) -> None:
    plan = outcome(CASES[said["case"]], said["country"], formularies).plan

    findings = plan.findings if plan else ()
    assert [read(said, f) for f in findings if f.code == said["code"]] == [said]


def read(said: Said, found: Finding) -> Said:
    """The finding as the file would say it."""
    written = Said(
        case=said["case"],
        country=said["country"],
        code=found.code,
        kind=found.kind.value,
        severity=found.severity.value,
        medicines=list(found.medicines),
        message=found.message,
        sources=[citation.source for citation in found.sources],
    )
    return written if found.suggestion is None else {**written, "suggestion": found.suggestion}
