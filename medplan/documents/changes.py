"""What a newer plan changes, as JSON values."""

from collections.abc import Iterable

from medplan.clinical.comparing.revisions import Change, Dosage, DosageDose
from medplan.documents.json_text import JsonValue
from medplan.units import format_clock, format_decimal

Document = dict[str, JsonValue]


def changes_to_document(changes: Iterable[Change]) -> list[Document]:
    """One object for each medicine."""
    return [_change(change) for change in changes]


def _change(change: Change) -> Document:
    name: Document = {} if change.name is None else {"name": change.name}
    return (
        {"medicine": change.medicine}
        | name
        | {
            "role": change.role.value,
            "kind": change.kind.value,
            "from": change.from_day.isoformat(),
            "before": [_dosage(dosage) for dosage in change.before],
            "after": [_dosage(dosage) for dosage in change.after],
        }
    )


def _dosage(dosage: Dosage) -> Document:
    most, gap = dosage.max_daily_mg, dosage.min_interval_hours
    return {
        "first_day": dosage.days.first.isoformat(),
        "last_day": dosage.days.last.isoformat(),
        "daily_mg": format_decimal(dosage.daily_mg),
        "conditional": dosage.conditional,
        "when_required": dosage.when_required,
        "max_daily_mg": None if most is None else format_decimal(most),
        "min_interval_hours": None if gap is None else format_decimal(gap),
        "doses": [_dose(dose) for dose in dosage.doses],
    }


def _dose(dose: DosageDose) -> Document:
    return {
        "at": None if dose.minute is None else format_clock(dose.minute),
        "slot": None if dose.slot is None else dose.slot.value,
        "mg": format_decimal(dose.mg),
        "products": [
            {"product": p.product, "units": format_decimal(p.units)} for p in dose.products
        ],
    }
