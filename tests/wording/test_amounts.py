"""Amounts in words are exact and read as people speak."""

from decimal import Decimal

import pytest

from medplan.model.plan import ProductUnits
from medplan.wording.amounts import mg_text, product_name, strength_text, units_text


@pytest.mark.parametrize(
    ("mg", "words"),
    [("1000", "1,000 mg"), ("7.5", "7.5 mg"), ("0.25", "0.25 mg"), ("12000.50", "12,000.5 mg")],
)
def test_milligrams_are_exact_with_commas_at_thousands(mg: str, words: str) -> None:
    assert mg_text(Decimal(mg)) == words


@pytest.mark.parametrize(
    ("product", "units", "words"),
    [
        ("naproxen-tablet-250", "1", "1 tablet of 250 mg"),
        ("naproxen-tablet-250", "2", "2 tablets of 250 mg"),
        ("diazepam-tablet-2", "0.5", "half a tablet of 2 mg"),
        ("diazepam-tablet-2", "1.5", "1 and a half tablets of 2 mg"),
        ("morphine-mr-tablet-15", "3", "3 modified-release tablets of 15 mg"),
        ("naproxen-ec-tablet-250", "1", "1 gastro-resistant tablet of 250 mg"),
        ("pregabalin-capsule-75", "2", "2 capsules of 75 mg"),
        ("paracetamol-codeine-tablet-500-8", "2", "2 tablets of 500 mg/8 mg"),
        ("morphine-liquid-2", "2.5", "2.5 mL of liquid (2 mg in 1 mL)"),
        ("st-johns-wort-2-tablet-300", "1", "1 tablet of 300 mg"),
    ],
)
def test_units_say_how_many_of_what(product: str, units: str, words: str) -> None:
    assert units_text(ProductUnits(product, Decimal(units))) == words


def test_a_product_is_named_as_it_is_collected() -> None:
    assert product_name("naproxen-tablet-250", "Naproxen") == "Naproxen 250 mg tablets"
    assert product_name("morphine-liquid-2", "Morphine") == "Morphine liquid 2 mg in 1 mL"


def test_what_is_not_a_product_id_is_refused() -> None:
    with pytest.raises(ValueError, match="not a product id"):
        strength_text("naproxen")
