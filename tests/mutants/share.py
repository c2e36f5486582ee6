"""What a sample of mutants says of them all: which are drawn, and how far the share may be off."""

import math
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass

# Two-sided 95 % of the normal distribution.
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Interval:
    """A share and the bounds between which the true one lies 19 times in 20."""

    share: float
    low: float
    high: float


def drawn(names: Collection[str], size: int, seed: int) -> Sequence[str]:
    """`size` of the names, each as likely as the others, the same ones for the same seed.

    They come in the order of drawing, so that the first of them are a sample too.
    """
    ordered = sorted(names)
    random.Random(seed).shuffle(ordered)  # noqa: S311 - nothing is secret
    return ordered[:size]


def wilson(hits: int, tried: int) -> Interval:
    """The share of hits with Wilson's interval (1927): it stays within 0 and 1 at few tries.

    Raises:
        ValueError: nothing was tried.
    """
    if tried <= 0:
        raise ValueError("a share needs at least one try")
    share = hits / tried
    square = _Z * _Z
    centre = (share + square / (2 * tried)) / (1 + square / tried)
    spread = share * (1 - share) / tried + square / (4 * tried * tried)
    half = _Z * math.sqrt(spread) / (1 + square / tried)
    return Interval(share, centre - half, centre + half)
