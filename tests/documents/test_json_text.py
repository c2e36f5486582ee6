"""What strict JSON reading takes and refuses."""

import contextlib
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medplan.documents.json_text import MOST_BYTES, JsonValue, child, read_json, survey_json
from medplan.errors import InvalidRequestError, Problem

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
_SCALARS = st.none() | st.booleans() | st.integers(-(10**18) + 1, 10**18 - 1) | _TEXT
_VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    _SCALARS,
    lambda v: st.lists(v, max_size=4) | st.dictionaries(_TEXT, v, max_size=4),
    max_leaves=20,
)


def _faults(text: str | bytes) -> tuple[tuple[str, str], ...]:
    with pytest.raises(InvalidRequestError) as caught:
        read_json(text)
    return tuple((p.pointer, p.code) for p in caught.value.problems)


@given(_VALUES)
def test_what_json_wrote_is_read_back_as_it_was(value: JsonValue) -> None:
    assert read_json(json.dumps(value)) == value
    assert read_json(json.dumps(value, ensure_ascii=False).encode()) == value


_WRITTEN = st.recursive(
    st.sampled_from(
        ["0", "-1", "1.0", "-2.50", "1e3", "12E-2", "true", "null", '"a"', r'"\u00e9"']
    ),
    lambda v: (
        st.lists(v, max_size=3).map(lambda inner: f"[{', '.join(inner)}]")
        | st.dictionaries(st.sampled_from(['"a"', '"b"', '"c"']), v, max_size=3).map(
            lambda inner: f"{{{', '.join(f'{k}: {x}' for k, x in inner.items())}}}"
        )
    ),
    max_leaves=12,
)


@given(_WRITTEN)
def test_a_fault_beside_it_changes_nothing_of_what_is_read(text: str) -> None:
    beside, problems = survey_json(f"[{text}, NaN]")

    assert isinstance(beside, list)
    assert repr(beside[0]) == repr(read_json(text))
    assert [(p.pointer, p.code) for p in problems] == [("/1", "bad-number")]


@pytest.mark.parametrize("text", [r'"\\u0000"', r'"\\ud800"'])
def test_what_only_looks_like_no_text_is_read(text: str) -> None:
    assert read_json(text) == json.loads(text)


def test_a_fraction_is_an_exact_decimal() -> None:
    assert read_json("[0.1, -2.50, 1e3]") == [Decimal("0.1"), Decimal("-2.50"), Decimal("1e3")]


@pytest.mark.parametrize(
    "number",
    ["NaN", "Infinity", "-Infinity", "1e400", "1e-400", "9" * 19, "9" * 5000, "0." + "3" * 40],
)
def test_a_number_that_is_none_is_refused_at_its_place(number: str) -> None:
    assert _faults(f'{{"a": [1, {{"b": {number}}}]}}') == (("/a/1/b", "bad-number"),)


def test_every_fault_is_told_at_once() -> None:
    text = r'{"a": NaN, "b": "\u0000", "c": "\ud800", "d": 1, "d": 2, "e~/": Infinity}'

    assert _faults(text) == (
        ("/a", "bad-number"),
        ("/b", "bad-text"),
        ("/c", "bad-text"),
        ("/d", "duplicate-key"),
        ("/e~0~1", "bad-number"),
    )


def test_a_key_that_is_not_text_or_far_too_long_is_refused_where_it_stands() -> None:
    assert _faults(r'{"a": {"\udc00": 1}}') == (("/a", "bad-key"),)
    assert _faults(json.dumps({"a": {"k" * 101: 1}})) == (("/a", "bad-key"),)


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert read_json(r'"\ud83d\udc8a"') == "\U0001f48a"


@pytest.mark.parametrize("depth", [21, 900, 10_000, 100_000])
def test_nesting_without_end_is_refused(depth: int) -> None:
    codes = {code for _, code in _faults("[" * depth + "]" * depth)}

    assert codes == {"too-deep"}


def test_text_over_256_kb_is_refused_and_text_of_256_kb_is_read() -> None:
    just_right = '"' + "a" * (MOST_BYTES - 2) + '"'

    assert read_json(just_right) == "a" * (MOST_BYTES - 2)
    assert _faults(just_right + " ") == (("", "too-large"),)
    assert _faults(b"[" + b"1," * 5_000_000 + b"1]") == (("", "too-large"),)


@pytest.mark.parametrize("data", [b"\xff\xfe{\x00}\x00", b'"\xe9"', "\ud800"])
def test_text_that_is_not_utf8_is_refused(data: str | bytes) -> None:
    assert _faults(data) == (("", "not-utf8"),)


@pytest.mark.parametrize(
    "text", ["", " ", "{", "{} {}", "{'a': 1}", "[1,]", "\ufeff{}", "01", "+1", ".5"]
)
def test_text_that_is_not_json_is_refused_with_line_and_column(text: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        read_json(text)

    (problem,) = caught.value.problems
    assert (problem.pointer, problem.code) == ("", "not-json")
    assert "line 1, column" in problem.detail


def test_a_flood_of_faults_is_told_up_to_a_hundred() -> None:
    assert len(_faults("[" + "NaN," * 5000 + "NaN]")) == 100


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_whatever_is_sent_is_read_or_refused(sent: str | bytes) -> None:
    with contextlib.suppress(InvalidRequestError):
        read_json(sent)


def test_a_pointer_escapes_what_rfc_6901_says() -> None:
    assert child("/a", "b/c~d") == "/a/b~1c~0d"
    assert Problem(child("", 0), "x", "y").pointer == "/0"
