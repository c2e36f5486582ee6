"""The vocabulary hands out every word that a request may use."""

from medplan.documents.formulary import vocabulary_to_document
from medplan.documents.json_text import JsonValue
from medplan.formulary.loader import load_formulary
from tests.formulary.folders import FIXTURE


def test_it_holds_the_closed_lists_and_what_each_medicine_can_be_asked_for() -> None:
    formulary = load_formulary("GB", FIXTURE)

    document = vocabulary_to_document(formulary)

    medicines = document.pop("medicines")
    assert document == {
        "formulary": {"jurisdiction": "GB", "version": formulary.version, "status": "draft"},
        "indications": ["back-pain", "other"],
        "conditions": ["ulcer", "ileus"],
        "allergies": ["nsaid"],
        "red_flags": ["numbness"],
        "classes": ["nsaid", "opioid", "tca", "ppi", "laxative", "diuretic"],
    }
    assert [(m["id"], m["regimens"]) for m in _rows(medicines)] == [
        ("achenol", ["regular", "taper", "steps"]),
        ("laxol", ["regular", "taper", "steps"]),
        ("stomel", ["regular", "taper", "steps"]),
        ("stomol", ["regular", "taper", "steps"]),
        ("strongol", ["short-course", "taper", "steps"]),
    ]


def _rows(value: JsonValue) -> list[dict[str, JsonValue]]:
    assert isinstance(value, list)
    return [row for row in value if isinstance(row, dict)]
