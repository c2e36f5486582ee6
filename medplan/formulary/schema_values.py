"""The kinds of value a formulary file may hold, each a function that refuses anything else.

Amounts are decimal strings, counts plain integers, words come from closed lists. The functions at
the end make marshmallow fields of them. This module knows no table and no medicine.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from marshmallow import Schema, ValidationError, fields

from medplan.units import parse_decimal

T = TypeVar("T")
W = TypeVar("W", bound=StrEnum)
Reader = Callable[[object], T]

_MESSAGES: dict[str, str | list[object] | dict[object, object]] = {
    "required": "is missing",
    "invalid": "is not a list",
}


def string(value: object) -> str:
    """A text that isn't blank and has no space around it."""
    if not isinstance(value, str) or not value or value != value.strip():
        raise ValidationError("is not a text without space around it")
    return value


def amount(value: object) -> Decimal:
    """A decimal string above 0, such as "7.5"; a bare number is refused, for it may be inexact."""
    if not isinstance(value, str):
        raise ValidationError('is not a decimal string such as "7.5"')
    try:
        number = parse_decimal(value)
    except ValueError as error:
        raise ValidationError(f"is {error}") from None
    if not number:
        raise ValidationError("is not above 0")
    return number


def amounts(value: object) -> Mapping[str, Decimal]:
    """A table of amounts by name."""
    if not isinstance(value, Mapping):
        raise ValidationError("is not a table")
    read: dict[str, Decimal] = {}
    refused: dict[str, object] = {}
    for name, text in value.items():
        try:
            read[name] = amount(text)
        except ValidationError as error:
            refused[name] = error.messages
    if refused:
        raise ValidationError(refused)
    return read


def count(value: object) -> int:
    """A plain integer, 0 or above."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValidationError("is not a whole number without quotes")
    if value < 0:
        raise ValidationError("is below 0")
    return value


def positive(value: object) -> int:
    """A plain integer above 0."""
    number = count(value)
    if not number:
        raise ValidationError("is not above 0")
    return number


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValidationError("is neither true nor false")
    return value


def day(value: object) -> date:
    """A TOML date, without quotes and without a time."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValidationError("is not a date such as 2026-11-22")
    return value


def word(words: type[W]) -> Reader[W]:
    """One word of a closed list."""
    by_text = {str(w): w for w in words}

    def read(value: object) -> W:
        if not isinstance(value, str) or value not in by_text:
            raise ValidationError(f"is none of: {', '.join(by_text)}")
        return by_text[value]

    return read


def needed(read: Reader[T]) -> fields.Raw:
    """A key that must be there."""
    return fields.Raw(required=True, post_load=read, error_messages=_MESSAGES)


def optional(read: Reader[T], *, default: T | None = None) -> fields.Raw:
    """A key that may be left out, and what it then is."""
    return fields.Raw(load_default=default, post_load=read)


def bound(read: Reader[T]) -> fields.Raw:
    """A key that may be left out and then isn't passed on."""
    return fields.Raw(post_load=read)


def several(read: Reader[T]) -> fields.List[object]:
    """A list as a tuple, empty when left out, nothing in it twice."""
    return fields.List(
        fields.Raw(post_load=read),
        load_default=(),
        post_load=_each_once,
        error_messages=_MESSAGES,
    )


def listed(read: Reader[T]) -> fields.List[object]:
    """A list as a tuple that must be there, not empty, nothing in it twice."""
    return fields.List(
        fields.Raw(post_load=read),
        required=True,
        post_load=[_not_empty, _each_once],
        error_messages=_MESSAGES,
    )


def pair(read: Reader[T]) -> fields.List[object]:
    """A list of two as a tuple."""
    return fields.List(fields.Raw(post_load=read), post_load=_two, error_messages=_MESSAGES)


def table(schema: type[Schema]) -> fields.Nested:
    """A table that may be left out."""
    return fields.Nested(schema(), load_default=None)


def needed_table(schema: type[Schema]) -> fields.Nested:
    """A table that must be there."""
    return fields.Nested(schema(), required=True, error_messages=_MESSAGES)


def rows(schema: type[Schema], name: str | None = None) -> fields.List[object]:
    """A list of tables as a tuple, empty when left out; `name` where the file says another."""
    return fields.List(
        fields.Nested(schema()),
        load_default=(),
        post_load=tuple,
        data_key=name,
        error_messages=_MESSAGES,
    )


def _each_once(values: Sequence[object]) -> tuple[object, ...]:
    if len(set(values)) < len(values):
        raise ValidationError("says something twice")
    return tuple(values)


def _not_empty(values: Sequence[object]) -> Sequence[object]:
    if not values:
        raise ValidationError("is empty")
    return values


def _two(values: Sequence[object]) -> tuple[object, object]:
    if len(values) != 2:
        raise ValidationError("is not a list of two")
    return values[0], values[1]
