"""What changes and what is packed, as JSON and as rows of a table. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from medplan.api.mapping import Document
from medplan.clinical.pharmacy.product_dosages import (
    ProductChange,
    ProductDosage,
    ProductDose,
    ProductKey,
)
from medplan.documents.json_text import JsonValue
from medplan.services.pharmacy.changes_between import PatientPlans
from medplan.store.ids import PLAN, write_id
from medplan.units import format_clock, format_decimal

Dosages = Mapping[ProductKey, tuple[ProductDosage, ...]]

CHANGES_HEADER = ("patient_reference", "medicine", "product", "change", "from", "before", "after")
PACKING_HEADER = (
    "patient_reference",
    "day",
    "at",
    "slot",
    "medicine",
    "product",
    "units",
    "most_a_day",
)


def change(patient: PatientPlans, row: ProductChange) -> Document:
    """One product of one patient: what becomes of it, with both dosages."""
    return (
        _patient(patient)
        | _key(row.key)
        | {
            "kind": row.kind.value,
            "from": row.from_day.isoformat(),
            "before": None if row.before is None else _dosage(row.before),
            "after": [_dosage(dosage) for dosage in row.after],
        }
    )


def change_row(patient: PatientPlans, row: ProductChange) -> Sequence[str]:
    """The same as one row of a table."""
    return (
        patient.reference,
        row.key.name or row.key.medicine,
        row.key.product,
        row.kind.value,
        row.from_day.isoformat(),
        "" if row.before is None else _said(row.before),
        " | ".join(f"{d.days.first} to {d.days.last}: {_said(d)}" for d in row.after),
    )


def packing(patient: PatientPlans, dosages: Dosages) -> Document:
    """What to pack for one patient: day by day and time by time; beside it what is when required,
    which isn't packed by time."""
    days: dict[date, dict[tuple[int, str], list[JsonValue]]] = {}
    slots: dict[tuple[int, str], JsonValue] = {}
    for day, key, dose in _timed(dosages):
        place = (dose.minute or 0, "" if dose.slot is None else dose.slot.value)
        slots[place] = place[1] or None
        times = days.setdefault(day, {})
        times.setdefault(place, []).append(_key(key) | {"units": format_decimal(dose.units)})
    packed: list[JsonValue] = [
        {
            "day": day.isoformat(),
            "times": [
                {"at": format_clock(at[0]), "slot": slots[at], "products": products}
                for at, products in sorted(times.items())
            ],
        }
        for day, times in sorted(days.items())
    ]
    return _patient(patient) | {"days": packed, "when_required": _when_required(dosages)}


def packing_rows(patient: PatientPlans, dosages: Dosages) -> Iterator[Sequence[str]]:
    """The same as rows of a table, one for each dose of each day."""
    found = [*_timed(dosages), *_untimed(dosages)]
    for day, key, dose in sorted(found, key=lambda row: (row[0], row[2].minute is None)):
        yield (
            patient.reference,
            day.isoformat(),
            "when required" if dose.minute is None else format_clock(dose.minute),
            "" if dose.slot is None else dose.slot.value,
            key.name or key.medicine,
            key.product,
            format_decimal(dose.units),
            "" if dose.most_a_day is None else str(dose.most_a_day),
        )


def _timed(dosages: Dosages) -> Iterator[tuple[date, ProductKey, ProductDose]]:
    found = (
        (day, key, dose)
        for key, runs in dosages.items()
        for run in runs
        for day in run.days
        for dose in run.doses
        if dose.minute is not None
    )
    return iter(sorted(found, key=lambda row: (row[0], row[2].minute or 0, row[1].product)))


def _untimed(dosages: Dosages) -> Iterator[tuple[date, ProductKey, ProductDose]]:
    for key, runs in dosages.items():
        for run in runs:
            for dose in run.doses:
                if dose.minute is None:
                    yield from ((day, key, dose) for day in run.days)


def _when_required(dosages: Dosages) -> list[JsonValue]:
    return [
        _key(key)
        | {
            "first_day": run.days.first.isoformat(),
            "last_day": run.days.last.isoformat(),
            "units": format_decimal(dose.units),
            "most_a_day": dose.most_a_day,
        }
        for key, runs in dosages.items()
        for run in runs
        for dose in run.doses
        if dose.minute is None
    ]


def _patient(patient: PatientPlans) -> Document:
    plans: list[JsonValue] = [write_id(PLAN, plan_id) for plan_id in patient.plan_ids]
    return {"patient_reference": patient.reference, "plans": plans}


def _key(key: ProductKey) -> Document:
    name: Document = {} if key.name is None else {"name": key.name}
    return {"medicine": key.medicine} | name | {"product": key.product}


def _dosage(dosage: ProductDosage) -> Document:
    return {
        "first_day": dosage.days.first.isoformat(),
        "last_day": dosage.days.last.isoformat(),
        "units_a_day": format_decimal(dosage.units_a_day),
        "doses": [_dose(dose) for dose in dosage.doses],
    }


def _dose(dose: ProductDose) -> Document:
    return {
        "at": None if dose.minute is None else format_clock(dose.minute),
        "slot": None if dose.slot is None else dose.slot.value,
        "units": format_decimal(dose.units),
        "when_required": dose.minute is None,
        "most_a_day": dose.most_a_day,
        "role": dose.role.value,
    }


def _said(dosage: ProductDosage) -> str:
    """A day's doses in a cell: `08:00 1; 20:00 2`."""
    return "; ".join(_said_dose(dose) for dose in dosage.doses)


def _said_dose(dose: ProductDose) -> str:
    units = format_decimal(dose.units)
    if dose.minute is None:
        return f"when required {units}, at most {dose.most_a_day} times a day"
    return f"{format_clock(dose.minute)} {units}"
