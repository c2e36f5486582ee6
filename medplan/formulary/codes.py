"""Codes of a substance in other systems: one type for each system, with its own pattern.

A code that doesn't fit its system can't be made, so an RxNorm number never passes for a SNOMED one.
This module knows the shape of a code, not what it stands for.
"""

import re
from typing import ClassVar, Self

_DIHEDRAL = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_FIRST_PERMUTATION = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
_CONCEPT_PARTITIONS = frozenset({"00", "10"})


class Code(str):
    """A code of one system. Making one checks it.

    Raises:
        ValueError: the text is no code of this system. The file's author is at fault.
    """

    __slots__ = ()
    system: ClassVar[str]
    pattern: ClassVar[re.Pattern[str]]

    def __new__(cls, text: str) -> Self:
        """Check the text and keep it as it is."""
        if not cls.pattern.fullmatch(text):
            msg = f"is no {cls.system} code"
            raise ValueError(msg)
        return super().__new__(cls, text)


class AtcCode(Code):
    """A substance in the WHO's Anatomical Therapeutic Chemical classification."""

    __slots__ = ()
    system = "ATC"
    pattern = re.compile(r"[ABCDGHJLMNPRSV][0-9]{2}[A-Z]{2}[0-9]{2}")


class RxNormCode(Code):
    """A concept of RxNorm (an RXCUI)."""

    __slots__ = ()
    system = "RxNorm"
    pattern = re.compile(r"[1-9][0-9]{0,7}")


class UniiCode(Code):
    """A substance in the FDA's register of unique ingredient identifiers."""

    __slots__ = ()
    system = "UNII"
    pattern = re.compile(r"[0-9A-Z]{10}")


class SnomedCode(Code):
    """A concept of SNOMED CT: its last digit is a Verhoeff check digit.

    The two digits before it say what kind of thing is meant; a concept has 00 or 10 there.
    """

    __slots__ = ()
    system = "SNOMED CT"
    pattern = re.compile(r"[1-9][0-9]{5,17}")

    def __new__(cls, text: str) -> Self:
        """Check the pattern, the check digit and the kind."""
        code = super().__new__(cls, text)
        if not has_verhoeff_check_digit(text):
            msg = "is no SNOMED CT code: its check digit is wrong"
            raise ValueError(msg)
        if text[-3:-1] not in _CONCEPT_PARTITIONS:
            msg = "is no SNOMED CT concept: it names a description or a relationship"
            raise ValueError(msg)
        return code


def has_verhoeff_check_digit(digits: str) -> bool:
    """Whether the last digit is the Verhoeff check digit of those before it.

    Source: J. Verhoeff, Error Detecting Decimal Codes, 1969; SNOMED CT identifiers use it.
    """
    return _checksum(digits) == 0


def _checksum(digits: str) -> int:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        total = _DIHEDRAL[total][_permuted(int(digit), position % 8)]
    return total


def _permuted(digit: int, times: int) -> int:
    for _ in range(times):
        digit = _FIRST_PERMUTATION[digit]
    return digit
