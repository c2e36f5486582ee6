"""Content lines of RFC 5545: text escaped, lines folded, no text that could start its own line.

Knows properties only as names and values; what they mean is for its callers.
"""

import re
from collections.abc import Iterable

LINE_OCTETS = 75
_LINE_BREAKS = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
# C0 and C1 controls; direction overrides, embeddings and isolates, which reorder what a reader
# sees; the byte order mark; halves of surrogate pairs, which no UTF-8 can hold.
_UNSAFE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def text(value: str) -> str:
    """A value of type TEXT (RFC 5545 3.3.11): escaped, without controls or direction overrides.

    Every kind of line break becomes the escaped one, so no text can begin a content line.
    """
    clean = value if value.isprintable() else _clean(value)
    escaped = clean.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def _clean(value: str) -> str:
    return _UNSAFE.sub("", _LINE_BREAKS.sub("\n", value)).replace("\t", " ")


def component(name: str, lines: Iterable[str]) -> list[str]:
    """The lines of a component between its BEGIN and END."""
    return [f"BEGIN:{name}", *lines, f"END:{name}"]


def to_bytes(lines: Iterable[str]) -> bytes:
    """Content lines as UTF-8, folded, each ended by CRLF."""
    return b"".join([_ended(line.encode()) for line in lines])


def _ended(octets: bytes) -> bytes:
    return (octets if len(octets) <= LINE_OCTETS else _folded(octets)) + b"\r\n"


def _folded(octets: bytes) -> bytes:
    """A line in pieces of at most 75 octets that never part a UTF-8 character (RFC 5545 3.1)."""
    pieces, start, room = [], 0, LINE_OCTETS
    while len(octets) - start > room:
        end = start + room
        while octets[end] & 0xC0 == 0x80:  # a UTF-8 continuation octet: step back to its head
            end -= 1
        pieces.append(octets[start:end])
        start, room = end, LINE_OCTETS - 1  # the space that marks a folded line counts
    pieces.append(octets[start:])
    return b"\r\n ".join(pieces)
