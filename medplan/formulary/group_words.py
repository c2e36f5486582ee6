"""A box of patients in words."""

from collections.abc import Iterator
from decimal import Decimal

from medplan.formulary.model import PatientGroup
from medplan.units import format_decimal


def group_words(group: PatientGroup) -> str:
    """Every bound of the box, in one phrase; empty for everyone."""
    return "; ".join(_bounds(group))


def _bounds(group: PatientGroup) -> Iterator[str]:
    yield from _range("age", group.age_from, group.age_below, "")
    yield from _range("weight", group.weight_from_kg, group.weight_below_kg, " kg")
    yield from _range("eGFR", group.egfr_from, group.egfr_below, "")
    yield from _range("pregnancy", group.pregnancy_from_week, group.pregnancy_below_week, " weeks")
    yield from _yes_or_no("breastfeeding", value=group.breastfeeding)
    yield from _yes_or_no("smoker", value=group.smoker)
    if group.alcohol_units_over is not None:
        yield f"alcohol over {group.alcohol_units_over} units a week"
    if group.pressure_over is not None:
        systolic, diastolic = group.pressure_over
        yield f"blood pressure over {systolic} or over {diastolic}"
    if group.sex is not None:
        yield group.sex
    yield from _any_of("conditions", group.conditions)
    yield from _any_of("allergies", group.allergies)
    yield from _any_of("red flags", group.red_flags)


def _range(
    name: str, start: Decimal | int | None, end: Decimal | int | None, unit: str
) -> Iterator[str]:
    ends = [
        f"{word} {format_decimal(Decimal(value))}"
        for word, value in (("from", start), ("below", end))
        if value is not None
    ]
    if ends:
        yield f"{name} {' and '.join(ends)}{unit}"


def _yes_or_no(name: str, *, value: bool | None) -> Iterator[str]:
    if value is not None:
        yield name if value else f"not {name}"


def _any_of(name: str, words: tuple[str, ...]) -> Iterator[str]:
    if words:
        yield f"any of the {name} {', '.join(words)}"
