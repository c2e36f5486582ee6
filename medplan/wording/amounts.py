"""Milligrams, tablets and products in plain words.

Numbers are exact: a quantity is written out in full or as halves in words, never rounded.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from medplan.formulary.model import Form
from medplan.model.plan import ProductUnits
from medplan.wording.language import ENGLISH, Language, marked, marked_many

_PRODUCT = re.compile(
    r"(?P<medicine>.+?)-(?P<form>(?:ec-|mr-)?(?:tablet|capsule)|liquid)"
    r"-(?P<strengths>[0-9.]+(?:-[0-9.]+)*)"
)
_HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class _Words:
    """What units of a form are called: several, so many, a half of one, and one and a half.

    Each is a whole phrase, for a translation may need another form of every word in it.
    """

    name: tuple[str, str]
    whole: tuple[str, str]
    half: str
    and_a_half: tuple[str, str]


_FORMS: Mapping[Form, _Words] = {
    Form.TABLET: _Words(
        marked_many("tablet", "tablets"),
        marked_many("{number} tablet", "{number} tablets"),
        marked("half a tablet"),
        marked_many("{number} and a half tablets", "{number} and a half tablets"),
    ),
    Form.EC_TABLET: _Words(
        marked_many("gastro-resistant tablet", "gastro-resistant tablets"),
        marked_many("{number} gastro-resistant tablet", "{number} gastro-resistant tablets"),
        marked("half a gastro-resistant tablet"),
        marked_many(
            "{number} and a half gastro-resistant tablets",
            "{number} and a half gastro-resistant tablets",
        ),
    ),
    Form.MR_TABLET: _Words(
        marked_many("modified-release tablet", "modified-release tablets"),
        marked_many("{number} modified-release tablet", "{number} modified-release tablets"),
        marked("half a modified-release tablet"),
        marked_many(
            "{number} and a half modified-release tablets",
            "{number} and a half modified-release tablets",
        ),
    ),
    Form.CAPSULE: _Words(
        marked_many("capsule", "capsules"),
        marked_many("{number} capsule", "{number} capsules"),
        marked("half a capsule"),
        marked_many("{number} and a half capsules", "{number} and a half capsules"),
    ),
    Form.MR_CAPSULE: _Words(
        marked_many("modified-release capsule", "modified-release capsules"),
        marked_many("{number} modified-release capsule", "{number} modified-release capsules"),
        marked("half a modified-release capsule"),
        marked_many(
            "{number} and a half modified-release capsules",
            "{number} and a half modified-release capsules",
        ),
    ),
    Form.EC_CAPSULE: _Words(
        marked_many("gastro-resistant capsule", "gastro-resistant capsules"),
        marked_many("{number} gastro-resistant capsule", "{number} gastro-resistant capsules"),
        marked("half a gastro-resistant capsule"),
        marked_many(
            "{number} and a half gastro-resistant capsules",
            "{number} and a half gastro-resistant capsules",
        ),
    ),
}


def number_text(value: Decimal, language: Language = ENGLISH) -> str:
    """A number with its thousands parted: `1,000`, `7.5`."""
    return language.number(value)


def mg_text(mg: Decimal, language: Language = ENGLISH) -> str:
    """Milligrams: `1,000 mg`."""
    return language.say("{number} mg", number=number_text(mg, language))


def hours_text(hours: Decimal, language: Language = ENGLISH) -> str:
    """A number of hours: `1 hour`, `6 hours`."""
    number = number_text(hours, language)
    return language.say_many("{number} hour", "{number} hours", _plural(hours), number=number)


def strength_text(product: str, language: Language = ENGLISH) -> str:
    """What one unit of a product holds: `250 mg`, `500 mg/8 mg`, `2 mg in 1 mL`."""
    _, form, strengths = _parts(product)
    amounts = "/".join(mg_text(Decimal(s), language) for s in strengths)
    return language.say("{amount} in 1 mL", amount=amounts) if form is Form.LIQUID else amounts


def form_text(product: str, units: Decimal, language: Language = ENGLISH) -> str:
    """What a number of a product's units is called: `tablet`, `capsules`, `mL`."""
    _, form, _ = _parts(product)
    if form is Form.LIQUID:
        return language.say("mL")
    return language.say_many(*_FORMS[form].name, _plural(units))


def form_of(product: str) -> Form:
    """What a product is: a tablet, a capsule, a liquid."""
    return _parts(product)[1]


def count_text(part: ProductUnits, language: Language = ENGLISH) -> str:
    """How many units: `2 tablets`, `half a tablet`, `2.5 mL of liquid`."""
    _, form, _ = _parts(part.product)
    number = number_text(part.units, language)
    if form is Form.LIQUID:
        return language.say("{number} mL of liquid", number=number)
    words = _FORMS[form]
    whole, half = divmod(part.units, 1)
    if half != _HALF:
        return language.say_many(*words.whole, _plural(part.units), number=number)
    if not whole:
        return language.say(words.half)
    number = number_text(whole, language)
    return language.say_many(*words.and_a_half, int(whole), number=number)


def units_text(part: ProductUnits, language: Language = ENGLISH) -> str:
    """How many units of what strength: `2 tablets of 500 mg`, `half a tablet of 15 mg`."""
    count, strength = count_text(part, language), strength_text(part.product, language)
    if _parts(part.product)[1] is Form.LIQUID:
        return language.say("{count} ({strength})", count=count, strength=strength)
    return language.say("{count} of {strength}", count=count, strength=strength)


def product_name(product: str, medicine_name: str, language: Language = ENGLISH) -> str:
    """A product for a person who collects it: `Naproxen 250 mg tablets`."""
    _, form, _ = _parts(product)
    strength = strength_text(product, language)
    if form is Form.LIQUID:
        return language.say(
            "{medicine} liquid {strength}", medicine=medicine_name, strength=strength
        )
    return language.say(
        "{medicine} {strength} {forms}",
        medicine=medicine_name,
        strength=strength,
        forms=form_text(product, Decimal(2), language),
    )


def _plural(number: Decimal) -> int:
    """The whole number whose plural a quantity takes: a half takes that of one."""
    return 1 if number <= 1 else int(number.to_integral_value(rounding=ROUND_CEILING))


def _parts(product: str) -> tuple[str, Form, list[str]]:
    match = _PRODUCT.fullmatch(product)
    if match is None:
        msg = f"{product} is not a product id"
        raise ValueError(msg)
    return match["medicine"], Form(match["form"]), match["strengths"].split("-")
