"""What to know of each medicine in a plan, as the formulary says it: what for, how, a missed dose.

Also whom to ask and what becomes of leftovers. Knows no page.
"""

from dataclasses import dataclass
from datetime import date

from medplan.formulary.model import Formulary
from medplan.model.plan import Course, Plan, Role
from medplan.wording.doses import advice_text
from medplan.wording.language import ENGLISH, Language, marked
from medplan.wording.names import listed, medicine_key, medicine_name

AIM = marked(
    "The aim: less pain, so that you can move and do what you need to, with as little medicine as "
    "helps and for no longer than it helps."
)
LEFTOVERS = marked(
    "Take what is left over to a pharmacy. Do not keep it for later or give it away."
)
WHOM_TO_ASK = marked("Questions about this plan: ask your prescriber or your pharmacist.")
_ROLES = {
    Role.GASTROPROTECTION: marked("It protects the stomach while you take {medicines}."),
    Role.LAXATIVE: marked("It keeps the bowels moving while you take {medicines}."),
}


@dataclass(frozen=True, slots=True)
class AboutMedicine:
    """A medicine of the plan and what to know of it; None where the formulary says nothing."""

    name: str
    purpose: tuple[str, ...]
    how_to_take: tuple[str, ...]
    missed_dose: str | None
    driving: str | None
    alcohol: str | None


def medicines_of(
    plan: Plan, formulary: Formulary, since: date, language: Language = ENGLISH
) -> tuple[AboutMedicine, ...]:
    """What to know of the medicines that are taken on or after a day, each once."""
    courses = {medicine_key(course): course for course in plan.courses if course.days.last >= since}
    return tuple(_about(key, course, formulary, language) for key, course in courses.items())


def _about(key: str, course: Course, formulary: Formulary, language: Language) -> AboutMedicine:
    known = formulary.medicines.get(course.medicine)
    advice = dict.fromkeys(advice_text(d) for s in course.steps for d in s.doses)
    purpose = [] if known is None else [known.purpose.text]
    if course.role in _ROLES and course.covers:
        covered = listed((medicine_name(m, formulary) for m in course.covers), language)
        purpose.append(language.say(_ROLES[course.role], medicines=covered))
    return AboutMedicine(
        name=medicine_name(key, formulary),
        purpose=tuple(purpose),
        how_to_take=tuple(sentence for sentence in advice if sentence),
        missed_dose=None if known is None else known.missed_dose.text,
        driving=None if known is None or known.driving is None else known.driving.text,
        alcohol=None if known is None or known.alcohol is None else known.alcohol.text,
    )
