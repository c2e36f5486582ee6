"""How a client comes by a token: it proves who it is, and is given what it asked for and may.

Keys that stand at an address are fetched when they are ten minutes old, or when an assertion names
one that is not among them, but not more than once a minute: nobody can make us call for nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from medplan.outside.addresses import OutsideError
from medplan.services import tokens
from medplan.services.access import MATRIX, Right
from medplan.services.audit.lines import note
from medplan.services.clients.keys import LEEWAY, Key, Proven, prove, read_claimed, read_keys
from medplan.services.clients.registered import TOKEN_LIFE, client_caller
from medplan.services.parts import Parts
from medplan.services.refusals import ClientRefusedError, ScopeRefusedError
from medplan.store import clients as store
from medplan.store.ids import CLIENT, new_id, read_id, write_id
from medplan.store.tables import ClientAssertionRow, ClientRow, ClientTokenRow, UserRow

_FRESH = timedelta(minutes=10)
_LEAST_WAIT = timedelta(minutes=1)
_OK = 200


@dataclass(frozen=True, slots=True)
class Granted:
    """A token, what it is good for, and for how many seconds. It is told here and never again."""

    token: str
    scopes: tuple[str, ...]
    seconds: int


def sign_in_by_assertion(
    parts: Parts, assertion: str, audiences: Sequence[str], scope: str | None, now: datetime
) -> Granted:
    """Give a token to the client that signed an assertion (`private_key_jwt`).

    Raises:
        ClientRefusedError: the assertion does not hold, or was used before.
        ScopeRefusedError: the client may nothing of what it asks for.
    """
    claimed = read_claimed(assertion)
    row = _find(parts, claimed.issuer)
    proven = prove(
        assertion,
        keys_of(parts, row, claimed.key_id, now),
        issuer=claimed.issuer,
        subject=claimed.issuer,
        audiences=audiences,
        now=now,
    )
    return _grant(parts, row, scope, now, proven)


def sign_in_by_secret(
    parts: Parts, client_id: str, secret: str, scope: str | None, now: datetime
) -> Granted:
    """Give a token to the client that knows its secret.

    Raises:
        ClientRefusedError: there is no such client, or it has another secret or none.
        ScopeRefusedError: the client may nothing of what it asks for.
    """
    row = _find(parts, client_id)
    known = row.secret_sha256 or tokens.token_hash("a secret that nobody has")
    if not tokens.same_hash(known, tokens.token_hash(secret)) or row.secret_sha256 is None:
        raise ClientRefusedError("The client or its secret is not known.")
    return _grant(parts, row, scope, now, None)


def keys_of(parts: Parts, row: ClientRow, key_id: str, now: datetime) -> tuple[Key, ...]:
    """Give a client's keys, fetched anew where they are old or lack the one that is named.

    Raises:
        ClientRefusedError: it has none, or they can't be fetched.
    """
    if row.jwks is not None:
        return read_keys(row.jwks)
    if row.jwks_url is None:
        raise ClientRefusedError("The client has no keys.")
    kept = () if row.fetched_jwks is None else read_keys(row.fetched_jwks)
    age = _FRESH if row.fetched_at is None else now - row.fetched_at
    named = any(key.kid == key_id for key in kept)
    if age < (_FRESH if named else _LEAST_WAIT):
        return kept
    return _fetch(parts, row, now)


def mark_used(parts: Parts, row: ClientRow, proven: Proven, now: datetime) -> None:
    """Take an assertion once, in a transaction of its own.

    Raises:
        ClientRefusedError: it was used before.
    """
    with parts.database.writing_for(row.organisation_id) as session:
        store.drop_expired(session, row.organisation_id, row.id, now - LEEWAY)
        if not store.use_assertion(session, _assertion(row, proven, now)):
            raise ClientRefusedError("The assertion was used before.")


def _find(parts: Parts, client_id: str) -> ClientRow:
    try:
        found_id = read_id(CLIENT, client_id)
    except ValueError as error:
        raise ClientRefusedError("The client or its secret is not known.") from error
    with parts.database.reading_by(UserRow.id, found_id) as session:
        row = store.find_live_client(session, found_id)
    if row is None:
        raise ClientRefusedError("The client or its secret is not known.")
    return row


def _fetch(parts: Parts, row: ClientRow, now: datetime) -> tuple[Key, ...]:
    """Fetch a client's keys and keep them; the time counts also when it fails."""
    text = None
    try:
        reply = parts.outside.get(row.jwks_url or "")
        text = reply.body.decode() if reply.status == _OK else None
        keys = read_keys(text or "")
    except (OutsideError, ValueError):
        keys, text = (), None
    with parts.database.writing_for(row.organisation_id) as session:
        kept = store.find_client(session, row.organisation_id, row.id)
        if kept is not None:
            kept.fetched_at = now
            kept.fetched_jwks = text or kept.fetched_jwks
    if not keys:
        raise ClientRefusedError("The client's keys can't be fetched.")
    return keys


def _grant(
    parts: Parts, row: ClientRow, scope: str | None, now: datetime, proven: Proven | None
) -> Granted:
    """Keep a token, with the assertion that it was given for."""
    allowed = frozenset(row.scopes.split())
    scopes = tuple(sorted(allowed)) if scope is None else _narrowed(allowed, scope.split())
    if not scopes:
        raise ScopeRefusedError
    token = tokens.new_token(tokens.CLIENT_TOKEN)
    with parts.database.writing_for(row.organisation_id) as session:
        store.drop_expired(session, row.organisation_id, row.id, now - LEEWAY)
        if proven is not None and not store.use_assertion(session, _assertion(row, proven, now)):
            raise ClientRefusedError("The assertion was used before.")
        session.add(_token(row, token, scopes, now))
        caller = client_caller(row, frozenset(scopes), now)
        note(session, caller, "client.token", write_id(CLIENT, row.id))
    return Granted(token, scopes, int(TOKEN_LIFE.total_seconds()))


def _narrowed(allowed: frozenset[str], asked: Sequence[str]) -> tuple[str, ...]:
    """Of what is asked for, give the scopes that the client has, or that say no more than those:
    who may read every kind of resource may ask for one."""
    rights = frozenset[Right]().union(*(MATRIX.scopes.get(word, frozenset()) for word in allowed))
    return tuple(
        word
        for word in dict.fromkeys(asked)
        if word in allowed or (word in MATRIX.scopes and MATRIX.scopes[word] <= rights)
    )


def _token(row: ClientRow, token: str, scopes: tuple[str, ...], now: datetime) -> ClientTokenRow:
    return ClientTokenRow(
        organisation_id=row.organisation_id,
        id=new_id(now),
        client_id=row.id,
        token_sha256=tokens.token_hash(token),
        scopes=" ".join(scopes),
        created_at=now,
        expires_at=now + TOKEN_LIFE,
    )


def _assertion(row: ClientRow, proven: Proven, now: datetime) -> ClientAssertionRow:
    return ClientAssertionRow(
        organisation_id=row.organisation_id,
        id=new_id(now),
        client_id=row.id,
        jti_sha256=tokens.token_hash(proven.jti),
        expires_at=proven.expires_at,
    )
