"""The plans of every example in the repository, made once."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from medplan.documents.request import read_request
from medplan.formulary.loader import load_formulary
from medplan.formulary.model import Formulary
from medplan.model.plan import Plan
from medplan.services.planning import plan_and_prove

FOLDER = Path(__file__).parents[3] / "examples"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


@cache
def both_formularies() -> Mapping[str, Formulary]:
    """The shipped formularies."""
    return {jurisdiction: load_formulary(jurisdiction) for jurisdiction in ("NZ", "GB")}


@cache
def example(name: str) -> Plan:
    """The plan of one example."""
    request = read_request((FOLDER / f"{name}.json").read_bytes(), both_formularies())
    return plan_and_prove(request, both_formularies()[request.jurisdiction])
