"""API clients: other systems that act for an organisation, as far as their scopes go.

A client signs in with a key of its own (its public half is registered, as a set or as the address
of one) or, a simple one, with a secret. It is given tokens for a few minutes; they are opaque, kept
as hashes, and end with the client at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from medplan.outside.addresses import OutsideError
from medplan.outside.calls import Outside
from medplan.services import tokens
from medplan.services.access import MATRIX, Caller, Role
from medplan.services.audit.lines import note_by_operator
from medplan.services.clients.keys import read_keys
from medplan.services.refusals import AccountError
from medplan.store import clients as store
from medplan.store import people
from medplan.store.database import Database
from medplan.store.ids import CLIENT, new_id, write_id
from medplan.store.tables import ClientRow, ClientTokenRow, OrganisationRow, UserRow
from medplan.store.webhooks import end_endpoints

TOKEN_LIFE = timedelta(seconds=300)
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class NewClient:
    """What a client is to be: its name, what it may, and what it signs in with.

    With neither keys nor their address it gets a secret. `issuer` is the name by which an EHR signs
    its calls of CDS Hooks.
    """

    name: str
    scopes: Sequence[str]
    jwks: str | None = None
    jwks_url: str | None = None
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class AddedClient:
    """A client's id, and its secret where it has one: told here and never again."""

    client_id: str
    secret: str | None


def add_client(
    database: Database, outside: Outside, wanted: NewClient, organisation: str | None, now: datetime
) -> AddedClient:
    """Add a client to an organisation (None: the only one there is).

    Raises:
        AccountError: no such organisation, an unknown scope, or keys that can't be used.
    """
    _check(wanted, outside)
    by_secret = wanted.jwks is None and wanted.jwks_url is None
    secret = tokens.new_token(tokens.CLIENT_SECRET) if by_secret else None
    organisation_id = _organisation(database, organisation)
    with database.writing_for(organisation_id) as session:
        account = _account(organisation_id, wanted.name, now)
        session.add(account)
        session.flush()
        session.add(_client(account, wanted, secret, now))
        client_id = write_id(CLIENT, account.id)
        note_by_operator(session, organisation_id, now, "client.add", client_id)
    return AddedClient(client_id, secret)


def list_clients(database: Database, organisation: str | None) -> Sequence[ClientRow]:
    """List an organisation's clients, those revoked too.

    Raises:
        AccountError: no such organisation.
    """
    organisation_id = _organisation(database, organisation)
    with database.reading_for(organisation_id) as session:
        return store.list_clients(session, organisation_id)


def revoke_client(database: Database, client_id: UUID, now: datetime) -> None:
    """End a client, and with it every token that it holds and every webhook of its own.

    Raises:
        AccountError: there is none.
    """
    with database.writing_by(UserRow.id, client_id) as session:
        row = store.find_live_client(session, client_id)
        if row is None:
            raise AccountError("There is no such client.")
        row.revoked_at = now
        end_endpoints(session, row.organisation_id, row.id, now)
        note_by_operator(
            session, row.organisation_id, now, "client.revoke", write_id(CLIENT, client_id)
        )


def find_client_caller(database: Database, token: str, now: datetime) -> Caller | None:
    """Say which client holds a token; None when none does or it has ended."""
    if not tokens.is_token(tokens.CLIENT_TOKEN, token):
        return None
    token_hash = tokens.token_hash(token)
    with database.reading_by(ClientTokenRow.token_sha256, token_hash) as session:
        found = store.find_token(session, token_hash, now)
    if found is None or not tokens.same_hash(found[0].token_sha256, token_hash):
        return None
    return client_caller(found[1], frozenset(found[0].scopes.split()), now)


def client_caller(row: ClientRow, scopes: frozenset[str], now: datetime) -> Caller:
    """Make the caller that a client is."""
    return Caller(row.organisation_id, row.id, Role.CLIENT, now, scopes=scopes)


def _check(wanted: NewClient, outside: Outside) -> None:
    if not 0 < len(wanted.name.strip()) <= _LONGEST_NAME:
        raise AccountError(f"A client's name has 1 to {_LONGEST_NAME} characters.")
    asked = MATRIX.asked_by(Role.CLIENT)
    unknown = sorted(set(wanted.scopes) - asked - MATRIX.roles[Role.CLIENT].keys())
    if unknown or not wanted.scopes:
        known = ", ".join(sorted(asked))
        raise AccountError(f"Unknown scopes: {', '.join(unknown) or 'none'}. Known: {known}.")
    if wanted.jwks is not None and wanted.jwks_url is not None:
        raise AccountError("Give the keys or their address, not both.")
    try:
        if wanted.jwks is not None:
            read_keys(wanted.jwks)
        if wanted.jwks_url is not None:
            outside.check(wanted.jwks_url)
    except (ValueError, OutsideError) as error:
        raise AccountError(str(error)) from error


def _organisation(database: Database, name: str | None) -> UUID:
    with database.operating() as session:
        if name is not None:
            found = people.find_organisation(session, name)
            known = [] if found is None else [found]
        else:
            known = list(session.query(OrganisationRow).limit(2))
    if len(known) != 1:
        raise AccountError("Say which organisation: --organisation NAME.")
    return known[0].organisation_id


def _account(organisation_id: UUID, name: str, now: datetime) -> UserRow:
    return UserRow(
        organisation_id=organisation_id,
        id=new_id(now),
        email=None,
        display_name=name,
        role=Role.CLIENT,
        password_hash=None,
        created_at=now,
    )


def _client(account: UserRow, wanted: NewClient, secret: str | None, now: datetime) -> ClientRow:
    return ClientRow(
        organisation_id=account.organisation_id,
        id=account.id,
        name=wanted.name,
        scopes=" ".join(sorted(set(wanted.scopes))),
        jwks=wanted.jwks,
        jwks_url=wanted.jwks_url,
        secret_sha256=None if secret is None else tokens.token_hash(secret),
        issuer=wanted.issuer,
        created_at=now,
    )
