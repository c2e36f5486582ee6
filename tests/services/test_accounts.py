"""Who gets in: people with their password, programs with their token."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from medplan.services.access import Role
from medplan.services.people import accounts, api_tokens
from medplan.services.people.sessions import find_session
from medplan.services.people.sign_in import sign_in
from medplan.services.refusals import AccountError
from medplan.store.database import Database
from medplan.store.migrate import upgrade
from medplan.store.tables import ApiTokenRow, AuditRow, UserRow

NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
EMAIL, PASSWORD = "invented@example.org", "an invented password"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database with one invented prescriber."""
    opened = Database(f"sqlite:///{tmp_path / 'medplan.db'}")
    upgrade(opened)
    add(opened, EMAIL)
    yield opened
    opened.close()


def add(database: Database, email: str, password: str = PASSWORD) -> None:
    """Add somebody to the invented practice."""
    accounts.add_user(
        database,
        email=email,
        password=password,
        role=Role.PRESCRIBER,
        organisation="Invented Practice",
        now=NOW,
    )


def test_the_right_password_gets_in_and_no_other(database: Database) -> None:
    made = sign_in(database, email=EMAIL, password=PASSWORD, now=NOW)

    assert made is not None
    found = find_session(database, made.token, NOW)
    assert found is not None
    assert (found.caller.role, found.half_open) == (Role.PRESCRIBER, False)
    assert sign_in(database, email=EMAIL, password="another one", now=NOW) is None
    assert sign_in(database, email="b@example.org", password="x", now=NOW) is None


def test_a_password_is_kept_as_an_argon2id_hash(database: Database) -> None:
    with database.reading.begin() as session:
        kept = session.scalars(select(UserRow.password_hash)).one()

    assert kept is not None
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


def test_a_second_user_joins_the_same_organisation(database: Database) -> None:
    add(database, "second@example.org")

    with database.reading.begin() as session:
        assert len(set(session.scalars(select(UserRow.organisation_id)))) == 1


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, PASSWORD),
        ("no address", PASSWORD),
        ("A@example.org", PASSWORD),
        ("b@c.org", "short"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    database: Database, email: str, password: str
) -> None:
    with pytest.raises(AccountError):
        add(database, email, password)


def test_a_token_opens_until_it_is_revoked(database: Database) -> None:
    token = api_tokens.add_token(database, email=EMAIL, name="test", now=NOW)
    found = api_tokens.find_caller(database, token, NOW)
    assert found is not None
    assert found.at == NOW

    with database.writing.begin() as session:
        session.execute(update(ApiTokenRow).values(revoked_at=NOW))

    assert api_tokens.find_caller(database, token, NOW) is None


def test_a_token_needs_somebody_to_hold_it(database: Database) -> None:
    with pytest.raises(AccountError):
        api_tokens.add_token(database, email="nobody@example.org", name="test", now=NOW)


def test_every_account_leaves_an_audit_line(database: Database) -> None:
    api_tokens.add_token(database, email=EMAIL, name="test", now=NOW)

    with database.reading.begin() as session:
        acts = set(session.scalars(select(AuditRow.act)))
    assert acts == {"user.add", "token.add"}
