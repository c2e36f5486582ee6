"""A changed key: everything is wrapped by the new one, and the old one is needed no more."""

from collections.abc import Iterator

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from medplan.app import create_app
from medplan.services.access import Caller as Who
from medplan.services.access import Role
from medplan.services.audit.checking import check_audit
from medplan.services.operation.rewrapping import Rewrapped, rewrap
from medplan.services.people.second_factor import accepts, confirm, make_secret
from medplan.store.database import Database
from medplan.store.ids import new_id
from medplan.store.keys import KeyMissingError, MasterKeys
from medplan.store.tables import AuditRow, PatientRow, UserRow, WebhookEndpointRow
from tests.api.conftest import peopled
from tests.api.practice import ACUTE, BEGUN, PUBLIC_URL, Caller, Clock
from tests.databases.kinds import Databases

__all__ = ["peopled"]

OLD, NEW = "an invented key that is old " * 2, "an invented key that is new " * 2
SECRET = "an invented secret of a webhook"
OTHER = ACUTE | {"patient": ACUTE["patient"] | {"reference": "invented:other"}}
NOTHING = Rewrapped(patients=0, second_factors=0, texts=0)


class Deployment:
    """A database with plans, a second factor and a webhook, opened with whichever keys."""

    def __init__(self, databases: Databases, address: str, tokens: dict[str, str]) -> None:
        self._used, self._token = databases.used(address), tokens["prescriber"]

    def database(self, *keys: str) -> Database:
        return Database(self._used, MasterKeys(keys))

    def prescriber(self, *keys: str) -> Caller:
        config = Config(
            database_url=self._used, public_url=PUBLIC_URL, data_keys=keys, rate_limits=False
        )
        return Caller(create_app(config, Clock()), self._token)


@pytest.fixture
def deployment(databases: Databases, peopled: tuple[str, dict[str, str]]) -> Iterator[Deployment]:
    """A deployment of the test's own."""
    address = databases.copy(peopled[0])
    yield Deployment(databases, address, peopled[1])
    databases.drop(address)


def close(caller: Caller) -> None:
    """Give back every connection of a caller's application."""
    caller.app.extensions["medplan"].parts.database.close()


def prescriber_of(session: Session) -> UserRow:
    return session.scalars(select(UserRow).where(UserRow.email == "prescriber@example.org")).one()


def fill(deployment: Deployment, *keys: str) -> tuple[str, str]:
    """Keep two patients' plans, a second factor and a webhook under some keys; give a plan's path
    and the phone's secret."""
    caller = deployment.prescriber(*keys)
    path = caller.issued()
    caller.draft(OTHER)
    close(caller)
    database = deployment.database(*keys)
    with database.reading_by(UserRow.email, "prescriber@example.org") as session:
        user = prescriber_of(session)
    who = Who(user.organisation_id, user.id, Role.PRESCRIBER, BEGUN)
    secret = make_secret(database, who).secret
    confirm(database, who, pyotp.TOTP(secret).at(BEGUN))
    with database.writing_for(user.organisation_id) as session:
        session.add(_endpoint(who))
    database.close()
    return path, secret


def _endpoint(who: Who) -> WebhookEndpointRow:
    return WebhookEndpointRow(
        organisation_id=who.organisation_id,
        id=new_id(BEGUN),
        url="https://receiver.example.org/",
        secret=SECRET,
        created_by=who.user_id,
        created_at=BEGUN,
    )


def rewrapped(deployment: Deployment, *keys: str) -> Rewrapped:
    database = deployment.database(*keys)
    try:
        return rewrap(database, BEGUN)
    finally:
        database.close()


def test_after_rewrapping_the_new_key_alone_opens_everything(deployment: Deployment) -> None:
    path, secret = fill(deployment, OLD)
    assert rewrapped(deployment, NEW, OLD) == Rewrapped(patients=2, second_factors=1, texts=1)

    caller = deployment.prescriber(NEW)
    read = caller.get(path)
    found = caller.get("/api/v1/plans?patient=invented:other").get_json()["items"]
    close(caller)
    database = deployment.database(NEW)
    with database.writing_by(UserRow.email, "prescriber@example.org") as session:
        user = prescriber_of(session)
        later = BEGUN.replace(hour=5)
        assert accepts(database, session, user, pyotp.TOTP(secret).at(later), later)
        kept = session.scalars(
            select(WebhookEndpointRow).where(
                WebhookEndpointRow.organisation_id == user.organisation_id
            )
        ).one()
        assert (kept.secret, kept.former_secret) == (SECRET, None)
    database.close()

    assert (read.status_code, read.get_json()["status"]) == (200, "active")
    assert [item["patient_reference"] for item in found] == ["invented:other"]


def test_done_again_it_does_nothing_and_each_time_is_audited_once(deployment: Deployment) -> None:
    fill(deployment, OLD)
    rewrapped(deployment, NEW, OLD)
    assert rewrapped(deployment, NEW, OLD) == NOTHING
    assert rewrapped(deployment, NEW) == NOTHING

    database = deployment.database(NEW)
    with database.reading_by(UserRow.email, "prescriber@example.org") as session:
        acts = session.scalars(select(AuditRow.act)).all()
        patients = session.scalars(select(PatientRow)).all()
    faults = check_audit(database).faults
    database.close()
    assert (acts.count("keys.rewrap"), len(patients), list(faults)) == (3, 2, [])


def test_a_patient_who_is_known_already_stays_the_same_one(deployment: Deployment) -> None:
    fill(deployment, OLD)
    rewrapped(deployment, NEW, OLD)
    caller = deployment.prescriber(NEW)
    assert caller.send("POST", "/api/v1/plans", OTHER, key="another").status_code == 201
    found = caller.get("/api/v1/plans?patient=invented:other").get_json()["items"]
    close(caller)

    assert len(found) == 2


def test_a_key_that_is_not_given_is_missed_and_nothing_is_changed(deployment: Deployment) -> None:
    path, _ = fill(deployment, OLD)
    with pytest.raises(KeyMissingError):
        rewrapped(deployment, NEW)

    caller = deployment.prescriber(OLD)
    assert caller.get(path).status_code == 200
    close(caller)
