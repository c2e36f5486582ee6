"""What became of a medicine from one revision to another, as a row to read. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from medplan.clinical.comparing.revisions import Change, ChangeKind, Dosage
from medplan.formulary.model import Formulary
from medplan.wording.amounts import mg_text
from medplan.wording.dates import days_text
from medplan.wording.language import Language
from medplan.wording.names import medicine_name


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """What became of a medicine, with both dosages as lines."""

    medicine: str
    kind: ChangeKind
    from_day: date
    before: Sequence[str]
    after: Sequence[str]


def change_shown(change: Change, formulary: Formulary, language: Language) -> ChangeShown:
    """Say a change with both its dosages."""
    return ChangeShown(
        medicine_name(change.name or change.medicine, formulary),
        change.kind,
        change.from_day,
        [_dosage_text(dosage, language) for dosage in change.before],
        [_dosage_text(dosage, language) for dosage in change.after],
    )


def _dosage_text(dosage: Dosage, language: Language) -> str:
    days = days_text(dosage.days, language)
    amount = mg_text(dosage.daily_mg, language)
    return language.say("{days}: {amount} a day", days=days, amount=amount)
