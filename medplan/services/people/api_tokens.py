"""Bearer tokens of people: named, narrowed by scopes, shown once, revoked at any time.

A token does no more than its holder may: scopes only take away. The hour of its last use is kept,
which costs one write an hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from medplan.services import tokens
from medplan.services.access import EVERYTHING, MATRIX, Caller, Right, require
from medplan.services.audit.lines import note, note_by_operator
from medplan.services.people.sessions import caller_of, require_proof
from medplan.services.refusals import AccountError, NotFoundError
from medplan.store import people
from medplan.store.database import Database, unless_refused
from medplan.store.ids import API_TOKEN, new_id, write_id
from medplan.store.tables import ApiTokenRow, UserRow


@dataclass(frozen=True, slots=True)
class TokenWish:
    """What a token is for, and what it may do of all that its holder may."""

    name: str
    scopes: frozenset[str] = EVERYTHING


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made, with the text that is never shown again."""

    row: ApiTokenRow
    token: str


def add_token(
    database: Database,
    *,
    email: str,
    name: str,
    now: datetime,
    scopes: frozenset[str] = EVERYTHING,
) -> str:
    """Give somebody a bearer token; it is returned here and never shown again.

    Raises:
        AccountError: nobody has this address, or a scope is unknown.
    """
    wish = TokenWish(name, scopes)
    _refuse_unknown(wish.scopes)
    with database.writing_by(UserRow.email, email) as session:
        user = people.find_user(session, email)
        if user is None:
            raise AccountError("Nobody has this address.")
        made = _new_token(user.organisation_id, user.id, wish, now)
        session.add(made.row)
        note_by_operator(
            session, user.organisation_id, now, "token.add", write_id(API_TOKEN, made.row.id)
        )
    return made.token


def add_own_token(database: Database, caller: Caller, wish: TokenWish) -> NewToken:
    """Make a token of the caller's own.

    Raises:
        NotAllowedError: the caller may not.
        ProofTooOldError: they came by no session, or have not proven lately who they are.
        AccountError: a scope is unknown.
    """
    require(caller, Right.OWN_ACCOUNT)
    require_proof(caller)
    _refuse_unknown(wish.scopes)
    made = _new_token(caller.organisation_id, caller.user_id, wish, caller.at)
    with database.writing_for(caller.organisation_id) as session:
        session.add(made.row)
        note(session, caller, "token.add", write_id(API_TOKEN, made.row.id))
    return made


def list_tokens(database: Database, caller: Caller) -> Sequence[ApiTokenRow]:
    """List the caller's own tokens, first to last, those revoked too; no token is among it.

    Raises:
        NotAllowedError: the caller may not.
    """
    require(caller, Right.OWN_ACCOUNT)
    with database.reading_for(caller.organisation_id) as session:
        return people.list_tokens(session, caller.organisation_id, caller.user_id)


def revoke_token(database: Database, caller: Caller, token_id: UUID) -> None:
    """Revoke one of the caller's own tokens for good.

    Raises:
        NotFoundError (also when it is revoked already), NotAllowedError.
    """
    require(caller, Right.OWN_ACCOUNT)
    with database.writing_for(caller.organisation_id) as session:
        row = people.find_token(session, caller.organisation_id, caller.user_id, token_id)
        if row is None:
            raise NotFoundError
        row.revoked_at = caller.at
        note(session, caller, "token.revoke", write_id(API_TOKEN, token_id))


def tokens_of(database: Database, email: str) -> Sequence[ApiTokenRow]:
    """List somebody's tokens, for whoever runs medplan.

    Raises:
        AccountError: nobody has this address.
    """
    with database.reading_by(UserRow.email, email) as session:
        user = people.find_user(session, email)
        if user is None:
            raise AccountError("Nobody has this address.")
        return people.list_tokens(session, user.organisation_id, user.id)


def revoke_token_of(database: Database, email: str, token_id: UUID, now: datetime) -> None:
    """Revoke one of somebody's tokens, for whoever runs medplan.

    Raises:
        AccountError: nobody has this address, or no such token.
    """
    with database.writing_by(UserRow.email, email) as session:
        user = people.find_user(session, email)
        if user is None:
            raise AccountError("Nobody has this address.")
        row = people.find_token(session, user.organisation_id, user.id, token_id)
        if row is None:
            raise AccountError("There is no such token, or it is revoked already.")
        row.revoked_at = now
        note_by_operator(
            session, user.organisation_id, now, "token.revoke", write_id(API_TOKEN, token_id)
        )


def find_caller(database: Database, token: str, now: datetime) -> Caller | None:
    """Say who holds a bearer token; None when nobody does, or it or its holder is shut out."""
    if not tokens.is_token(tokens.API, token):
        return None
    token_hash = tokens.token_hash(token)
    with database.reading_by(ApiTokenRow.token_sha256, token_hash) as session:
        found = people.find_token_holder(session, token_hash)
        if found is None or not tokens.same_hash(found[0].token_sha256, token_hash):
            return None
        row, user = found
        if user.disabled_at is not None:
            return None
        caller = caller_of(session, user, now)
    _note_use(database, row, now)
    scopes = EVERYTHING if row.scopes is None else frozenset(row.scopes.split())
    return replace(caller, scopes=scopes)


def _note_use(database: Database, row: ApiTokenRow, now: datetime) -> None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    if row.last_used is not None and row.last_used >= hour:
        return
    with unless_refused(), database.writing_for(row.organisation_id) as session:
        people.note_token_use(session, row, hour)


def _new_token(organisation_id: UUID, user_id: UUID, wish: TokenWish, now: datetime) -> NewToken:
    token = tokens.new_token(tokens.API)
    row = ApiTokenRow(
        organisation_id=organisation_id,
        id=new_id(now),
        user_id=user_id,
        name=wish.name,
        scopes=None if wish.scopes == EVERYTHING else " ".join(sorted(wish.scopes)),
        last_used=None,
        token_sha256=tokens.token_hash(token),
        created_at=now,
        revoked_at=None,
    )
    return NewToken(row, token)


def _refuse_unknown(scopes: frozenset[str]) -> None:
    unknown = scopes - set(MATRIX.scopes) - EVERYTHING
    if unknown or not scopes:
        raise AccountError(f"A token's scopes are among {', '.join(sorted(MATRIX.scopes))}.")
