"""Milligrams, tablets and products in plain words.

Numbers are exact: a quantity is written out in full or as halves in words, never rounded.
"""

import re
from decimal import Decimal

from medplan.formulary.model import Form
from medplan.model.plan import ProductUnits
from medplan.units import format_decimal

_PRODUCT = re.compile(
    r"(?P<medicine>.+?)-(?P<form>(?:ec-|mr-)?(?:tablet|capsule)|liquid)"
    r"-(?P<strengths>[0-9.]+(?:-[0-9.]+)*)"
)
_HALF = Decimal("0.5")
_FORM_NAMES = {
    Form.TABLET: "tablet",
    Form.EC_TABLET: "gastro-resistant tablet",
    Form.MR_TABLET: "modified-release tablet",
    Form.CAPSULE: "capsule",
    Form.MR_CAPSULE: "modified-release capsule",
    Form.EC_CAPSULE: "gastro-resistant capsule",
}


def number_text(value: Decimal) -> str:
    """A number with a comma at each thousand: `1,000`, `7.5`."""
    whole, _, rest = format_decimal(value).partition(".")
    return f"{int(whole):,}" + (f".{rest}" if rest else "")


def mg_text(mg: Decimal) -> str:
    """Milligrams: `1,000 mg`."""
    return f"{number_text(mg)} mg"


def hours_text(hours: Decimal) -> str:
    """A number of hours: `1 hour`, `6 hours`."""
    return f"{number_text(hours)} {_plural('hour', hours)}"


def strength_text(product: str) -> str:
    """What one unit of a product holds: `250 mg`, `500 mg/8 mg`, `2 mg in 1 mL`."""
    _, form, strengths = _parts(product)
    amounts = "/".join(mg_text(Decimal(s)) for s in strengths)
    return f"{amounts} in 1 mL" if form is Form.LIQUID else amounts


def form_text(product: str, units: Decimal) -> str:
    """What a number of a product's units is called: `tablet`, `capsules`, `mL`."""
    _, form, _ = _parts(product)
    return "mL" if form is Form.LIQUID else _plural(_FORM_NAMES[form], units)


def units_text(part: ProductUnits) -> str:
    """How many units of what strength: `2 tablets of 250 mg`, `half a tablet of 15 mg`."""
    form, strength = form_text(part.product, part.units), strength_text(part.product)
    if form == "mL":
        return f"{number_text(part.units)} mL of liquid ({strength})"
    return f"{_count(part.units, form)} of {strength}"


def product_name(product: str, medicine_name: str) -> str:
    """A product for a person who collects it: `Naproxen 250 mg tablets`."""
    _, form, _ = _parts(product)
    if form is Form.LIQUID:
        return f"{medicine_name} liquid {strength_text(product)}"
    return f"{medicine_name} {strength_text(product)} {form_text(product, Decimal(2))}"


def _count(units: Decimal, form: str) -> str:
    whole, half = divmod(units, 1)
    if half != _HALF:
        return f"{number_text(units)} {form}"
    return f"half a {form}" if not whole else f"{number_text(whole)} and a half {form}"


def _plural(word: str, number: Decimal) -> str:
    return word if number <= 1 else f"{word}s"


def _parts(product: str) -> tuple[str, Form, list[str]]:
    match = _PRODUCT.fullmatch(product)
    if match is None:
        msg = f"{product} is not a product id"
        raise ValueError(msg)
    return match["medicine"], Form(match["form"]), match["strengths"].split("-")
