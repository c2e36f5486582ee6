"""Ids sort by age, have one spelling, and say what they name."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medplan.store.ids import PLAN, new_id, read_id, write_id

NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)


def test_an_id_is_a_version_7_uuid() -> None:
    made = new_id(NOW)

    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(NOW.timestamp() * 1000)


@given(later=st.integers(1, 10**9))
def test_a_later_id_sorts_after_an_earlier_one(later: int) -> None:
    first, second = new_id(NOW), new_id(NOW + timedelta(milliseconds=later))

    assert first < second
    assert write_id(PLAN, first) < write_id(PLAN, second)


@given(st.uuids())
def test_what_is_written_is_read_back(row_id: UUID) -> None:
    assert read_id(PLAN, write_id(PLAN, row_id)) == row_id


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pln_",
        "fed_00000000000000000000000000",
        "pln_0000000000000000000000000",
        "pln_000000000000000000000000000",
        "pln_0000000000000000000000000U",
        "pln_0000000000000000000000000u",
        "pln_80000000000000000000000000",
        "pln_0000000000000000000000000\n",
        "PLN_00000000000000000000000000",
    ],
)
def test_every_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an id"):
        read_id(PLAN, text)
