"""The vocabulary hands out every word that a request may use."""

from medplan.formulary.loader import load_formulary
from medplan.formulary.vocabulary import vocabulary_document
from tests.formulary.folders import FIXTURE


def test_it_holds_the_closed_lists_and_what_each_medicine_can_be_asked_for() -> None:
    formulary = load_formulary("GB", FIXTURE)

    document = vocabulary_document(formulary)

    assert document == {
        "formulary": {"jurisdiction": "GB", "version": formulary.version, "status": "draft"},
        "indications": ["back-pain", "other"],
        "conditions": ["ulcer", "ileus"],
        "allergies": ["nsaid"],
        "red_flags": ["numbness"],
        "classes": ["nsaid", "opioid", "tca", "ppi", "laxative", "diuretic"],
        "medicines": [
            {
                "id": "achenol",
                "name": "Achenol",
                "regimens": ["regular", "taper", "steps"],
                "products": ["achenol-tablet-250", "achenol-mr-tablet-500"],
            },
            {
                "id": "laxol",
                "name": "Laxol",
                "regimens": ["regular", "taper", "steps"],
                "products": ["laxol-tablet-5"],
            },
            {
                "id": "stomel",
                "name": "Stomel",
                "regimens": ["regular", "taper", "steps"],
                "products": ["stomel-capsule-20"],
            },
            {
                "id": "stomol",
                "name": "Stomol",
                "regimens": ["regular", "taper", "steps"],
                "products": ["stomol-capsule-20"],
            },
            {
                "id": "strongol",
                "name": "Strongol",
                "regimens": ["short-course", "taper", "steps"],
                "products": ["strongol-liquid-2"],
            },
        ],
    }
