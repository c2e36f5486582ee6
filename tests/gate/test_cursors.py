"""A cursor is good for the list it was written for, and nobody else can write one."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medplan.errors import InvalidRequestError
from medplan.gate.cursors import read_cursor, write_cursor

PLACE = UUID(int=7)
SCOPE = ["org", "draft", "", ""]


def test_a_cursor_leads_back_to_its_place() -> None:
    assert read_cursor("secret", SCOPE, write_cursor("secret", SCOPE, PLACE)) == PLACE


@pytest.mark.parametrize(
    ("secret", "scope"), [("another", SCOPE), ("secret", ["other", "draft", "", ""])]
)
def test_a_cursor_of_another_server_or_list_is_refused(secret: str, scope: list[str]) -> None:
    cursor = write_cursor(secret, scope, PLACE)

    with pytest.raises(InvalidRequestError):
        read_cursor("secret", SCOPE, cursor)


@given(st.text())
def test_what_no_server_wrote_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequestError):
        read_cursor("secret", SCOPE, cursor)


@given(place=st.integers(0, 200), letter=st.sampled_from("Ab0-_."))
def test_an_altered_cursor_is_refused(place: int, letter: str) -> None:
    cursor = write_cursor("secret", SCOPE, PLACE)
    at = place % len(cursor)
    altered = cursor[:at] + letter + cursor[at + 1 :]
    if altered.rstrip() == cursor:
        return

    try:
        found = read_cursor("secret", SCOPE, altered)
    except InvalidRequestError:
        return
    assert found == PLACE  # the last letter of base64 has bits that mean nothing
