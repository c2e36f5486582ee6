"""The words a request may use, as the document that the command line and the API hand out."""

from collections.abc import Mapping

from medplan.formulary.model import Formulary, Medicine


def vocabulary_document(formulary: Formulary) -> Mapping[str, object]:
    """Closed lists, and each medicine's regimens and products; plain JSON values only."""
    words = formulary.vocabulary
    return {
        "formulary": {
            "jurisdiction": formulary.jurisdiction,
            "version": formulary.version,
            "status": formulary.status,
        },
        "indications": list(words.indications),
        "conditions": list(words.conditions),
        "allergies": list(words.allergies),
        "red_flags": list(words.red_flags),
        "classes": list(words.classes),
        "medicines": [_medicine(medicine) for medicine in formulary.medicines.values()],
    }


def _medicine(medicine: Medicine) -> Mapping[str, object]:
    return {
        "id": medicine.id,
        "name": medicine.name,
        "regimens": [*(regimen.id for regimen in medicine.regimens), "taper", "steps"],
        "products": [product.id for product in medicine.products],
    }
