"""Whether each regimen can be made from products and stays within its medicine's own limits.

Only limits that hold for everyone and block are asked here: a plan meets the rest, with a patient.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from medplan.formulary.check_medicine import BUILT_IN_REGIMENS
from medplan.formulary.files import Steps
from medplan.formulary.model import (
    EVERYONE,
    Limit,
    LimitKind,
    Medicine,
    Product,
    Regimen,
    RegimenKind,
    Release,
    Severity,
)
from medplan.formulary.places import Fault
from medplan.units import format_decimal

Found = Iterator[tuple[Steps, str]]
_HOURS_PER_DAY = 24
_FIXED_KEYS = ("dose_mg",)
_TITRATION_KEYS = ("start_mg", "step_mg", "step_days", "target_mg")


def regimen_faults(medicine: Medicine, medicines: Mapping[str, Medicine]) -> Iterator[Fault]:
    """Everything that keeps a regimen from being given as it stands."""
    for regimen in medicine.regimens:
        for key, detail in _regimen(medicine, regimen, medicines):
            steps = ("regimen", regimen.id, key) if key else ("regimen", regimen.id)
            yield Fault(medicine.id, steps, detail)


def _regimen(
    medicine: Medicine, regimen: Regimen, medicines: Mapping[str, Medicine]
) -> Iterator[tuple[str, str]]:
    incomplete = [*_names(medicine, regimen), *_missing(regimen), *_excess(regimen)]
    yield from incomplete
    if not incomplete:
        products = _products(medicine, regimen)
        yield from _unmakeable(regimen, products)
        yield from _too_fast(medicine, regimen)
        for limit, share in _limits(medicine, regimen, products, medicines):
            yield from _broken(limit, regimen, share)


def _names(medicine: Medicine, regimen: Regimen) -> Iterator[tuple[str, str]]:
    if regimen.id in BUILT_IN_REGIMENS:
        yield "id", "is a regimen that every medicine has by itself"
    for name in regimen.products:
        if name not in medicine.product_by_id:
            yield "products", f"names {name}, which {medicine.id} has not here"


def _missing(regimen: Regimen) -> Iterator[tuple[str, str]]:
    is_fixed = regimen.kind is RegimenKind.FIXED
    for key in _FIXED_KEYS if is_fixed else _TITRATION_KEYS:
        if getattr(regimen, key) is None:
            yield "", f"needs {key}"
    if not _times(regimen):
        yield "", "needs times_per_day or slots" if is_fixed else "needs slots"


def _excess(regimen: Regimen) -> Iterator[tuple[str, str]]:
    is_fixed = regimen.kind is RegimenKind.FIXED
    for key in _TITRATION_KEYS if is_fixed else (*_FIXED_KEYS, "times_per_day"):
        if getattr(regimen, key) is not None:
            yield key, f"doesn't belong to a {regimen.kind} regimen"
    if regimen.times_per_day and regimen.slots and len(regimen.slots) != regimen.times_per_day:
        yield "slots", "and times_per_day disagree"
    if not is_fixed and regimen.when_required:
        yield "when_required", "is for fixed regimens"


def _products(medicine: Medicine, regimen: Regimen) -> Sequence[Product]:
    """What the regimen is made from: the products it names, else every immediate-release one."""
    if regimen.products:
        return [medicine.product_by_id[name] for name in regimen.products]
    plain = [p for p in medicine.products if p.release is Release.IMMEDIATE]
    return plain or medicine.products


def _unmakeable(regimen: Regimen, products: Sequence[Product]) -> Iterator[tuple[str, str]]:
    units = {p.strength_mg * (p.measure_ml or 1) for p in products}
    for key, mg in _amounts(regimen):
        if not _adds_up(mg, units):
            names = ", ".join(p.id for p in products)
            yield key, f"needs {format_decimal(mg)} mg, which whole units of {names} don't make"


def _amounts(regimen: Regimen) -> Iterator[tuple[str, Decimal]]:
    """Every amount that the regimen asks for, with the key that asks for it."""
    match regimen:
        case Regimen(dose_mg=Decimal() as dose):
            yield "dose_mg", dose
        case Regimen(
            start_mg=Decimal() as start, step_mg=Decimal() as step, target_mg=Decimal() as target
        ):
            yield "start_mg", start
            reached = start + step
            while reached < target:
                yield "step_mg", reached
                reached += step
            yield "target_mg", target
        case _:
            pass


def _adds_up(mg: Decimal, units: set[Decimal]) -> bool:
    """Whether some sum of whole units is exactly `mg`."""
    reached = {Decimal(0)}
    frontier = reached
    while frontier:
        frontier = {have + u for have in frontier for u in units if have + u <= mg} - reached
        reached |= frontier
    return mg in reached


def _too_fast(medicine: Medicine, regimen: Regimen) -> Iterator[tuple[str, str]]:
    match regimen:
        case Regimen(
            start_mg=Decimal() as start, target_mg=Decimal() as target, step_days=int() as days
        ):
            if target < start:
                yield "target_mg", "is below start_mg"
            if medicine.titration is None:
                yield "", "needs a [titration] table that says how fast is too fast"
            elif days < medicine.titration.floor_days:
                yield "step_days", "is shorter than the titration's floor_days"
        case _:
            pass


def _limits(
    medicine: Medicine,
    regimen: Regimen,
    products: Sequence[Product],
    medicines: Mapping[str, Medicine],
) -> Iterator[tuple[Limit, Decimal]]:
    """The limits that always hold for it, each with mg of its ingredient for a mg of dose."""
    releases = {p.release for p in products}
    for ingredient in medicine.ingredients:
        share = max(p.contains[ingredient] / p.strength_mg for p in products)
        owner = medicines.get(ingredient)
        own = medicine.limits if ingredient == medicine.ingredients[0] else ()
        others = owner.limits if owner and owner.id != medicine.id else ()
        for limit in (*own, *others):
            if _always_holds(limit, regimen, releases):
                yield limit, share


def _always_holds(limit: Limit, regimen: Regimen, releases: set[Release]) -> bool:
    return (
        limit.group == EVERYONE
        and limit.severity is Severity.BLOCK
        and (limit.release is None or limit.release in releases)
        and (not limit.regimens or regimen.id in limit.regimens)
        and limit.dose_count in {None, _times(regimen)}
    )


def _broken(limit: Limit, regimen: Regimen, share: Decimal) -> Iterator[tuple[str, str]]:
    value, times = format_decimal(limit.value), _times(regimen)
    for key, daily, single in _largest(regimen, share):
        match limit.kind:
            case LimitKind.MAX_DAILY_MG if daily > limit.value:
                yield key, f"makes {format_decimal(daily)} mg a day; {limit.id} allows {value}"
            case LimitKind.MAX_SINGLE_MG if single > limit.value:
                yield key, f"makes doses of {format_decimal(single)} mg; {limit.id} allows {value}"
            case LimitKind.MIN_INTERVAL_HOURS if limit.value * times > _HOURS_PER_DAY:
                yield "times_per_day", f"leaves doses closer than the {value} hours of {limit.id}"
            case LimitKind.MAX_DOSES_PER_DAY if times > limit.value:
                yield "times_per_day", f"is more than the {value} doses of {limit.id}"


def _largest(regimen: Regimen, share: Decimal) -> Iterator[tuple[str, Decimal, Decimal]]:
    """The key that makes it the most, mg of the ingredient then a day and, at least, at a time."""
    times = _times(regimen)
    if regimen.dose_mg is not None:
        yield "dose_mg", regimen.dose_mg * times * share, regimen.dose_mg * share
    if regimen.target_mg is not None:
        daily = regimen.target_mg * share
        yield "target_mg", daily, daily / times


def _times(regimen: Regimen) -> int:
    return regimen.times_per_day or len(regimen.slots)
