"""Secrets that open something: 256 random bits behind a prefix, with a checksum at the end.

The prefix and the checksum let a scanner or a log filter recognise a leaked one. Only the SHA-256
is ever stored: with this much randomness nothing slower is needed.
"""

import hashlib
import hmac
import re
import secrets
import zlib

FEED = "mpf"
API = "mpa"

_RANDOM_LETTERS = 43
_CHECK_LETTERS = 8
SHAPE = re.compile(
    rf"(?P<body>mp[fa]_[A-Za-z0-9_-]{{{_RANDOM_LETTERS}}})(?P<check>[0-9a-f]{{{_CHECK_LETTERS}}})"
)


def new_token(prefix: str) -> str:
    """Make a token that nobody can guess."""
    body = f"{prefix}_{secrets.token_urlsafe(32)}"
    return body + _checksum(body)


def is_token(prefix: str, text: str) -> bool:
    """Whether the text can be a token of this prefix at all, before any look at the database."""
    match = SHAPE.fullmatch(text)
    return (
        match is not None
        and text.startswith(f"{prefix}_")
        and match["check"] == _checksum(match["body"])
    )


def token_hash(token: str) -> str:
    """Give what is stored in the token's place."""
    return hashlib.sha256(token.encode()).hexdigest()


def same_hash(one: str, other: str) -> bool:
    """Compare two hashes without telling by the time taken where they differ."""
    return hmac.compare_digest(one, other)


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"
