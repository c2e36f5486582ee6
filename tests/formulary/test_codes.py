"""Codes of other systems are what they say, and a mistyped one is caught."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from medplan.formulary.codes import (
    AtcCode,
    Code,
    RxNormCode,
    SnomedCode,
    UniiCode,
    has_verhoeff_check_digit,
)

DIGITS = st.text("0123456789", min_size=5, max_size=17)


def with_check_digit(digits: str) -> str:
    return next(digits + d for d in "0123456789" if has_verhoeff_check_digit(digits + d))


@given(DIGITS)
def test_every_number_has_exactly_one_check_digit(digits: str) -> None:
    assert sum(has_verhoeff_check_digit(digits + d) for d in "0123456789") == 1


@given(DIGITS, st.data())
def test_one_wrong_digit_is_always_caught(digits: str, data: st.DataObject) -> None:
    number = with_check_digit(digits)
    place = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))

    assert not has_verhoeff_check_digit(number[:place] + other + number[place + 1 :])


@given(DIGITS, st.data())
def test_two_neighbours_changed_round_are_always_caught(digits: str, data: st.DataObject) -> None:
    number = with_check_digit(digits)
    place = data.draw(st.integers(0, len(number) - 2))
    first, second = number[place], number[place + 1]
    assume(first != second)

    assert not has_verhoeff_check_digit(number[:place] + second + first + number[place + 2 :])


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (AtcCode, "M01AE02"),
        (RxNormCode, "7258"),
        (UniiCode, "57Y76R9ATQ"),
        (SnomedCode, "372588000"),
        (SnomedCode, "999000041000000102"),  # an extension's concept, of as many digits as may be
    ],
)
def test_a_code_is_its_own_text(system: type[Code], code: str) -> None:
    assert system(code) == code


@pytest.mark.parametrize(
    ("system", "code", "why"),
    [
        (AtcCode, "7258", "no ATC code"),
        (RxNormCode, "M01AE02", "no RxNorm code"),
        (RxNormCode, "07258", "no RxNorm code"),
        (UniiCode, "57Y76R9AT", "no UNII code"),
        (SnomedCode, "7258", "no SNOMED CT code"),
        (SnomedCode, "372652001", "check digit is wrong"),
        (SnomedCode, "680946014", "no SNOMED CT concept"),
    ],
)
def test_a_code_of_another_system_is_refused(system: type[Code], code: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        system(code)
