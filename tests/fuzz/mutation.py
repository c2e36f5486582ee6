"""Inputs made from seeds and a string of bytes: the same bytes always make the same input.

A fuzzer that learns, and Hypothesis, both give bytes; here they become documents that are nearly
right, so that what lies behind a parser's first check is reached too. Knows no parser.
"""

import json
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

WORDS = (
    "\0", "\ud800", "\u202e", "\r\nBEGIN:VALARM", "=1+1", "<script>", "{{7*7}}", "#{sys.inputs}",
    "../../etc/passwd", "%00", "1e400", "NaN", "-0", "0", "9999-12-31", "0001-01-01", "24:00",
    "2026-02-29", "Pacific/Kiritimati", "٣", "1_000", "A" * 300, "", " ", "null", "https://a@127.0.0.1",
    "9" * 5000, "\u0130", "//evil.example", "mpf_00", "'; DROP TABLE plan; --",
)  # fmt: skip
VALUES: tuple[object, ...] = (
    None, True, False, 0, -1, 1, 10**17, -(10**17), 0.5, 1e300, float("nan"), float("inf"), [], {},
    [[]], [{}], [None], {"": 1}, {"value": "1", "unit": "mg"}, *WORDS,
)  # fmt: skip


@dataclass
class Source:
    """Bytes that decide what is done; when they are used up, all decisions are nought."""

    data: bytes
    at: int = 0

    def below(self, limit: int) -> int:
        """A number from 0 to just below a limit."""
        if limit <= 1:
            return 0
        taken = self.data[self.at : self.at + 2]
        self.at += 2
        return int.from_bytes(taken, "big") % limit

    def rest(self) -> bytes:
        """What is left."""
        left, self.at = self.data[self.at :], len(self.data)
        return left

    def text(self) -> str:
        """Some text of what is left, or one that has made trouble elsewhere."""
        if self.below(3):
            return WORDS[self.below(len(WORDS))]
        length = self.below(40)
        taken = self.data[self.at : self.at + length]
        self.at += length
        return taken.decode("utf-8", "surrogateescape")

    def value(self) -> object:
        """A value for any place."""
        return self.text() if self.below(3) == 0 else deepcopy(VALUES[self.below(len(VALUES))])


def json_from(seeds: Sequence[str], data: bytes) -> bytes:
    """JSON text that is nearly one of the seeds, or bytes that are none at all."""
    source = Source(data)
    if source.below(8) == 0:
        return source.rest()
    document = json.loads(seeds[source.below(len(seeds))])
    for _ in range(source.below(4)):
        document = _changed(document, source)
    text = json.dumps(document, ensure_ascii=bool(source.below(2)))
    return (_spoilt(text, source) if source.below(6) == 0 else text).encode("utf-8", "replace")


def text_from(seeds: Sequence[str], data: bytes) -> str:
    """Text that is nearly one of the seeds, or none at all."""
    source = Source(data)
    if source.below(8) == 0:
        return source.rest().decode("utf-8", "surrogateescape")
    text = seeds[source.below(len(seeds))]
    for _ in range(1 + source.below(3)):
        text = _spoilt(text, source)
    return text


def _changed(document: Any, source: Source) -> Any:
    """The document with one of its places otherwise."""
    places = list(_places(document)) if isinstance(document, dict | list) else []
    if not places:
        return source.value()
    holder, key = places[source.below(len(places))]
    act = source.below(5)
    if act == 0:
        del holder[key]
    elif act == 1:
        other, other_key = places[source.below(len(places))]
        holder[key] = json.loads(json.dumps(other[other_key]))
    elif act == 2 and isinstance(holder, dict):
        holder[source.text()] = holder.pop(key)
    elif act == 3 and isinstance(holder, list):
        holder.extend([holder[key]] * (1 + source.below(30)))
    else:
        holder[key] = source.value()
    return document


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a document: what holds it, and under which key."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(pairs):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


def _spoilt(text: str, source: Source) -> str:
    """The text with a piece of it cut out, doubled, or put in another's place."""
    start = source.below(len(text) + 1)
    end = min(len(text), start + source.below(30))
    piece = (source.text(), text[start:end] * 2, "", text[: source.below(60)])[source.below(4)]
    return text[:start] + piece + text[end:]
