"""Secrets that open something: 256 random bits behind a prefix, with a checksum at the end.

The prefix and the checksum let a scanner or a log filter recognise a leaked one. Only the SHA-256
is ever stored: with this much randomness nothing slower is needed.

A link's token also says, in one byte, on which shard its plan is kept: a calendar or a patient's
browser sends nothing but the address, so a router needs no directory to pass it on.
"""

import hashlib
import hmac
import re
import secrets
import zlib

FEED = "mpf"
PATIENT = "mpp"
API = "mpa"
SESSION = "mps"
RESET = "mpr"
CLIENT_TOKEN = "mpc"  # noqa: S105 - a prefix, not a secret
CLIENT_SECRET = "mpk"  # noqa: S105 - a prefix, not a secret

_RANDOM_LETTERS = 43
_CHECK_LETTERS = 8
_SHARDS = 256
SHAPE = re.compile(
    rf"(?P<body>mp(?:[a-eg-oq-z]_|[fp]_(?P<shard>[0-9a-f]{{2}}))[A-Za-z0-9_-]{{{_RANDOM_LETTERS}}})"
    rf"(?P<check>[0-9a-f]{{{_CHECK_LETTERS}}})"
)


def new_token(prefix: str) -> str:
    """Make a token that nobody can guess."""
    return _checked(f"{prefix}_{secrets.token_urlsafe(32)}")


def new_link_token(prefix: str, shard: int) -> str:
    """Make a token of a feed, or of a patient's link, that is kept on that shard.

    Raises:
        ValueError: a shard's number is one byte.
    """
    if shard not in range(_SHARDS):
        msg = f"shard {shard} does not fit one byte"
        raise ValueError(msg)
    return _checked(f"{prefix}_{shard:02x}{secrets.token_urlsafe(32)}")


def shard_of(token: str) -> int | None:
    """On which shard a link's token says that its plan is kept, None for any other text."""
    match = SHAPE.fullmatch(token)
    return None if match is None or match["shard"] is None else int(match["shard"], 16)


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
    """Compare two hashes, or codes, without telling by the time taken where they differ."""
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))


def _checked(body: str) -> str:
    return body + _checksum(body)


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"
