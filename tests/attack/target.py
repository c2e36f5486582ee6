"""A practice with something in it, and everybody who may have a go at it."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from medplan.gate.logs import configure_logs
from medplan.services.access import Role
from medplan.services.people.accounts import add_user
from medplan.services.people.api_tokens import add_token
from tests.api.machines import client_of
from tests.api.practice import ACUTE, Caller, Practice, path_of
from tests.web.browser import PASSWORD, Browser
from tests.web.reading import link_to

_PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass
class Target:
    """A plan in force with a feed, a link and a check-in, and the names of them all."""

    practice: Practice
    plan: str
    names: dict[str, str]

    @property
    def feed_token(self) -> str:
        """The secret of the plan's feed."""
        return self.names["feed_token"]

    @property
    def link_token(self) -> str:
        """The secret of the patient's link."""
        return self.names["link_token"]

    def routes(self) -> Iterator[tuple[str, str, frozenset[str]]]:
        """Every route: its method, its rule, and the places in it."""
        for rule in self.practice.app.url_map.iter_rules():
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule.rule, frozenset(rule.arguments)

    def path(self, rule: str, put: str | None = None) -> str:
        """A rule's path with something there for each place, or with `put` in the last one."""
        last = None if put is None else _PLACE.findall(rule)[-1:]

        def fill(found: re.Match[str]) -> str:
            name = found[1]
            if last == [name]:
                return str(put)
            if name == "token":
                return self.feed_token if rule.startswith("/f/") else self.link_token
            return self.names.get(name, "1")

        return _PLACE.sub(fill, rule)


def make_target(practice: Practice) -> Target:
    """Put something into a practice."""
    prescriber = practice.prescriber
    plan = prescriber.issued(ACUTE | {"start": "2026-11-22"})
    feed = prescriber.feed(plan)
    link = link_to(practice, plan, "decide-plans", "hold-plans", "manage-feeds")
    check_in = prescriber.post(f"{plan}/check-ins", {"noticed": []}).get_json()
    names = {
        "plan_id": plan.rpartition("/")[2],
        "feed_id": feed["id"],
        "feed": feed["id"],
        "check_in_id": check_in["id"],
        "check_in": check_in["id"],
        "medicine_id": "naproxen",
        "number": "1",
        "form": "plan",
        "code": "not-found",
        "reference": "invented:canary-8841",
        "feed_token": path_of(feed["url"]).removeprefix("/f/").removesuffix(".ics"),
        "link_token": link.removeprefix("/p/").partition("/")[0],
    }
    return Target(practice, plan, names)


def person(practice: Practice, role: Role, organisation: str = "Invented Practice") -> Caller:
    """Somebody in another role, with a token."""
    email = f"{role}@example.org"
    add_user(
        practice.database,
        email=email,
        password=PASSWORD,
        role=role,
        organisation=organisation,
        now=practice.clock.now,
    )
    token = add_token(practice.database, email=email, name="test", now=practice.clock.now)
    return Caller(practice.app, token)


def machine(practice: Practice) -> Caller:
    """Somebody else's system."""
    return client_of(practice)


def browser_of(practice: Practice, name: str = "prescriber") -> Browser:
    """A browser in which somebody is signed in."""
    browser = Browser(practice.app)
    assert browser.sign_in(name).status_code == 303
    return browser


@contextmanager
def logging_as_served() -> Iterator[None]:
    """Write logs to standard error, as the server does."""
    root = logging.getLogger()
    before = root.handlers[:]
    configure_logs()
    try:
        yield
    finally:
        root.handlers[:] = before
        structlog.reset_defaults()
