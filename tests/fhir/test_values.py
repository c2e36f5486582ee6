"""Resources as JSON text: every digit as it was, and nothing that FHIR has no word for."""

import json
from decimal import Decimal

import pytest

from medplan.documents.json_text import read_json
from medplan.fhir.values import Resource, without_nothing, write_json


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("2.5"), "2.5"),
        (Decimal("0.1"), "0.1"),
        (Decimal("12345678901234567890.123456789"), "12345678901234567890.123456789"),
        (Decimal("1E+3"), "1000"),
        (Decimal("500.00"), "500"),
        (Decimal("0.0001"), "0.0001"),
    ],
)
def test_a_decimal_is_written_digit_by_digit(value: Decimal, text: str) -> None:
    assert write_json({"value": value}) == f'{{"value":{text}}}\n'


def test_what_is_written_is_json_and_reads_back_as_it_was() -> None:
    value: Resource = {
        "text": 'ū "quoted" \n line',
        "yes": True,
        "list": [1, Decimal("0.25"), None, {}],
        "empty": [],
    }

    assert read_json(write_json(value)) == value
    assert json.loads(write_json(value))["text"] == value["text"]


def test_nothing_is_left_out_but_nought_and_false_are_something() -> None:
    said: Resource = {"a": None, "b": [], "c": {}, "d": "", "e": 0, "f": False}

    assert without_nothing(said) == {"e": 0, "f": False}
