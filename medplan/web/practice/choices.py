"""What a form offers: the medicines of a country, their regimens and products, and closed lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from medplan.clinical.cover.needs import NSAID, OPIOID, PPI
from medplan.formulary.model import Formulary, Medicine, RegimenKind
from medplan.web.practice.form import Form
from medplan.web.practice.form_tree import UNLISTED
from medplan.wording.amounts import product_name
from medplan.wording.language import marked

TAPER, STEPS = "taper", "steps"
COUNTRIES = (("NZ", marked("New Zealand")), ("GB", marked("Great Britain")))
ZONES = {"NZ": "Pacific/Auckland", "GB": "Europe/London"}
SLOTS = (
    ("morning", marked("Morning")),
    ("noon", marked("Noon")),
    ("evening", marked("Evening")),
    ("bedtime", marked("Bedtime")),
)
FORMS = (
    ("tablet", marked("tablet")),
    ("ec-tablet", marked("gastro-resistant tablet")),
    ("mr-tablet", marked("modified-release tablet")),
    ("capsule", marked("capsule")),
    ("mr-capsule", marked("modified-release capsule")),
    ("ec-capsule", marked("gastro-resistant capsule")),
    ("liquid", marked("liquid (mg in each mL)")),
)


class Shape(StrEnum):
    """Which fields a course has."""

    FIXED = "fixed"
    TITRATION = "titration"
    TAPER = "taper"
    STEPS = "steps"


class Choice(NamedTuple):
    """Something to choose: the identifier that a request uses, and what a person reads."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class CourseChoices:
    """What one course offers once its medicine is known; nothing to choose before that."""

    shape: Shape
    regimens: Sequence[Choice] = ()
    products: Sequence[Choice] = ()
    gastroprotection: Sequence[Choice] = ()
    laxative: bool = False
    unlisted: bool = False


def medicines_of(formulary: Formulary) -> list[Choice]:
    """The medicines of a country by name, and last what isn't among them."""
    known = [Choice(m.id, m.name) for m in formulary.medicines.values()]
    return [*sorted(known, key=lambda choice: choice.text.lower()), Choice(UNLISTED, UNLISTED)]


def course_choices(form: Form, number: int, formulary: Formulary) -> CourseChoices:
    """What a course of the form offers."""
    name = f"/courses/{number}"
    medicine = formulary.medicines.get(form.value(f"{name}/medicine"))
    regimen = form.value(f"{name}/regimen")
    if medicine is None:
        unlisted = form.value(f"{name}/medicine") == UNLISTED
        choices = (Choice(STEPS, STEPS), Choice(TAPER, TAPER)) if unlisted else ()
        return CourseChoices(_shape(None, regimen), choices, unlisted=unlisted)
    return CourseChoices(
        shape=_shape(medicine, regimen),
        regimens=_regimens(medicine),
        products=[Choice(p.id, product_name(p.id, medicine.name)) for p in medicine.products],
        gastroprotection=_protections(medicine, formulary),
        laxative=OPIOID in medicine.classes,
    )


def words_of(identifiers: Sequence[str]) -> list[Choice]:
    """A closed list's entries as people read them."""
    return [Choice(entry, entry.replace("-", " ")) for entry in identifiers]


def _regimens(medicine: Medicine) -> list[Choice]:
    own = [regimen.id for regimen in medicine.regimens]
    return words_of([*own, *(kind for kind in (TAPER, STEPS) if kind not in own)])


def _shape(medicine: Medicine | None, regimen: str) -> Shape:
    if regimen in {TAPER, STEPS}:
        return Shape(regimen)
    named = None if medicine is None else medicine.regimen_by_id.get(regimen)
    titrates = named is not None and named.kind is RegimenKind.TITRATION
    return Shape.TITRATION if titrates else Shape.FIXED


def _protections(medicine: Medicine, formulary: Formulary) -> list[Choice]:
    """Whether and how the stomach is protected, where the medicine is one that may need it."""
    if NSAID not in medicine.classes:
        return []
    ppis = [m for m in formulary.medicines.values() if PPI in m.classes]
    return [Choice("auto", "auto"), Choice("none", "none"), *(Choice(m.id, m.name) for m in ppis)]
