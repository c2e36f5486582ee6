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
from medplan.formulary.model import Formulary, Medicine
from medplan.formulary.product_id import parse_product_id
from medplan.units import format_decimal, parse_decimal
from medplan.wording.amounts import product_name

UNLISTED = "unlisted"
_NAME = re.compile(
    r"(?P<name>[a-z][a-z -]*?)\s+(?P<mg>[0-9.]+)\s*mg\s+(?:oral\s+)?(?P<form>tablet|capsule)s?"
    r"(?:\s*\(product\))?",
    re.IGNORECASE,
)
# Words that make another product of it: how fast it is let go of decides the dose.
_RELEASE = re.compile(
    r"\b(?:release|modified|prolonged|extended|sustained|slow|controlled|delayed|enteric|gastro"
    r"|mr|sr|xr|xl|cr|er|la|pr|dr|ec|retard|long|soluble|dispersible)\b"
)
_PRODUCT_ID = re.compile(r"(?P<name>.+?)-(?:(?:ec|mr)-)?(?:tablet|capsule|liquid)-[0-9.-]+")


@dataclass(frozen=True, slots=True)
class Meant:
    """A medicine, by its id or as an unlisted one's name, and its product where one was named.

    `combination` tells that it has several ingredients.
    """

    medicine: str
    name: str | None
    product: str | None
    strength_mg: Decimal | None
    listed_product: bool
    combination: bool = False

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
    """The medicine that a concept names; None, and an issue, where it can't be known.

    Codes and names that are understood must all mean the same one.
    """
    names, by_code = [concept.text("text")], []
    for coding in concept.children("coding"):
        by_code.append(_by_code(coding.text("system"), coding.text("code") or "", formulary, pack))
        names.append(coding.text("display"))
    named = [*filter(None, names)]
    exact = [*filter(None, [*by_code, *(_by_formulary_name(name, formulary) for name in named)])]
    usual = [*filter(None, (_by_usual_name(name, formulary) for name in named))]
    if exact:  # beside a code, a brand's name says no other medicine
        usual = [one for one in usual if one.name is None]
    found = _narrowest([*exact, *usual])
    if found is None:
        contradicted = bool(exact or usual)
        text = "no code or name here says which medicine and strength it is"
        text = "its codes and names mean different products" if contradicted else text
        concept.refuse("value" if contradicted else "not-supported", text)
    elif found not in exact:
        told = f"read from its name alone: {found.key}, {found.product}. Check it."
        concept.tell(Level.WARNING, "informational", told)
    return found


def _narrowest(found: list[Meant]) -> Meant | None:
    """The product, or the medicine alone; None where two of what was found are not the same."""
    if len({m.key for m in found}) != 1 or len({m.product for m in found if m.product}) > 1:
        return None
    return next((m for m in found if m.product is not None), found[0])


def _by_code(system: str | None, code: str, formulary: Formulary, pack: Pack) -> Meant | None:
    if system == f"{OURS}:medicine" and code in formulary.medicines:
        return _alone(formulary.medicines[code])
    if system == f"{OURS}:product":
        return product_meant(code, formulary)
    for product, codes in pack.products.items():
        if any(c.system == system and c.code == code for c in codes):
            return product_meant(product, formulary)
    return None


def product_meant(product: str, formulary: Formulary) -> Meant | None:
    """A product by our id, listed or not; None where it says no strength."""
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


def _alone(medicine: Medicine) -> Meant:
    """A medicine without a product."""
    several = len(medicine.ingredients) > 1
    return Meant(medicine.id, None, None, None, listed_product=False, combination=several)


def _by_formulary_name(name: str, formulary: Formulary) -> Meant | None:
    return _names(formulary).get(name.casefold())


def _names(formulary: Formulary) -> Mapping[str, Meant]:
    """Every medicine and product by the names that medplan itself gives them."""
    found: dict[str, Meant] = {}
    for medicine in formulary.medicines.values():
        alone = _alone(medicine)
        found |= {medicine.id: alone, medicine.name.casefold(): alone}
        for product in medicine.products:
            whole = Meant(medicine.id, None, product.id, product.strength_mg, listed_product=True)
            found[product_name(product.id, medicine.name).casefold()] = whole
    return found


def _by_usual_name(name: str, formulary: Formulary) -> Meant | None:
    match = _NAME.fullmatch(name.strip())
    if match is None or _RELEASE.search(name.lower()):
        return None
    try:
        mg = parse_decimal(match["mg"])
    except ValueError:
        return None
    said = match["name"].lower()
    medicine = _names(formulary).get(said)
    key = said if medicine is None else medicine.medicine
    product = f"{key}-{match['form'].lower()}-{format_decimal(mg)}"
    return product_meant(product, formulary)
