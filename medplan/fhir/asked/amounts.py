"""How much: the amount of a dose, and the most in 24 hours, in exact milligrams.

An amount is in milligrams, or in units of a product whose strength is known. Where two members say
the same thing twice (a code and its words, milligrams and tablets), they must agree.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from medplan.fhir.asked.medicines import Meant
from medplan.fhir.element import Element
from medplan.fhir.packs import Pack
from medplan.fhir.values import TERMINOLOGY, UCUM
from medplan.formulary.model import Form
from medplan.formulary.product_id import parse_product_id

_MASSES = {"mg": Decimal(1), "g": Decimal(1000), "ug": Decimal("0.001")}
_UNIT_SYSTEM = f"{TERMINOLOGY}/v3-orderableDrugForm"
_TABLETS = frozenset({Form.TABLET, Form.EC_TABLET, Form.MR_TABLET})
_CAPSULES = frozenset({Form.CAPSULE, Form.EC_CAPSULE, Form.MR_CAPSULE})
_FORMS: Mapping[str, frozenset[Form]] = {
    "tablet": _TABLETS, "capsule": _CAPSULES, "mL": frozenset({Form.LIQUID}),
    "unit": _TABLETS | _CAPSULES,
    "ec-tablet": frozenset({Form.EC_TABLET}), "mr-tablet": frozenset({Form.MR_TABLET}),
    "ec-capsule": frozenset({Form.EC_CAPSULE}), "mr-capsule": frozenset({Form.MR_CAPSULE}),
}  # fmt: skip
_FORM_CODES = {
    "TAB": "tablet", "ECTAB": "ec-tablet", "ERTAB": "mr-tablet", "CAP": "capsule",
    "ENTCAP": "ec-capsule", "ERCAP": "mr-capsule",
}  # fmt: skip
_UCUM = {"mg": "mg", "g": "g", "ug": "ug", "mL": "mL", "ml": "mL", "1": "unit"}
_SAME_WORDS = {
    "mg": ("mg", "milligram", "milligrams"),
    "g": ("g", "gram", "grams"),
    "ug": ("ug", "mcg", "\N{MICRO SIGN}g", "\N{GREEK SMALL LETTER MU}g", "microgram", "micrograms"),
    "mL": ("ml", "millilitre", "millilitres", "milliliter", "milliliters"),
    "tablet": ("tablet", "tablets", "tab", "tabs"),
    "capsule": ("capsule", "capsules", "cap", "caps"),
}
_WORDS = {word: meaning for meaning, words in _SAME_WORDS.items() for word in words}
# What may stand before `tablet` without making it another amount.
_OF_A_FORM = {
    "oral", "film-coated", "coated", "gastro-resistant", "enteric-coated", "modified-release",
    "prolonged-release", "extended-release", "soluble", "dispersible",
}  # fmt: skip
_REMARK = re.compile(r"\s+-\s|\s*\(")
_ANOTHER_AMOUNT = re.compile(r"\d|half|quarter|third|[\u00bc-\u00be\u2150-\u215f]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Amount:
    """Milligrams, and whether they were told as units, and as half of one."""

    mg: Decimal
    counted: bool
    halves: bool


def dose_amount(dosage: Element, medicine: Meant, pack: Pack) -> Amount | None:
    """One dose of an instruction; several amounts must be the same one."""
    found: list[Amount] = []
    for one in dosage.children("doseAndRate"):
        one.leave("type")
        dose = one.child("doseQuantity")
        if dose is None:
            one.refuse("required", "an amount is needed", "doseQuantity")
        else:
            found += filter(None, [read_amount(dose, medicine, pack)])
        one.done()
    if len({amount.mg for amount in found}) > 1:
        dosage.refuse("value", "its amounts contradict each other", "doseAndRate")
    if not found:
        dosage.refuse("required", "an amount that can be planned is needed", "doseAndRate")
        return None
    counted = any(amount.counted for amount in found)
    if not counted and _of_several_ingredients(medicine):
        text = "milligrams of which ingredient? A number of units is needed"
        dosage.refuse("not-supported", text, "doseAndRate")
    return Amount(found[0].mg, counted, any(amount.halves for amount in found))


def read_amount(dose: Element, medicine: Meant, pack: Pack) -> Amount | None:
    """An exact quantity in milligrams; None, and an issue, where it is none."""
    value, meaning = dose.decimal("value"), _meaning(dose, pack)
    bound = dose.has("comparator")
    dose.leave("comparator")
    dose.done()
    if value is None or value <= 0 or bound:
        dose.refuse("value", "an exact amount above nothing is needed")
        return None
    if meaning in _MASSES:
        return Amount(value * _MASSES[meaning], counted=False, halves=False)
    form = _form(medicine)
    if meaning is None:
        dose.refuse("not-supported", "milligrams, grams, micrograms or units are understood")
    elif medicine.strength_mg is None or form is None:
        dose.refuse("not-supported", "a number of units needs a product whose strength is known")
    elif form not in _FORMS[meaning]:
        dose.refuse("value", f"the product is a {form.value}: it is not counted in this unit")
    else:
        halves = form is not Form.LIQUID and value % 1 != 0
        return Amount(value * medicine.strength_mg, counted=True, halves=halves)
    return None


def most_in_a_day(dosage: Element, medicine: Meant, pack: Pack) -> Decimal | None:
    """The most milligrams in 24 hours, as `maxDosePerPeriod` says it."""
    ratio = dosage.child("maxDosePerPeriod")
    if ratio is None:
        return None
    upper, lower = ratio.child("numerator"), ratio.child("denominator")
    ratio.done()
    most = None if upper is None else read_amount(upper, medicine, pack)
    if most is None or lower is None or not _is_a_day(lower):
        ratio.refuse("not-supported", "a most in 24 hours is understood")
        return None
    return most.mg


def _is_a_day(length: Element) -> bool:
    value, system, code = length.decimal("value"), length.text("system"), length.text("code")
    unit = code or length.text("unit")
    length.leave("unit")
    length.done()
    days = {(Decimal(24), "h"), (Decimal(1), "d")}
    return system in {None, UCUM} and (value, unit) in days and not length.has("comparator")


def _meaning(dose: Element, pack: Pack) -> str | None:
    """What a quantity is counted in; None where that is not known, or said in two ways."""
    system, code, unit = dose.text("system"), dose.text("code"), dose.text("unit")
    coded, spoken = _of_code(system, code, pack), _of_words(unit or "")
    if _ANOTHER_AMOUNT.search(unit or ""):
        dose.refuse("not-supported", "a unit that holds an amount itself is not read", "unit")
        return None
    if coded is None and code is not None and system in {None, UCUM, _UNIT_SYSTEM}:
        return None
    if unit is not None and coded is not None and spoken is None:
        dose.refuse("not-supported", f"its code says {coded}; its unit is not understood", "unit")
        return None
    if coded is None or spoken is None:
        return coded or spoken
    if _FORMS.get(coded, {coded}).isdisjoint(_FORMS.get(spoken, {spoken})):
        dose.refuse("value", f"its code says {coded} and its unit {spoken}", "unit")
        return None
    return coded


def _of_code(system: str | None, code: str | None, pack: Pack) -> str | None:
    if code is None:
        return None
    for form, known in pack.units.items():
        if (known.system, known.code) == (system, code):
            return "mL" if form is Form.LIQUID else form.value
    if system == _UNIT_SYSTEM:
        return _FORM_CODES.get(code)
    if system not in {None, UCUM}:
        return None
    if code in _UCUM:
        return _UCUM[code]
    annotated = code[:1] + code[-1:] == "{}"
    return _of_form(code.strip("{}")) if annotated or system is None else None


def _of_form(code: str) -> str | None:
    """A unit of a form by its name; a mass has its one code, for `Mg` is no milligram."""
    meaning = _of_words(code)
    return None if meaning in _MASSES else meaning


def _of_words(unit: str) -> str | None:
    """What words such as `mg`, `tablets` or `gastro-resistant tablet` say."""
    *before, last = _REMARK.split(unit.lower())[0].split() or [""]
    return _WORDS.get(last) if set(before) <= _OF_A_FORM else None


def _form(medicine: Meant) -> Form | None:
    return None if medicine.product is None else parse_product_id(*_named(medicine)).form


def _of_several_ingredients(medicine: Meant) -> bool:
    if medicine.product is None:
        return medicine.combination
    return len(parse_product_id(*_named(medicine)).strengths_mg) > 1


def _named(medicine: Meant) -> tuple[str, str]:
    return medicine.product or "", medicine.key
