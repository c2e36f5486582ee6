"""Reading JSON strictly: one value, no surprises, and every fault with its place.

RFC 8259 leaves much to the reader; here everything doubtful is refused: repeated keys, numbers
that are none, text that isn't Unicode, nesting without end. This module knows no schema.

Nearly all text has no fault. It is read at once; only where something is doubtful is it read again
with every member as it was written, to name each fault and its place.
"""

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Never, TypeAlias

from medplan.errors import InvalidRequestError, Problem

JsonValue: TypeAlias = "bool | int | Decimal | str | list[JsonValue] | dict[str, JsonValue] | None"

MOST_BYTES = 256 * 1024
_DEEPEST = 20
_LONGEST_KEY = 100
_MOST_PROBLEMS = 100
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")
_MAYBE_NOT_TEXT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_FRACTION = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,2})?")


class _DoubtfulError(Exception):
    """Something is wrong with the text, or may be."""


@dataclass(frozen=True, slots=True)
class _Members:
    """A JSON object as it was written: repeated keys and all."""

    pairs: list[tuple[str, object]]


@dataclass(frozen=True, slots=True)
class _Number:
    """A number as it was written."""

    text: str


def read_json(text: str | bytes, most_bytes: int = MOST_BYTES) -> JsonValue:
    """The value that strict JSON text stands for; fractions are exact decimals.

    Raises:
        InvalidRequestError: it is not such text; each problem has its JSON Pointer.
    """
    value, problems = survey_json(text, most_bytes)
    if problems:
        raise InvalidRequestError(problems)
    return value


def survey_json(
    text: str | bytes, most_bytes: int = MOST_BYTES
) -> tuple[JsonValue, tuple[Problem, ...]]:
    """The value of JSON text and what is wrong inside it, so that a schema can add its own faults.

    A broken member stands in the value as something that no schema here accepts.

    Raises:
        InvalidRequestError: the text as a whole can't be read.
    """
    decoded = _decode(text, most_bytes)
    try:
        return _read_at_once(decoded), ()
    except _DoubtfulError:
        problems: list[Problem] = []
        value = _settle(_parse(decoded), "", 0, problems)
        return value, tuple(problems)


def child(pointer: str, token: str | int) -> str:
    """The JSON Pointer (RFC 6901) of a member or item of what `pointer` points at."""
    return f"{pointer}/{str(token).replace('~', '~0').replace('/', '~1')}"


def _refuse(code: str, detail: str) -> Never:
    raise InvalidRequestError([Problem("", code, detail)])


def _decode(text: str | bytes, most_bytes: int) -> str:
    try:
        data = text.encode() if isinstance(text, str) else text
        if len(data) > most_bytes:
            _refuse("too-large", f"more than {most_bytes // 1024} KB")
        return data.decode()
    except UnicodeError:
        _refuse("not-utf8", "not UTF-8 text")


def _read_at_once(text: str) -> JsonValue:
    """Read text that has no fault; whatever could be one is doubtful."""
    if _MAYBE_NOT_TEXT.search(text):
        raise _DoubtfulError
    try:
        value: JsonValue = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=_fraction,
            parse_constant=_doubt,
        )
    except (json.JSONDecodeError, RecursionError) as error:
        raise _DoubtfulError from error
    if _is_too_deep(value):
        raise _DoubtfulError
    return value


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(pairs)
    if len(found) != len(pairs) or max(map(len, found), default=0) > _LONGEST_KEY:
        raise _DoubtfulError
    return found


def _whole(text: str) -> int:
    return int(text) if _WHOLE.fullmatch(text) else _doubt(text)


def _fraction(text: str) -> Decimal:
    return Decimal(text) if _FRACTION.fullmatch(text) else _doubt(text)


def _doubt(_text: str) -> Never:
    raise _DoubtfulError


def _is_too_deep(value: JsonValue) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(_DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _parse(text: str) -> object:
    try:
        return json.loads(
            text,
            object_pairs_hook=_Members,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_Number,
        )
    except json.JSONDecodeError as error:
        _refuse("not-json", f"{error.msg} (line {error.lineno}, column {error.colno})")
    except RecursionError:
        _refuse("too-deep", f"nested more than {_DEEPEST} deep")


def _settle(raw: object, pointer: str, depth: int, problems: list[Problem]) -> JsonValue:
    """Turn what was written into plain values, noting what is wrong on the way."""
    if depth >= _DEEPEST and isinstance(raw, (_Members, list)):
        return _note(problems, pointer, "too-deep", f"nested more than {_DEEPEST} deep")
    if isinstance(raw, _Members):
        return _settle_members(raw, pointer, depth, problems)
    if isinstance(raw, list):
        return [_settle(item, child(pointer, n), depth + 1, problems) for n, item in enumerate(raw)]
    if isinstance(raw, _Number):
        return _settle_number(raw.text, pointer, problems)
    if isinstance(raw, str):
        return _settle_text(raw, pointer, problems)
    return None if raw is None else bool(raw)


def _settle_members(
    members: _Members, pointer: str, depth: int, problems: list[Problem]
) -> JsonValue:
    settled: dict[str, JsonValue] = {}
    for key, raw in members.pairs:
        if len(key) > _LONGEST_KEY or not _is_text(key):
            _note(problems, pointer, "bad-key", "a key that is too long or not plain text")
            continue
        place = child(pointer, key)
        if key in settled:
            _note(problems, place, "duplicate-key", "this key stands here more than once")
        settled[key] = _settle(raw, place, depth + 1, problems)
    return settled


def _settle_number(text: str, pointer: str, problems: list[Problem]) -> JsonValue:
    if _WHOLE.fullmatch(text):
        return int(text)
    if _FRACTION.fullmatch(text):
        return Decimal(text)
    return _note(problems, pointer, "bad-number", "not a number that can be used here")


def _settle_text(text: str, pointer: str, problems: list[Problem]) -> JsonValue:
    if _is_text(text):
        return text
    return _note(problems, pointer, "bad-text", "holds a character that is not text")


def _is_text(text: str) -> bool:
    return _NOT_TEXT.search(text) is None


def _note(problems: list[Problem], pointer: str, code: str, detail: str) -> Decimal:
    """Keep a problem; the answer stands in for the broken value, and no schema accepts it."""
    if len(problems) < _MOST_PROBLEMS:
        problems.append(Problem(pointer, code, detail))
    return Decimal(0)
