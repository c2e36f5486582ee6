"""The examples that the README points at are requests that medplan takes."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from medplan.documents.plan import dump_plan, read_plan
from medplan.documents.request import read_request
from medplan.formulary.model import Formulary
from medplan.services.planning import plan_and_prove

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.json"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_can_be_issued_as_it_is_and_its_proof_holds(
    path: Path, formularies: Mapping[str, Formulary]
) -> None:
    request = read_request(path.read_bytes(), formularies)
    plan = plan_and_prove(request, formularies[request.jurisdiction])

    assert plan.issuable
    assert [row for row in plan.proof if not row.holds] == []


def test_the_written_plan_of_an_example_is_read_back_as_the_same_plan(
    formularies: Mapping[str, Formulary],
) -> None:
    for path in EXAMPLES:
        request = read_request(path.read_bytes(), formularies)
        plan = plan_and_prove(request, formularies[request.jurisdiction])

        assert read_plan(dump_plan(plan)) == plan
