"""A first plan to look at: an invented practice, prescriber and patient, on an empty database."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from medplan.services.access import Caller, Role
from medplan.services.acts.issuing import issue
from medplan.services.calendars.feeds import FeedWish, NewFeed, create_feed
from medplan.services.once import Answer, Once
from medplan.services.parts import CalendarLook, Detail, Parts
from medplan.services.patients.patient_links import ALLOWABLE, LinkWish, NewLink, create_link
from medplan.services.people import accounts, api_tokens
from medplan.services.records.plans import PlanRecord, create_draft
from medplan.store.people import any_organisation

_EMAIL = "demo@example.org"
_ORGANISATION = "Demonstration Practice"
_DONE = 200

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class DemoAccess:
    """How to get in: shown once, kept nowhere."""

    email: str
    password: str
    token: str
    feed_token: str
    patient_token: str


def load_demo(parts: Parts, example: str, now: datetime) -> DemoAccess | None:
    """Load the demo with `example`, an issuable request, begun today; None if anybody is there."""
    with parts.database.operating() as session:
        if any_organisation(session):
            return None
    password = secrets.token_urlsafe(12)
    accounts.add_user(
        parts.database,
        email=_EMAIL,
        password=password,
        role=Role.PRESCRIBER,
        organisation=_ORGANISATION,
        now=now,
    )
    token = api_tokens.add_token(parts.database, email=_EMAIL, name="demo", now=now)
    caller = api_tokens.find_caller(parts.database, token, now)
    if caller is None:
        return None
    feed_token, patient_token = _load_plan(parts, caller, example)
    return DemoAccess(_EMAIL, password, token, feed_token, patient_token)


def _load_plan(parts: Parts, caller: Caller, example: str) -> tuple[str, str]:
    """Draft and issue the example; give the tokens of a feed and of a patient's link."""
    drafted, fed, linked = _Kept[PlanRecord](), _Kept[NewFeed](), _Kept[NewLink]()
    create_draft(parts, caller, _begun_today(example, caller.at), drafted.once("draft"))
    draft = drafted.made[0]
    expected = frozenset({draft.version})
    issue(parts, caller, draft.id, (), expected=expected, once=drafted.once("issue"))
    wish = FeedWish("Demonstration calendar", CalendarLook(Detail.FULL))
    create_feed(parts, caller, draft.id, wish, fed.once("feed"))
    link = LinkWish("Demonstration patient", frozenset(ALLOWABLE))
    create_link(parts, caller, draft.id, link, linked.once("link"))
    return fed.made[0].token, linked.made[0].token


def _begun_today(example: str, now: datetime) -> bytes:
    request = json.loads(example)
    today = now.astimezone(ZoneInfo(request["time_zone"])).date()
    return json.dumps(request | {"start": today.isoformat()}, ensure_ascii=False, indent=2).encode()


class _Kept(Generic[Made]):
    """Keeps what services made, where HTTP would have told it."""

    def __init__(self) -> None:
        self.made: list[Made] = []

    def once(self, key: str) -> Once[Made]:
        """Make a call of the demo's own, under this key."""
        keep: Callable[[Made], Answer] = self._keep
        return Once("demo", key, "", keep)

    def _keep(self, made: Made) -> Answer:
        self.made.append(made)
        return Answer(_DONE, (), "")
