"""How a daily dose is spread over the slots of a day.

Amounts are grains (see `tablets.py`); the amounts a slot may hold come as a bit set, bit n meaning
n grains. Slots are always listed in the order in which they give way: the first has less.
Source: contract section 4.4.
"""

from collections.abc import Iterator, Sequence


def totals(options: Sequence[int]) -> int:
    """Every sum of one amount from each slot, as a bit set."""
    sums = 1
    for amounts in options:
        sums = _added(sums, amounts)
    return sums


def most_even(total: int, options: Sequence[int]) -> tuple[int, ...] | None:
    """The most even way to spread `total`, slots listed earlier having less; None if there is none.

    Most even: its amounts, sorted from high to low, are lexicographically smallest.
    """
    level = _level(total, options)
    if level is not None:
        return level
    search = _Search(tuple(options))
    everyone = (1 << len(options)) - 1
    highest = max(amounts.bit_length() for amounts in options)
    return search.spread(total, everyone, highest)


def _level(total: int, options: Sequence[int]) -> tuple[int, ...] | None:
    """The split that differs by at most one grain, where every slot may hold its share.

    Nothing is more even, and the slots listed last hold what is left over; so where it is possible
    it is the answer, and no search is needed.
    """
    share, over = divmod(total, len(options))
    plain = len(options) - over
    split = tuple(share if n < plain else share + 1 for n in range(len(options)))
    fits = all(amounts >> n & 1 for amounts, n in zip(options, split, strict=True))
    return split if fits else None


class _Search:
    """Looks for the most even split, remembering what it has already worked out."""

    def __init__(self, options: tuple[int, ...]) -> None:
        self._options = options
        self._most = [amounts.bit_length() - 1 for amounts in options]
        self._known: dict[tuple[int, int, int], tuple[int, ...] | None] = {}

    def spread(self, total: int, slots: int, cap: int) -> tuple[int, ...] | None:
        """The best split of `total` over the slots in the bit set, none above `cap`.

        The result has one entry for each slot; those outside the bit set hold 0.
        """
        key = (total, slots, cap)
        if key not in self._known:
            self._known[key] = self._spread(total, slots, cap)
        return self._known[key]

    def _spread(self, total: int, slots: int, cap: int) -> tuple[int, ...] | None:
        if slots == 0:
            return tuple(0 for _ in self._options) if total == 0 else None
        allowed = 0
        for slot in _bits(slots):
            allowed |= self._options[slot]
        for high in _bits_between(allowed, self._level(total, slots), min(cap, total)):
            found = list(self._with_high(total, slots, high))
            if found:
                return min(found, key=lambda s: (sorted(s, reverse=True), s))
        return None

    def _level(self, total: int, slots: int) -> int:
        """The lowest height at which the slots together could hold the total, each up to its most.

        Nothing lower can be the highest amount of a split, so the search starts there.
        """
        left, count = total, slots.bit_count()
        for most in sorted(self._most[slot] for slot in _bits(slots)):
            if most * count >= left:
                break
            left -= most
            count -= 1
        return -(-left // count) if count else total + 1

    def _with_high(self, total: int, slots: int, high: int) -> Iterator[tuple[int, ...]]:
        """The best splits in which some one slot holds exactly `high` and none holds more."""
        for slot in _bits(slots):
            if self._options[slot] >> high & 1:
                rest = self.spread(total - high, slots & ~(1 << slot), high)
                if rest is not None:
                    yield (*rest[:slot], high, *rest[slot + 1 :])


def _added(sums: int, amounts: int) -> int:
    """Every sum of one member of each set; runs of neighbouring amounts are added at once."""
    result = 0
    position = 0
    while amounts:
        skip = (amounts & -amounts).bit_length() - 1
        amounts >>= skip
        position += skip
        run = (~amounts & (amounts + 1)).bit_length() - 1
        result |= _widened(sums << position, run)
        amounts >>= run
        position += run
    return result


def _widened(sums: int, width: int) -> int:
    """The set together with its shifts by 1 to `width` - 1."""
    done = 1
    while done < width:
        step = min(done, width - done)
        sums |= sums << step
        done += step
    return sums


def _bits(members: int) -> Iterator[int]:
    while members:
        low = members & -members
        yield low.bit_length() - 1
        members ^= low


def _bits_between(members: int, first: int, last: int) -> Iterator[int]:
    window = (members >> first) & ((1 << max(last - first + 1, 0)) - 1)
    return (first + bit for bit in _bits(window))
