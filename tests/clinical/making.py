"""Products and kits for tests, in one line each."""

from collections.abc import Sequence
from decimal import Decimal

from medplan.clinical.tablets.kit import Kit
from medplan.formulary.model import Form, Product


def product(
    strength: str, form: Form = Form.TABLET, *, halves: bool = False, ml: str | None = None
) -> Product:
    """A product of the invented medicine `x`."""
    return Product(
        id=f"x-{form.value}-{strength}",
        medicine="x",
        form=form,
        strength_mg=Decimal(strength),
        contains={"x": Decimal(strength)},
        halves=halves,
        measure_ml=None if ml is None else Decimal(ml),
        citation=None,
    )


def kit(*strengths: str, halves: bool = False) -> Kit:
    """A kit of plain tablets."""
    return Kit([product(s, halves=halves) for s in strengths], halves=halves)


def mg(*amounts: int | str) -> tuple[Decimal, ...]:
    """Amounts in milligrams."""
    return tuple(Decimal(a) for a in amounts)


def totals_of(parts: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """The sum of strength times units."""
    return sum((strength * units for strength, units in parts), Decimal(0))
