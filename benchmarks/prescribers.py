"""Prescribers who work: they sign in, look at pages, and write plans through the API.

Each has an account, a browser's session and a token of their own. Whatever they ask for is timed
from sending to the last byte of the answer.
"""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from time import perf_counter

import requests
from sqlalchemy import select

from benchmarks.practices import Practice
from benchmarks.requests import everyday_plan
from medplan.services.access import Role
from medplan.services.people.api_tokens import add_token
from medplan.store.ids import new_id
from medplan.store.tables import UserRow

_PLANS = "/api/v1/plans"
_FAULTS_FROM = 400
_TIMEOUT_S = 60
_LENGTHS = (42, 35)  # days that a plan is amended to, in turn

Timed = Callable[[str, float, int], None]
"""Takes what was asked for, how many seconds it took, and the status."""


@dataclass
class Prescriber:
    """Somebody at work; `note` is told of every answer."""

    number: int
    base: str
    email: str
    password: str
    token: str
    note: Timed
    browser: requests.Session = field(default_factory=requests.Session)
    writes: "count[int]" = field(default_factory=count)
    wishes: "count[int]" = field(default_factory=count)
    looks: "count[int]" = field(default_factory=count)
    plan: str = ""

    def begin(self) -> None:
        """Sign in, and issue a plan to go on with."""
        form = self._ask("page to sign in", "GET", "/login").text
        token = form.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
        fields = {"email": self.email, "password": self.password, "csrf_token": token}
        self._ask("signing in", "POST", "/login", data=fields)
        self.plan = self.issue(self.create())

    def write(self) -> None:
        """Create a plan, or amend the one there is, in turn."""
        if next(self.writes) % 2:
            self.amend()
        else:
            self.create()

    def create(self) -> requests.Response:
        """Store a draft."""
        return self.post("create", _PLANS, _plan_of(self.number, next(self.wishes)))

    def issue(self, drafted: requests.Response) -> str:
        """Issue a draft, with a reason for each major finding; give its path."""
        path = drafted.headers["Location"]
        majors = [f["code"] for f in drafted.json()["findings"] if f["severity"] == "major"]
        reasons = [{"code": code, "reason": "To be measured."} for code in majors]
        body = {"acknowledged": reasons}
        self.post("issue", f"{path}/issue", body, etag=drafted.headers["ETag"])
        return path

    def amend(self) -> None:
        """Let the plan go on by a request of another length."""
        current = self._ask("read", "GET", self.plan, headers=self._bearer())
        majors = [f["code"] for f in current.json()["findings"] if f["severity"] == "major"]
        body = {
            "request": _plan_of(self.number, next(self.wishes)),
            "reason": "To be measured.",
            "acknowledged": [{"code": code, "reason": "To be measured."} for code in majors],
        }
        self.post("amend", f"{self.plan}/amendments", body, etag=current.headers["ETag"])

    def look(self) -> None:
        """Look at one of the pages of the day."""
        pages = ("/worklist", "/plans", self.plan.removeprefix("/api/v1"))
        path = pages[next(self.looks) % len(pages)]
        self._ask(f"page {path if path != pages[2] else '/plans/…'}", "GET", path)

    def open(self, name: str, path: str) -> requests.Response:
        """Read something through the API."""
        return self._ask(name, "GET", path, headers=self._bearer())

    def post(self, name: str, path: str, document: object, etag: str = "") -> requests.Response:
        """Store something, under a key that nobody used before."""
        headers = self._bearer() | {"Idempotency-Key": secrets.token_hex(), "If-Match": etag}
        headers = {key: value for key, value in headers.items() if value}
        return self._ask(name, "POST", path, json=document, headers=headers)

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _ask(self, name: str, method: str, path: str, **sent: object) -> requests.Response:
        began = perf_counter()
        answer = self.browser.request(
            method,
            self.base + path,
            timeout=_TIMEOUT_S,
            allow_redirects=False,
            **sent,  # type: ignore[arg-type] # as requests takes them
        )
        self.note(name, perf_counter() - began, answer.status_code)
        if answer.status_code >= _FAULTS_FROM:
            raise RuntimeError(f"{name}: {answer.status_code} {answer.text[:300]}")
        return answer


def hire(
    practice: Practice, count: int, bases: Sequence[str], note: Timed, now: datetime
) -> list[Prescriber]:
    """Give a practice more prescribers; all have the password of its first."""
    with practice.seen.writing.begin() as session:
        first = session.scalars(select(UserRow).where(UserRow.id == practice.user_id)).one()
        session.add_all(
            UserRow(
                organisation_id=first.organisation_id,
                id=new_id(now),
                email=_email(number),
                role=Role.PRESCRIBER,
                password_hash=first.password_hash,
                created_at=now,
            )
            for number in range(count)
        )
    return [
        Prescriber(
            number,
            bases[number % len(bases)],
            _email(number),
            practice.password,
            add_token(practice.seen, email=_email(number), name="bench", now=now),
            note,
        )
        for number in range(count)
    ]


def _email(number: int) -> str:
    return f"prescriber-{number}@example.org"


def _plan_of(number: int, turn: int) -> dict[str, object]:
    """An everyday plan of a patient of this prescriber's, of another length each time."""
    plan: dict[str, object] = json.loads(everyday_plan())
    patient, courses = plan["patient"], plan["courses"]
    assert isinstance(patient, dict)  # noqa: S101 - tells the type checker what JSON can't
    assert isinstance(courses, list)  # noqa: S101 - likewise
    patient["reference"] = f"invented:{number}"
    courses[0]["days"] = _LENGTHS[turn % len(_LENGTHS)]
    return plan
