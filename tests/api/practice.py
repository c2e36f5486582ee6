"""An invented practice with its own database, and somebody who calls its API."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from config import Config
from medplan.app import create_app
from medplan.store.database import Database
from tests.databases.kinds import Databases

BEGUN = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
PUBLIC_URL = "https://plans.example.org"

ACUTE: dict[str, Any] = {
    "jurisdiction": "NZ",
    "start": "2026-11-23",
    "time_zone": "Pacific/Auckland",
    "indication": "acute-low-back-pain",
    "patient": {
        "reference": "invented:canary-8841",
        "age_years": 41,
        "weight_kg": "80",
        "sex": "female",
        "egfr": 90,
        "pregnancy_weeks": None,
        "breastfeeding": False,
        "systolic": 120,
        "diastolic": 70,
        "alcohol_units_week": 0,
        "smoker": False,
        "conditions": [],
        "medicines": [],
        "allergies": [],
        "red_flags": [],
    },
    "courses": [
        {"medicine": "paracetamol", "regimen": "regular", "days": 5},
        {"medicine": "naproxen", "regimen": "twice-daily", "days": 7},
    ],
}
CHILD = ACUTE | {"patient": ACUTE["patient"] | {"age_years": 11}}
UNLISTED = ACUTE | {
    "courses": [
        {
            "medicine": "unlisted",
            "name": "inventium",
            "regimen": "steps",
            "products": [
                {"id": "inventium-tablet-5", "strength_mg": "5", "halves": False},
            ],
            "steps": [{"days": 7, "slots": {"morning": "10"}}],
            "ends_in": "stop",
        }
    ]
}


@dataclass
class Clock:
    """A clock that stands until it is set."""

    now: datetime = BEGUN

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Caller:
    """Somebody with an API token (None: without one)."""

    app: Flask
    token: str | None
    keys: "itertools.count[int]" = field(default_factory=itertools.count)

    def send(
        self,
        method: str,
        path: str,
        document: object = None,
        *,
        key: str | None = None,
        etag: str | None = None,
        **headers: str,
    ) -> TestResponse:
        """Send a request; `document` becomes its JSON body."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        if key is not None:
            sent["Idempotency-Key"] = key
        if etag is not None:
            sent["If-Match"] = etag
        body = None if document is None else json.dumps(document)
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        return self.app.test_client().open(path, method=method, data=body, headers=sent)

    def get(self, path: str, **headers: str) -> TestResponse:
        """Read something."""
        return self.send("GET", path, **headers)

    def post(self, path: str, document: object = None, *, etag: str | None = None) -> TestResponse:
        """Store something, under a key that nobody used before."""
        return self.send("POST", path, document, key=f"key-{next(self.keys)}", etag=etag)

    def draft(self, document: object = ACUTE) -> TestResponse:
        """Store a draft."""
        response = self.post("/api/v1/plans", document)
        assert response.status_code == 201, response.text
        return response

    def issued(self, document: object = ACUTE) -> str:
        """Draft and issue a plan, with a reason for each major finding; give its path."""
        drafted = self.draft(document)
        path = drafted.headers["Location"]
        majors = [f for f in drafted.get_json()["findings"] if f["severity"] == "major"]
        reasons = [{"code": f["code"], "reason": "Weighed and agreed."} for f in majors]
        body = {"acknowledged": reasons} if reasons else None
        answer = self.post(f"{path}/issue", body, etag=drafted.headers["ETag"])
        assert answer.status_code == 200, answer.text
        return path

    def feed(self, plan_path: str, **wish: object) -> dict[str, Any]:
        """Make a feed of an issued plan."""
        response = self.post(f"{plan_path}/feeds", {"name": "Mum's phone"} | wish)
        assert response.status_code == 201, response.text
        found: dict[str, Any] = response.get_json()
        return found


@dataclass
class Practice:
    """A running application with a prescriber, a pharmacist, and a stranger from elsewhere.

    `database` is what the application uses; `seen` is the same, past the walls that PostgreSQL has
    between organisations; `contents` gives every byte that is kept.
    """

    app: Flask
    database: Database
    seen: Database
    contents: Callable[[], bytes]
    clock: Clock
    prescriber: Caller
    pharmacist: Caller
    stranger: Caller
    nobody: Caller


def open_practice(
    databases: Databases,
    address: str,
    tokens: dict[str, str],
    *,
    rate_limits: bool = False,
    replica_url: str | None = None,
) -> Practice:
    """Start an application on a database that holds these tokens' people."""
    clock = Clock()
    config = Config(
        database_url=databases.used(address),
        public_url=PUBLIC_URL,
        rate_limits=rate_limits,
        replica_url=replica_url,
    )
    app = create_app(config, clock)
    found = app.extensions["medplan"].parts.database
    return Practice(
        app=app,
        database=found,
        seen=Database(databases.seen(address)),
        contents=lambda: databases.contents(address),
        clock=clock,
        prescriber=Caller(app, tokens["prescriber"]),
        pharmacist=Caller(app, tokens["pharmacist"]),
        stranger=Caller(app, tokens["stranger"]),
        nobody=Caller(app, None),
    )


def close_practice(practice: Practice) -> None:
    """Give back every connection."""
    practice.database.close()
    practice.seen.close()


def path_of(url: str) -> str:
    """The path of a feed's address."""
    assert url.startswith(f"{PUBLIC_URL}/")
    return url.removeprefix(PUBLIC_URL)
