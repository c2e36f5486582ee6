"""Which medicine and product somebody else's medication is.

Our own codes and those of the deployment's pack are certain. A name counts only where it is one of
the formulary's, letter for letter, or says name, strength and form in the usual way
(`Prednisone 5mg tablet`); what was read from such a name is told.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from medplan.documents.json_text import JsonValue
from medplan.fhir.element import Element, Level
from medplan.fhir.packs import Pack
from medplan.fhir.values import OURS
from medplan.formulary.model import Formulary
from medplan.formulary.product_id import parse_product_id
from medplan.units import parse_decimal
from medplan.wording.amounts import product_name

UNLISTED = "unlisted"
_NAME = re.compile(
    r"(?P<name>[a-z][a-z -]*?)\s+(?P<mg>[0-9.]+)\s*mg\s+(?:oral\s+)?(?P<form>tablet|capsule)s?"
    r"(?:\s*\([a-z ]+\))?",
    re.IGNORECASE,
)
_PRODUCT_ID = re.compile(r"(?P<name>.+)-(?:(?:ec|mr)-)?(?:tablet|capsule|liquid)-[0-9.-]+")


@dataclass(frozen=True, slots=True)
class Meant:
    """A medicine, by its id or as an unlisted one's name, and its product where one was named."""

    medicine: str
    name: str | None
    product: str | None
    strength_mg: Decimal | None
    listed_product: bool

    @property
    def key(self) -> str:
        """What tells it from other medicines."""
        return self.name or self.medicine

    def declaration(self) -> JsonValue:
        """The product as a request names it."""
        if self.product is None or self.listed_product or self.strength_mg is None:
            return self.product
        return {"id": self.product, "strength_mg": str(self.strength_mg)}


def meant(concept: Element, formulary: Formulary, pack: Pack) -> Meant | None:
    """The medicine that a concept names; None, and an issue, where it can't be known."""
    names = [concept.text("text")]
    for coding in concept.children("coding"):
        system, code = coding.text("system"), coding.text("code") or ""
        found = _by_code(system, code, formulary, pack)
        if found is not None:
            return found
        names.append(coding.text("display"))
    for name in filter(None, names):
        found = _by_formulary_name(name, formulary)
        if found is not None:
            return found
    for name in filter(None, names):
        found = _by_usual_name(name, formulary)
        if found is not None:
            told = f"read from its name alone: {found.key}, {found.product}. Check it."
            concept.tell(Level.WARNING, "informational", told)
            return found
    concept.refuse("not-supported", "no code or name here says which medicine and strength it is")
    return None


def _by_code(system: str | None, code: str, formulary: Formulary, pack: Pack) -> Meant | None:
    if system == f"{OURS}:medicine" and code in formulary.medicines:
        return Meant(code, None, None, None, listed_product=False)
    if system == f"{OURS}:product":
        return _product(code, formulary)
    for product, codes in pack.products.items():
        if any(c.system == system and c.code == code for c in codes):
            return _product(product, formulary)
    return None


def _product(product: str, formulary: Formulary) -> Meant | None:
    """A product by our id, listed or not."""
    known = {p.id: (m.id, p.strength_mg) for m in formulary.medicines.values() for p in m.products}
    if product in known:
        medicine, strength = known[product]
        return Meant(medicine, None, product, strength, listed_product=True)
    match = _PRODUCT_ID.fullmatch(product)
    return None if match is None else _declared(match["name"], product, formulary)


def _declared(name: str, product: str, formulary: Formulary) -> Meant | None:
    try:
        strength = parse_product_id(product, name).strengths_mg[0]
    except ValueError:
        return None
    listed = name in formulary.medicines
    medicine, unlisted = (name, None) if listed else (UNLISTED, name)
    return Meant(medicine, unlisted, product, strength, listed_product=False)


def _by_formulary_name(name: str, formulary: Formulary) -> Meant | None:
    return _names(formulary).get(name.casefold())


def _names(formulary: Formulary) -> Mapping[str, Meant]:
    """Every medicine and product by the names that medplan itself gives them."""
    found: dict[str, Meant] = {}
    for medicine in formulary.medicines.values():
        alone = Meant(medicine.id, None, None, None, listed_product=False)
        found |= {medicine.id: alone, medicine.name.casefold(): alone}
        for product in medicine.products:
            whole = Meant(medicine.id, None, product.id, product.strength_mg, listed_product=True)
            found[product_name(product.id, medicine.name).casefold()] = whole
    return found


def _by_usual_name(name: str, formulary: Formulary) -> Meant | None:
    match = _NAME.fullmatch(name.strip())
    if match is None:
        return None
    try:
        mg = parse_decimal(match["mg"])
    except ValueError:
        return None
    said = match["name"].lower()
    medicine = _names(formulary).get(said)
    key = said if medicine is None else medicine.medicine
    product = f"{key}-{match['form'].lower()}-{mg}"
    return _product(product, formulary)
