"""Every case of the project, the public ones and those that try one row of the notes each."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from medplan.formulary.model import Formulary
from tests.cases.expectations import Case, countries, differences, load_cases, outcome

HERE = Path(__file__).parent
PUBLIC = load_cases(HERE / "public")
RULES = load_cases(HERE / "rules")
TRIED = [
    pytest.param(case, country, id=f"{case['id']}-{country}")
    for case in (*PUBLIC, *RULES)
    for country in countries(case)
]


@pytest.mark.parametrize(("case", "country"), TRIED)
def test_a_case_comes_out_as_it_expects(
    case: Case, country: str, formularies: Mapping[str, Formulary]
) -> None:
    assert differences(case, outcome(case, country, formularies)) == []


@pytest.mark.parametrize("folder", ["public", "rules"])
def test_a_case_is_named_as_its_file(folder: str) -> None:
    names = [path.stem for path in sorted((HERE / folder).glob("*.json"))]

    assert [case["id"] for case in load_cases(HERE / folder)] == names
