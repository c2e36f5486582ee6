"""An invented practice to be measured: a database with its tables, and a prescriber in it."""

import logging
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select

from medplan.gate.logs import configure_logs
from medplan.services.access import Role
from medplan.services.people.accounts import add_user
from medplan.services.people.api_tokens import add_token
from medplan.store.database import Database
from medplan.store.tables import UserRow
from tests.databases.kinds import Databases, migrate

NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
EMAIL = "bench@example.org"


@dataclass(frozen=True, slots=True)
class Practice:
    """A practice and its prescriber. `url` is what medplan uses; `seen` goes past every wall."""

    url: str
    seen: Database
    organisation_id: UUID
    user_id: UUID
    token: str
    password: str

    @property
    def headers(self) -> dict[str, str]:
        """What the prescriber's requests carry."""
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}


def new_practice(databases: Databases, now: datetime = NOW) -> Practice:
    """Make a database with one prescriber, who is there since `now`."""
    address = databases.make()
    migrate(address)
    seen, password = Database(databases.seen(address)), secrets.token_urlsafe()
    user_id = add_user(
        seen,
        email=EMAIL,
        password=password,
        role=Role.PRESCRIBER,
        organisation="Invented",
        now=now,
    )
    token = add_token(seen, email=EMAIL, name="bench", now=now)
    with seen.reading.begin() as session:
        whose = select(UserRow.organisation_id).where(UserRow.id == user_id)
        organisation_id = session.scalars(whose).one()
    return Practice(databases.used(address), seen, organisation_id, user_id, token, password)


def be_quiet() -> None:
    """Write the lines of a log as in production, but to nobody."""
    configure_logs()
    logging.disable(logging.CRITICAL)
