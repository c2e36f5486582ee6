"""What a medicine is called. An unlisted one goes by the name its prescriber gave it."""

from collections.abc import Iterable

from medplan.formulary.model import Formulary
from medplan.model.plan import Course, Plan
from medplan.wording.language import ENGLISH, Language


def medicine_key(course: Course) -> str:
    """What tells a course's medicine from others: its id, or the name of an unlisted one."""
    return course.medicine if course.name is None else course.name


def medicine_name(key: str, formulary: Formulary) -> str:
    """A medicine as a person says it: `Naproxen`. What isn't listed goes by its own name."""
    known = formulary.medicines.get(key)
    return key if known is None else known.name


def name_in_plan(
    medicine: str, plan: Plan, formulary: Formulary, language: Language = ENGLISH
) -> str:
    """What a plan's reviews, stops and checks call a medicine that they know by its id."""
    courses = [c for c in plan.courses if c.medicine == medicine]
    names = dict.fromkeys(medicine_name(medicine_key(c), formulary) for c in courses)
    return listed(names, language) if names else medicine_name(medicine, formulary)


def listed(words: Iterable[str], language: Language = ENGLISH) -> str:
    """Words as a list in a sentence: `A`, `A and B`, `A, B and C`."""
    return language.listed(words)
