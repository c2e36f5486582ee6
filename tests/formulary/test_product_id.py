"""A product's id says its medicine, its form and its strengths, and nothing else."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medplan.formulary.model import Form
from medplan.formulary.product_id import ProductId, parse_product_id
from medplan.units import format_decimal

STRENGTHS = st.lists(
    st.decimals("0.01", "9999", places=2).map(Decimal.normalize), min_size=1, max_size=3
).map(tuple)


@given(st.sampled_from(["codeine", "paracetamol-codeine"]), st.sampled_from(Form), STRENGTHS)
def test_an_id_is_read_back_as_it_was_made(
    medicine: str, form: Form, strengths: tuple[Decimal, ...]
) -> None:
    text = "-".join([medicine, form, *map(format_decimal, strengths)])

    assert parse_product_id(text, medicine) == ProductId(medicine, form, strengths)


@pytest.mark.parametrize(
    "text",
    [
        "paracetamol-tablet-500",
        "codeine-tablet",
        "codeine-tablet-",
        "codeine-tablet-15mg",
        "codeine-tablet-.5",
        "codeine-tablet-0",
        "codeine-lozenge-15",
        "codeine-xr-tablet-15",
        "codeine-tablet-15-",
        "codeine-tablet-1.23456",
    ],
)
def test_an_id_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not|has a strength|not a plain"):
        parse_product_id(text, "codeine")
