"""A medicine made whole from its shared file and its jurisdiction's own.

Lists follow each other, shared rows first; of single values the jurisdiction's wins. Products get
their form and strengths from their ids here. Whether the numbers agree is the checks' business.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain, pairwise
from typing import TypeVar

from medplan.formulary.model import Codes, Evidence, Form, Medicine, Product, Signature
from medplan.formulary.places import Fault
from medplan.formulary.product_id import ProductId, parse_product_id
from medplan.formulary.schema_medicine import MedicinePart, ProductRow
from medplan.formulary.schema_shared import FileStatus
from medplan.units import format_decimal

T = TypeVar("T")
_STANDARD_MEASURE_ML = Decimal(1)
_NEEDED = ("name", "classes", "purpose", "advice", "missed_dose")


def merge_medicine(jurisdiction: str, parts: Sequence[MedicinePart]) -> Medicine | list[Fault]:
    """The medicine, or what keeps its parts from being one."""
    medicine = parts[0].id
    name = _last(p.name for p in parts)
    purpose = _last(p.purpose for p in parts)
    advice = _last(p.advice for p in parts)
    missed_dose = _last(p.missed_dose for p in parts)
    faults = [
        *_missing_keys(parts),
        *_loosened_titration(parts),
        *_product_faults(medicine, _ingredients(parts), _products(parts)),
    ]
    if faults or name is None or purpose is None or advice is None or missed_dose is None:
        return faults
    return Medicine(
        id=medicine,
        name=name,
        jurisdiction=jurisdiction,
        classes=_last_list(p.classes for p in parts),
        ingredients=_ingredients(parts),
        status=joint_status(p.status for p in parts),
        signature=_signature(parts),
        codes=_last(p.codes for p in parts) or Codes(),
        purpose=purpose,
        advice=advice,
        missed_dose=missed_dose,
        driving=_last(p.driving for p in parts),
        alcohol=_last(p.alcohol for p in parts),
        timing=_last(p.timing for p in parts),
        products=tuple(_product(medicine, _ingredients(parts), row) for row in _products(parts)),
        limits=tuple(chain.from_iterable(p.limit for p in parts)),
        regimens=tuple(chain.from_iterable(p.regimen for p in parts)),
        titration=_last(p.titration for p in parts),
        tapers=tuple(chain.from_iterable(p.taper for p in parts)),
        taper_pace=_last(p.taper_pace for p in parts),
        durations=tuple(chain.from_iterable(p.duration for p in parts)),
        review=_last(p.review for p in parts),
        caution=_last(p.caution for p in parts),
    )


def joint_status(statuses: Iterable[FileStatus]) -> FileStatus:
    """Signed when every file is; a draft otherwise."""
    signed = all(status is FileStatus.SIGNED for status in statuses)
    return FileStatus.SIGNED if signed else FileStatus.DRAFT


def _missing_keys(parts: Sequence[MedicinePart]) -> Iterator[Fault]:
    for key in _NEEDED:
        if not any(getattr(part, key) for part in parts):
            yield Fault(parts[0].id, (key,), f"has no {key}")
    if not any(part.product for part in parts):
        yield Fault(parts[0].id, ("product",), "has no product")


def _loosened_titration(parts: Sequence[MedicinePart]) -> Iterator[Fault]:
    """A jurisdiction's unverified pace in place of a slower one that was seen."""
    paces = [part.titration for part in parts if part.titration is not None]
    for earlier, later in pairwise(paces):
        grades = later.citation.evidence, earlier.citation.evidence
        is_faster = later.floor_days < earlier.floor_days
        if grades == (Evidence.UNVERIFIED, Evidence.SEEN) and is_faster:
            detail = f"is unverified and faster than the {earlier.floor_days} that were seen"
            yield Fault(parts[0].id, ("titration", "floor_days"), detail)


def _ingredients(parts: Sequence[MedicinePart]) -> tuple[str, ...]:
    return _last_list(p.ingredients for p in parts) or (parts[0].id,)


def _products(parts: Sequence[MedicinePart]) -> tuple[ProductRow, ...]:
    return tuple(chain.from_iterable(part.product for part in parts))


def _signature(parts: Sequence[MedicinePart]) -> Signature | None:
    """The signature that runs out first."""
    signed = [part.signed for part in parts if part.signed]
    return min(signed, key=lambda s: s.due) if len(signed) == len(parts) else None


def _last(values: Iterable[T | None]) -> T | None:
    given = [value for value in values if value is not None]
    return given[-1] if given else None


def _last_list(values: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return _last(value or None for value in values) or ()


def _product(medicine: str, ingredients: tuple[str, ...], row: ProductRow) -> Product:
    known = parse_product_id(row.id, medicine)
    standard = _STANDARD_MEASURE_ML if known.form is Form.LIQUID else None
    return Product(
        id=row.id,
        medicine=medicine,
        form=known.form,
        strength_mg=known.strengths_mg[0],
        contains=_contents(known, ingredients),
        halves=row.halves,
        measure_ml=row.measure_ml or standard,
        citation=row.citation,
    )


def _contents(known: ProductId, ingredients: tuple[str, ...]) -> Mapping[str, Decimal]:
    return dict(zip(ingredients, known.strengths_mg, strict=True))


def _product_faults(
    medicine: str, ingredients: tuple[str, ...], rows: Iterable[ProductRow]
) -> Iterator[Fault]:
    for index, row in enumerate(rows):
        try:
            known = parse_product_id(row.id, medicine)
        except ValueError as error:
            yield Fault(medicine, ("product", index, "id"), f"{row.id} {error}")
        else:
            for key, detail in _disagreements(known, ingredients, row):
                yield Fault(medicine, ("product", index, key), detail)


def _disagreements(
    known: ProductId, ingredients: tuple[str, ...], row: ProductRow
) -> Iterator[tuple[str, str]]:
    """Where a product's keys don't fit its id; key and reason."""
    if len(known.strengths_mg) != len(ingredients):
        yield "id", f"gives {len(known.strengths_mg)} strengths for {len(ingredients)} ingredients"
    elif row.contains is not None and row.contains != _contents(known, ingredients):
        said = ", ".join(f"{name} {format_decimal(mg)}" for name, mg in row.contains.items())
        yield "contains", f"says {said}, which is not what the id and the ingredients say"
    if row.halves and known.form is not Form.TABLET:
        yield "halves", f"is true, but a {known.form} is never halved"
    if row.measure_ml is not None and known.form is not Form.LIQUID:
        yield "measure_ml", "is for liquids only"
