"""What a pharmacy reads of a plan: what to give when, what else would do, what the week changes."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal

from medplan.clinical.pharmacy.alternatives import alternatives
from medplan.clinical.pharmacy.periods import Every, periods
from medplan.clinical.pharmacy.product_dosages import (
    ProductChange,
    ProductDosage,
    ProductDose,
    product_changes,
)
from medplan.clinical.pharmacy.stock import Supplied, stock_of
from medplan.formulary.model import Formulary
from medplan.model.plan import Plan, ProductUnits
from medplan.units import Days, format_clock

_WEEK = timedelta(7)


def counter_lines(plan: Plan, formulary: Formulary) -> Iterator[str]:
    """Everything, line by line."""
    for every in Every:
        for period in periods(plan, every, formulary):
            units = ", ".join(f"{units.normalize():f} {name}" for name, units in period.units)
            shorter = f", not longer by {period.maximum.id}" if period.maximum else ""
            yield f"{every}: {period.collect_on} for {_days(period.days)}: {units}{shorter}"
    for product in dict.fromkeys(row.product for row in plan.supply):
        for found in alternatives(plan, product, formulary):
            form = "in the same form" if found.same_form else "in another form"
            yield (
                f"without {product}: {found.medicine} {found.mg.normalize():f} mg"
                f" of {_made(found.products)} is {_made(found.instead)} {form}"
            )
    yield from _stock(plan)
    first = plan.start + timedelta(1)
    while first <= plan.end:
        for change in product_changes([plan], Days(first, first + _WEEK)):
            yield f"week of {first}: {_change(change)}"
        first += _WEEK


def _stock(plan: Plan) -> Iterator[str]:
    """What is left where two thirds of each product are given, and a third of that a week later."""
    given = [
        Supplied(day, row.product, (row.units * share).quantize(Decimal(1)))
        for row in plan.supply
        for day, share in (
            (row.days.first + _WEEK, Decimal("0.2")),
            (row.days.first, Decimal("0.5")),
        )
    ]
    for stock in stock_of(plan, given):
        yield (
            f"stock of {stock.product}: {stock.supplied} given, enough through"
            f" {stock.enough_through}, out on {stock.run_out_day}, {stock.shortfall} lacking,"
            f" {stock.surplus} left"
        )


def _days(days: Days) -> str:
    return f"{days.first}..{days.last}"


def _made(parts: Iterable[ProductUnits]) -> str:
    return " + ".join(f"{p.units.normalize():f} {p.product}" for p in parts) or "nothing"


def _change(change: ProductChange) -> str:
    key = change.key
    name = f" {key.name!r}" if key.name else ""
    before = "nothing" if change.before is None else _dosage(change.before)
    after = "; ".join(_dosage(dosage) for dosage in change.after)
    return (
        f"{key.product} of {key.medicine}{name} is {change.kind} from {change.from_day}:"
        f" {before} -> {after or 'nothing'}"
    )


def _dosage(dosage: ProductDosage) -> str:
    doses = ", ".join(_dose(dose) for dose in dosage.doses)
    return f"{_days(dosage.days)} {doses} ({dosage.units_a_day.normalize():f} a day)"


def _dose(dose: ProductDose) -> str:
    at = "when required" if dose.minute is None else format_clock(dose.minute)
    most = "" if dose.most_a_day is None else f", {dose.most_a_day} times at most"
    return f"{dose.units.normalize():f} at {at} {dose.slot} {dose.role}{most}"
