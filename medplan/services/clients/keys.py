"""A client's public keys, and what it signs with them (SMART Backend Services).

Only RS384 and ES384, only keys that the client registered, chosen by the key id that its assertion
names. An assertion is for this server, for five minutes at most, and for one use. Pure: knows
neither the database nor the wall clock.

Source: SMART App Launch 2.2, "Client Authentication: Asymmetric"; RFC 7523, 3.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from medplan.services.refusals import ClientRefusedError

ALGORITHMS = ("RS384", "ES384")
LONGEST = timedelta(minutes=5)
LEEWAY = timedelta(seconds=60)
_LONGEST_ASSERTION = 8_000
_LONGEST_JTI = 255
_MOST_KEYS = 20
_RSA_BITS = 2048
_CURVE = "P-384"

Key = RSAKey | ECKey


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who an assertion says it is from and which key it names, before anything is checked."""

    issuer: str
    key_id: str


@dataclass(frozen=True, slots=True)
class Proven:
    """A checked assertion: what makes it one of a kind, and until when it could come again."""

    jti: str
    expires_at: datetime


def read_keys(text: str) -> tuple[Key, ...]:
    """Read the keys of a JWK set that a client may sign with; others are left out.

    Raises:
        ValueError: it is no such set, holds a private or a secret key, or none that can be used.
    """
    try:
        entries = json.loads(text)["keys"]
        if len(entries) > _MOST_KEYS or any(_secret(entry) for entry in entries):
            msg = "a set holds public keys only, and not too many"
            raise ValueError(msg)
        keys = KeySet.import_key_set({"keys": [e for e in entries if _suits(e)]}).keys
    except (JoseError, KeyError, TypeError, AttributeError, RecursionError) as error:
        msg = "not a set of public keys (JWKS)"
        raise ValueError(msg) from error
    usable = tuple(key for key in keys if isinstance(key, RSAKey | ECKey) and key.kid)
    if not usable:
        msg = "no key for RS384 (RSA from 2,048 bits) or ES384 (P-384) with a kid"
        raise ValueError(msg)
    return usable


def read_claimed(assertion: str) -> Claimed:
    """Look into an assertion without believing it.

    Raises:
        ClientRefusedError: it is none, or not signed as it must be.
    """
    if len(assertion) > _LONGEST_ASSERTION:
        raise ClientRefusedError("The assertion is too long.")
    try:
        extracted = jws.extract_compact(assertion.encode())
        header, claims = extracted.headers(), json.loads(extracted.payload)
    except (JoseError, ValueError, RecursionError) as error:
        raise ClientRefusedError("The assertion can't be read.") from error
    key_id = header.get("kid")
    issuer = claims.get("iss") if isinstance(claims, dict) else None
    if header.get("alg") not in ALGORITHMS:
        raise ClientRefusedError("Sign with RS384 or ES384.")
    if not isinstance(key_id, str) or not isinstance(issuer, str):
        raise ClientRefusedError("The assertion lacks kid or iss.")
    return Claimed(issuer, key_id)


def prove(
    assertion: str,
    keys: Sequence[Key],
    *,
    issuer: str,
    subject: str | None,
    audiences: Sequence[str],
    now: datetime,
) -> Proven:
    """Check an assertion against a client's keys, and that it is for us, now. `subject` None lets
    it have any.

    Raises:
        ClientRefusedError: it says why.
    """
    key_id = read_claimed(assertion).key_id
    claims = _verified(assertion, [key for key in keys if key.kid == key_id])
    if claims.get("iss") != issuer or (subject is not None and claims.get("sub") != subject):
        raise ClientRefusedError("iss and sub are not the client's.")
    sent = claims.get("aud")
    if not any(each in audiences for each in (sent if isinstance(sent, list) else [sent])):
        raise ClientRefusedError("The assertion is for another server.")
    expires_at = _time(claims, "exp")
    if not now - LEEWAY < expires_at <= now + LONGEST + LEEWAY:
        raise ClientRefusedError("exp must lie ahead, by five minutes at most.")
    for name in ("nbf", "iat"):
        if name in claims and _time(claims, name) > now + LEEWAY:
            raise ClientRefusedError(f"{name} lies ahead.")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_JTI:
        raise ClientRefusedError("jti is missing.")
    return Proven(jti, expires_at)


def _verified(assertion: str, keys: Sequence[Key]) -> Mapping[str, object]:
    for key in keys:
        try:
            return jwt.decode(assertion, key, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError):
            continue
    raise ClientRefusedError("No key of the client's made this signature.")


def _time(claims: Mapping[str, object], name: str) -> datetime:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ClientRefusedError(f"{name} is missing.")
    try:
        return datetime.fromtimestamp(value, tz=UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise ClientRefusedError(f"{name} is no time.") from error


def _secret(entry: Mapping[str, object]) -> bool:
    return "d" in entry or entry.get("kty") == "oct"


def _suits(entry: Mapping[str, object]) -> bool:
    """Whether a key can make one of our signatures and is meant to."""
    if entry.get("use", "sig") != "sig" or entry.get("alg", ALGORITHMS[0]) not in ALGORITHMS:
        return False
    if entry.get("kty") == "EC":
        return entry.get("crv") == _CURVE
    return entry.get("kty") == "RSA" and len(str(entry.get("n", ""))) * 6 >= _RSA_BITS
