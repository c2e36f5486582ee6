"""Which doses a set of products can make up exactly, and with which tablets.

Amounts are counted in *grains*: whole multiples of the largest amount that divides every piece
that can be handled (a tablet, a permitted half, one measure of a liquid). So every question is one
about whole numbers, and nothing is ever rounded. This module knows nothing of days or slots.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import gcd

from medplan.formulary.model import Product, Release
from medplan.model.plan import ProductUnits

# A dose of more pieces than this is a typing error, and would only cost time to refuse.
MOST_GRAINS = 4_000
_SCALE = 10**9


@dataclass(frozen=True, slots=True)
class _Piece:
    """The smallest part of a product that can be handled: its grains and its share of a unit."""

    product: Product
    grains: int
    units: Decimal


@dataclass(frozen=True, slots=True)
class _Choice:
    """Tablets for an amount: fewer `units` win, then fewer products, then larger strengths."""

    units: Decimal
    counts: tuple[tuple[_Piece, int], ...]

    @property
    def size(self) -> tuple[Decimal, int]:
        return self.units, len(self.counts)

    @property
    def rank(self) -> tuple[Decimal, int, tuple[tuple[Decimal, Decimal], ...]]:
        larger_first = tuple((-p.product.strength_mg, -n * p.units) for p, n in self.counts)
        return *self.size, larger_first


class Kit:
    """The products a course is built from, and what they can make up.

    Args:
        products: at least one, all of one medicine; order decides between equal choices.
        halves: whether the request allows halving what the product allows to be halved.
    """

    def __init__(self, products: Sequence[Product], *, halves: bool) -> None:
        self.products = tuple(products)
        sizes = [_piece_size(p, halves=halves) for p in self.products]
        scaled = [
            int(p.strength_mg * units * _SCALE) for p, units in zip(products, sizes, strict=True)
        ]
        self._grain = gcd(*scaled)
        pieces = [
            _Piece(product, amount // self._grain, units)
            for product, amount, units in zip(self.products, scaled, sizes, strict=True)
        ]
        # Stable sort: products of one strength keep the order in which they were listed.
        pieces.sort(key=lambda p: -p.product.strength_mg)
        groups: dict[Release, list[_Piece]] = {}
        for piece in pieces:
            groups.setdefault(piece.product.release, []).append(piece)
        self._groups = [tuple(groups[release]) for release in Release if release in groups]
        self._chosen: dict[int, tuple[ProductUnits, ...] | None] = {}
        self._best: dict[tuple[int, int, int], _Choice | None] = {}
        self._makeable: dict[int, int] = {}

    @cached_property
    def smallest_mg(self) -> Decimal:
        """The smallest amount that can be handled."""
        return min(self.mg(p.grains) for group in self._groups for p in group)

    def mg(self, grains: int) -> Decimal:
        """An amount in milligrams, exactly."""
        return Decimal(grains * self._grain) / _SCALE

    def grains(self, mg: Decimal) -> int | None:
        """An amount in grains, or None when it is no whole number of them."""
        scaled = mg * _SCALE
        whole = int(scaled)
        count, left = divmod(whole, self._grain)
        return count if left == 0 and whole == scaled else None

    def grains_at_least(self, mg: Fraction | Decimal) -> int:
        """The smallest whole number of grains that is `mg` or more."""
        numerator, denominator = mg.as_integer_ratio()
        return -(-numerator * _SCALE // (denominator * self._grain))

    def makeable(self, most: int) -> int:
        """The set of single doses from 0 to `most` grains, as a bit set (bit n: n grains)."""
        if most not in self._makeable:
            self._makeable[most] = _union(_closure(group, most) for group in self._groups)
        return self._makeable[most]

    def make(self, mg: Decimal) -> tuple[ProductUnits, ...] | None:
        """The tablets for one dose: fewest units, then fewest products, then larger strengths.

        None when no whole units (or permitted halves) of products of one release make it up.
        Source: contract section 4.5.
        """
        grains = self.grains(mg)
        if grains is None or not 0 < grains <= MOST_GRAINS:
            return None
        if grains not in self._chosen:
            self._chosen[grains] = self._choose(grains)
        return self._chosen[grains]

    def _choose(self, grains: int) -> tuple[ProductUnits, ...] | None:
        choices = [self._fewest(g, 0, grains) for g in range(len(self._groups))]
        found = [c for c in choices if c is not None]
        if not found:
            return None
        best = min(found, key=lambda c: c.rank)
        return tuple(ProductUnits(p.product.id, p.units * n) for p, n in best.counts)

    def _fewest(self, group: int, first: int, grains: int) -> _Choice | None:
        """The best way to make up `grains` from the group's pieces from number `first` on."""
        key = (group, first, grains)
        if key not in self._best:
            self._best[key] = self._search(group, first, grains)
        return self._best[key]

    def _search(self, group: int, first: int, grains: int) -> _Choice | None:
        if grains == 0:
            return _Choice(Decimal(0), ())
        if first == len(self._groups[group]):
            return None
        piece = self._groups[group][first]
        best: _Choice | None = None
        for count in range(grains // piece.grains, -1, -1):
            left = grains - count * piece.grains
            if (
                best
                and self._least_units(group, first + 1, left) + count * piece.units > best.units
            ):
                break  # fewer of the strongest product only ever means more units
            rest = self._fewest(group, first + 1, left)
            if rest is None:
                continue
            taken = ((piece, count),) if count else ()
            choice = _Choice(count * piece.units + rest.units, taken + rest.counts)
            if best is None or choice.size < best.size:
                best = choice
        return best

    def _least_units(self, group: int, first: int, grains: int) -> Decimal:
        """A bound from below: the units if the next product could be cut to any size."""
        pieces = self._groups[group]
        if first == len(pieces):
            return Decimal(0)
        return grains * pieces[first].units / pieces[first].grains


def _piece_size(product: Product, *, halves: bool) -> Decimal:
    """The smallest share of a unit that can be handled."""
    if product.measure_ml is not None:
        return product.measure_ml
    return Decimal("0.5") if halves and product.halves else Decimal(1)


def _closure(pieces: Iterable[_Piece], most: int) -> int:
    """Every sum of the pieces up to `most`, each used any number of times, as a bit set."""
    everything = (1 << (most + 1)) - 1
    sums = 1
    for piece in pieces:
        shift = piece.grains
        while shift <= most:
            sums |= (sums << shift) & everything
            shift *= 2
    return sums


def _union(sets: Iterable[int]) -> int:
    result = 0
    for one in sets:
        result |= one
    return result
