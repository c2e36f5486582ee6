"""What the access matrix grants: exactly its rows, as far as they reach, narrowed by scopes."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medplan.services.access import MATRIX, Caller, Reach, Right, Role, may, require
from medplan.services.access.matrix import read_matrix
from medplan.services.refusals import NotAllowedError, NotFoundError
from medplan.store.ids import new_id

NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
PLAN, OTHER = new_id(NOW), new_id(NOW)


def caller(role: Role) -> Caller:
    """Somebody of this role, with a plan of their own and another that they have opened."""
    return Caller(new_id(NOW), new_id(NOW), role, NOW, plan_id=PLAN, opened=frozenset({PLAN}))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("right", Right)
def test_a_role_may_what_its_row_says_and_nothing_else(role: Role, right: Right) -> None:
    reach = MATRIX.roles[role].get(right)

    assert may(caller(role), right, PLAN) == (reach is not None)
    assert may(caller(role), right, OTHER) == (reach is Reach.ORGANISATION)
    assert may(caller(role), right) == (reach is Reach.ORGANISATION)


@given(role=st.sampled_from(Role), scopes=st.frozensets(st.sampled_from(sorted(MATRIX.scopes))))
def test_scopes_only_ever_take_away(role: Role, scopes: frozenset[str]) -> None:
    whole = caller(role)
    narrowed = replace(whole, scopes=scopes)

    held = {right for right in Right if may(narrowed, right, PLAN)}

    named = {right for word in scopes for right in MATRIX.scopes[word]}
    assert held == {right for right in named if may(whole, right, PLAN)}


def test_an_unknown_scope_grants_nothing() -> None:
    lost = replace(caller(Role.PRESCRIBER), scopes=frozenset({"everything"}))

    assert not any(may(lost, right, PLAN) for right in Right)


def test_another_plan_does_not_exist_for_a_patients_link() -> None:
    with pytest.raises(NotFoundError):
        require(caller(Role.PATIENT), Right.READ_PLANS, OTHER)
    with pytest.raises(NotAllowedError):
        require(caller(Role.PATIENT), Right.READ_PLANS)


@pytest.mark.parametrize(
    "text",
    [
        "[roles.nobody]\n[scopes]\n",
        '[roles.patient]\nfly = "organisation"\n[scopes]\n',
        '[roles.patient]\nread-plans = "everywhere"\n[scopes]\n',
        '[roles.patient]\n[scopes]\nx = ["fly"]\n',
    ],
)
def test_a_matrix_with_an_unknown_word_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        read_matrix(text)
