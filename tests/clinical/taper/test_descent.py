"""How a dose comes down."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from itertools import product as every

from hypothesis import assume, given
from hypothesis import strategies as st

from medplan.clinical.taper.descent import Cut, Descent, descend, two_places
from medplan.formulary.model import Basis, Stage
from tests.clinical.making import kit, mg

STRENGTHS = st.lists(st.sampled_from([1, 2, 5, 10, 15, 25]), min_size=1, max_size=3, unique=True)
CURRENT = st.lists(st.integers(0, 60), min_size=1, max_size=4)
STAGES = st.one_of(
    st.builds(Stage, every_days=st.integers(1, 28), reduce_mg=st.integers(1, 30).map(Decimal)),
    st.builds(
        Stage,
        every_days=st.integers(1, 28),
        reduce_percent=st.sampled_from(["5", "10", "12.5", "25", "33.3", "100"]).map(Decimal),
        basis=st.sampled_from(Basis),
    ),
)


def lowered(strengths: list[int], current: list[int], stage: Stage, days: int = 730) -> Descent:
    amounts = mg(*current)
    return descend(kit(*map(str, strengths)), amounts, [stage], floor_mg=None, days=days)


def every_cut(descent: Descent) -> list[Cut]:
    return [*descent.cuts, *([descent.last_drop] if descent.last_drop else [])]


@given(strengths=STRENGTHS, current=CURRENT, stage=STAGES)
def test_no_slot_ever_rises_and_every_cut_is_real(
    strengths: list[int], current: list[int], stage: Stage
) -> None:
    assume(sum(current) > 0)
    held = [mg(*current), *(c.amounts for c in lowered(strengths, current, stage).cuts)]

    for before, after in pairwise(held):
        assert all(b <= a for a, b in zip(before, after, strict=True))
        assert sum(after) < sum(before)


@given(strengths=STRENGTHS, current=CURRENT, stage=STAGES)
def test_no_cut_is_larger_than_asked_unless_it_says_so(
    strengths: list[int], current: list[int], stage: Stage
) -> None:
    assume(sum(current) > 0)
    original = sum(current)

    for cut in every_cut(lowered(strengths, current, stage)):
        lost = cut.previous_mg - cut.daily_mg
        small_last = not cut.daily_mg and cut.previous_mg * 4 <= original
        assert cut.forced == (lost > cut.asked_mg and not small_last)


@given(strengths=STRENGTHS, current=CURRENT, stage=STAGES)
def test_each_step_is_the_one_that_trying_everything_finds(
    strengths: list[int], current: list[int], stage: Stage
) -> None:
    assume(sum(current) > 0 and len(current) <= 3)
    descent = lowered(strengths, current, stage)
    tablets = kit(*map(str, strengths))
    before = mg(*current)
    original = sum(before)
    for cut in every_cut(descent)[:4]:
        options = [
            [Decimal(n) for n in range(int(b) + 1) if n == 0 or tablets.make(Decimal(n))]
            for b in before
        ]
        previous = sum(before)
        target = Fraction(previous) - cut.asked_mg
        sums = {sum(s) for s in every(*options)}
        near = [s for s in sums if target <= s < previous]
        wanted = min(near) if near else max(s for s in sums if s < previous)
        even = min(
            (s for s in every(*options) if sum(s) == wanted),
            key=lambda s: (sorted(s, reverse=True), s),
        )
        assert cut.amounts == even
        before = cut.amounts
    assert original > 0


@given(strengths=STRENGTHS, current=CURRENT, stage=STAGES, days=st.integers(1, 200))
def test_a_taper_ends_at_nothing_or_says_that_it_overran(
    strengths: list[int], current: list[int], stage: Stage, days: int
) -> None:
    assume(sum(current) > 0)
    descent = lowered(strengths, current, stage, days)

    assert (descent.last_drop is None) == descent.overran
    assert sum(c.days for c in descent.cuts) <= days


@given(current=st.integers(10, 400), floor=st.integers(1, 400), cut=st.integers(1, 60))
def test_a_floor_is_never_passed(current: int, floor: int, cut: int) -> None:
    stage = Stage(7, reduce_mg=Decimal(cut))
    descent = descend(kit("5"), mg(current), [stage], floor_mg=Decimal(floor), days=10_000)

    assert all(c.daily_mg >= floor for c in descent.cuts)
    assert descent.last_drop is None


def test_a_dose_of_too_many_pieces_gets_no_cut_rather_than_a_larger_one() -> None:
    stage = Stage(7, reduce_mg=Decimal("0.5"))
    descent = descend(kit("0.01"), mg(90), [stage], floor_mg=None, days=730)

    assert descent == Descent((), None, overran=False)


def test_90_three_times_a_day_by_15_lets_noon_give_way_first() -> None:
    # In the order in which slots give way: noon, morning, evening.
    descent = descend(
        kit("15"), mg(90, 90, 90), [Stage(7, reduce_mg=Decimal(15))], floor_mg=None, days=730
    )

    assert [c.amounts for c in descent.cuts[:3]] == [mg(75, 90, 90), mg(75, 75, 90), mg(75, 75, 75)]
    assert len(descent.cuts) == 17


def test_600_three_times_a_day_by_300_drops_noon_to_nothing() -> None:
    descent = descend(
        kit("300"), mg(600, 600, 600), [Stage(7, reduce_mg=Decimal(300))], floor_mg=None, days=730
    )

    assert [c.amounts for c in descent.cuts] == [
        mg(300, 600, 600),
        mg(300, 300, 600),
        mg(300, 300, 300),
        mg(0, 300, 300),
        mg(0, 0, 300),
    ]


def test_stages_follow_one_another_at_their_ends() -> None:
    stages = [
        Stage(7, reduce_percent=Decimal(10), basis=Basis.ORIGINAL, until_percent=Decimal(30)),
        Stage(7, reduce_percent=Decimal(25), basis=Basis.CURRENT, until_mg=Decimal(4)),
        Stage(7, reduce_mg=Decimal(1)),
    ]
    descent = descend(kit("1"), mg(20, 20), stages, floor_mg=None, days=730)

    daily = [36, 32, 28, 24, 20, 16, 12, 9, 7, 6, 5, 4, 3, 2, 1]
    assert [c.daily_mg for c in descent.cuts] == daily


def test_percentages_are_rounded_half_up_to_two_places() -> None:
    assert two_places(Fraction(1, 8)) == Decimal("0.13")
    assert two_places(Fraction(100, 3)) == Decimal("33.33")
    assert two_places(Decimal(25)) == Decimal("25.00")
