"""A product's id says what it is: `<medicine>-<form>-<mg per unit>`.

Strengths of a combination follow each other (`-500-8`); a liquid's is mg per mL.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from medplan.formulary.model import Form
from medplan.units import parse_decimal

_TAIL = re.compile(
    r"(?P<form>(?:ec-|mr-)?tablet|(?:ec-|mr-)?capsule|liquid)"
    r"-(?P<strengths>[0-9]+(?:\.[0-9]+)?(?:-[0-9]+(?:\.[0-9]+)?)*)"
)


@dataclass(frozen=True, slots=True)
class ProductId:
    """The parts of a product's id; `strengths_mg` in the order of the medicine's ingredients."""

    medicine: str
    form: Form
    strengths_mg: tuple[Decimal, ...]


def parse_product_id(text: str, medicine: str) -> ProductId:
    """Read the id of one of the medicine's products.

    Raises:
        ValueError: the id isn't of that medicine, or names no form or strength. The author is at
            fault.
    """
    prefix = f"{medicine}-"
    match = _TAIL.fullmatch(text.removeprefix(prefix)) if text.startswith(prefix) else None
    if match is None:
        msg = f"is not {medicine}-<form>-<mg per unit>, with a form of {', '.join(Form)}"
        raise ValueError(msg)
    strengths = tuple(parse_decimal(number) for number in match["strengths"].split("-"))
    if not all(strengths):
        msg = "has a strength of 0 mg"
        raise ValueError(msg)
    return ProductId(medicine, Form(match["form"]), strengths)
