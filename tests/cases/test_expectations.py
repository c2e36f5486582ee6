"""A case that expects something else is told in what it differs."""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path

import pytest

from medplan.formulary.model import Formulary
from tests.cases.expectations import Case, Wishes, differences, load_cases, outcome

PUBLIC = {case["id"]: case for case in load_cases(Path(__file__).parent / "public")}
WRONG: list[Wishes] = [
    {"exit": 3},
    {"issuable": False},
    {"courses": {"naproxen": {"daily": [("2026-11-23", "2026-11-29", "501")]}}},
    {"courses": {"naproxen": {"daily": [("2026-11-23", "2026-11-28", "500")]}}},
    {"courses": {"naproxen": {"slots": [("2026-11-23", "2026-11-29", {"noon": "500"})]}}},
    {"courses": {"naproxen": {"last_day": "2026-11-30"}}},
    {"courses": {"naproxen": {"first_free_day": "2026-11-29"}}},
    {"courses": {"naproxen": {"ends_in": "review"}}},
    {"courses": {"naproxen": {"role": "laxative"}}},
    {"courses": {"naproxen": {"when_required": True}}},
    {"courses": {"naproxen#2": {}}},
    {"courses": {"ibuprofen": {}}},
    {"supply": {"naproxen-tablet-250": "15"}},
    {"no_course": ["omeprazole"]},
    {"findings": [{"severity": "block"}]},
    {"findings": [{"kind": "interaction", "medicine": "paracetamol"}]},
    {"absent": [{"severity_at_least": "warn"}]},
    {"roles": {"gastroprotection": {"last_day": "2026-11-30"}}},
    {"roles": {"laxative": {}}},
    {"reviews": [{"medicine": "naproxen", "from": "2026-11-24", "to": "2026-11-28"}]},
    {"checks": [{"medicine": "naproxen", "when": "taper"}]},
    {"decisions": [("2026-11-23", "naproxen")]},
    {"opioid_load": [("CDC2022", "2026-11-23", "10")]},
]


@pytest.fixture(scope="module")
def example() -> Case:
    """A plan of paracetamol and naproxen that gets omeprazole with it."""
    return PUBLIC["w02-naproxen-with-ppi"]


@pytest.mark.parametrize("wish", WRONG, ids=str)
def test_a_wrong_wish_is_found(
    wish: Wishes, example: Case, formularies: Mapping[str, Formulary]
) -> None:
    case = deepcopy(example)
    case["expect"] = wish

    assert differences(case, outcome(case, "NZ", formularies)) != []


@pytest.mark.parametrize("named", ["proves", "spares"])
def test_a_row_on_the_wrong_side_is_found(
    named: str, example: Case, formularies: Mapping[str, Formulary]
) -> None:
    case = deepcopy(example)
    if named == "proves":
        case["proves"] = ["N08-naproxen"]
    else:
        case["spares"] = ["N16:naproxen"]

    assert differences(case, outcome(case, "NZ", formularies)) != []


def test_a_problem_that_is_somewhere_else_is_found(formularies: Mapping[str, Formulary]) -> None:
    case = deepcopy(PUBLIC["b01-unknown-medicine"])
    case["expect"] = {"exit": 2, "pointers": ["/patient"]}

    assert differences(case, outcome(case, "NZ", formularies)) != []
