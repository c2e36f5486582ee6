"""Names for rows: UUIDv7 made here, and their outward form such as `pln_068z...`.

A UUIDv7 begins with its time of making, so ids sort by age on every database and need no sequence
that several machines would have to share. Outside they carry a prefix that says what they name,
and 26 characters of base32 without look-alikes (Crockford's alphabet, small letters).
"""

import re
import secrets
from datetime import datetime
from uuid import UUID

PLAN = "pln"
FEED = "fed"
PATIENT = "pat"
LINK = "lnk"
CHECK_IN = "chk"
USER = "usr"
SESSION = "ses"
API_TOKEN = "tok"  # noqa: S105 - a prefix, not a secret
ORGANISATION = "org"
CLIENT = "cli"
EVENT = "evt"
WEBHOOK = "whe"
DISPENSE = "dsp"
COUNTER_CHECK = "ctr"

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUE = {letter: value for value, letter in enumerate(_ALPHABET)}
_LENGTH = 26
PATTERN = f"[0-7][{_ALPHABET}]{{{_LENGTH - 1}}}"
_TEXT = re.compile(PATTERN)


def new_id(now: datetime) -> UUID:
    """Make a UUIDv7 (RFC 9562, 5.7): milliseconds of `now`, then 74 random bits."""
    milliseconds = int(now.timestamp() * 1000)
    value = (milliseconds << 80) | secrets.randbits(80)
    value = value & ~(0xF << 76) | (7 << 76)
    return UUID(int=value & ~(0b11 << 62) | (0b10 << 62))


def write_id(prefix: str, row_id: UUID) -> str:
    """Write an id as the outside sees it."""
    value, letters = row_id.int, []
    for _ in range(_LENGTH):
        value, letter = divmod(value, 32)
        letters.append(_ALPHABET[letter])
    return f"{prefix}_{''.join(reversed(letters))}"


def read_id(prefix: str, text: str) -> UUID:
    """Read what `write_id` wrote; every id has one spelling.

    Raises:
        ValueError: the text is not such an id. The caller's user is at fault.
    """
    start = f"{prefix}_"
    body = text.removeprefix(start)
    if not text.startswith(start) or not _TEXT.fullmatch(body):
        msg = f"not an id such as {prefix}_…"
        raise ValueError(msg)
    value = 0
    for letter in body:
        value = value * 32 + _VALUE[letter]
    return UUID(int=value)
