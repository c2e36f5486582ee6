"""Every operation of the API, called once with its own example."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from medplan.services.access import Role
from medplan.services.people.accounts import add_user
from medplan.services.people.api_tokens import add_token
from tests.api.machines import allow_loopback, client_of
from tests.api.practice import Caller, Practice

Operation = dict[str, Any]
HERE = "http://127.0.0.1:9/medplan"
_OF_MACHINES = (
    "add_webhook_endpoint",
    "list_webhook_endpoints",
    "end_webhook_endpoint",
    "rotate_webhook_secret",
    "send_again",
    "record_dispense",
    "counter_check",
)
_PARAMETER = re.compile(r"\{(\w+)\}")


class Player:
    """Calls operations of a practice's application with the examples of its description."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.description: dict[str, Any] = practice.nobody.get("/openapi.json").get_json()
        self.begun = practice.clock.now
        allow_loopback(practice)
        admin, auditor = self.person(Role.ORG_ADMIN), self.person(Role.AUDITOR)
        self.machine = client_of(practice)
        self.callers = {
            **dict.fromkeys(("list_users", "create_user", "change_user"), admin),
            **dict.fromkeys(("list_openings", "open_plan"), auditor),
            **dict.fromkeys(_OF_MACHINES, self.machine),
        }
        self.stages: dict[str, Callable[[], str]] = {
            "replace_plan": self.draft,
            "delete_plan": self.draft,
            "issue_plan": self.draft,
            "hold_plan": lambda: self.issued(later=9),
            "resume_plan": self.held,
            "resync_plan": lambda: self.issued(later=9),
            "decide_plan": lambda: self.issued(later=15),
            "complete_plan": lambda: self.issued(later=400),
        }

    def operations(self) -> Iterator[tuple[str, str, Operation]]:
        """Every operation: its path, its method, itself."""
        for path, item in self.description["paths"].items():
            for method, operation in item.items():
                if method != "parameters":
                    yield path, method, operation

    def play(self, path: str, method: str, operation: Operation) -> TestResponse:
        """Call an operation on something that allows it."""
        self.practice.clock.now = self.begun
        place = (
            self.stages.get(operation["operationId"], self.issued)() if "plan_id" in path else ""
        )
        address = self.address(path, place)
        names = {parameter["name"] for parameter in operation.get("parameters", ())}
        caller = self.callers.get(operation["operationId"], self.practice.prescriber)
        headers = {"key": f"example-{next(caller.keys)}"} if "Idempotency-Key" in names else {}
        if "If-Match" in names:
            headers["etag"] = self.practice.prescriber.get(place).headers["ETag"]
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        body = content.get("examples", {}).get("usual", {}).get("value")
        if body is not None and "url" in body:
            body = body | {"url": HERE}  # an address that is there
        return caller.send(method.upper(), address + self.query(operation), body, **headers)

    def example(self, name: str) -> Any:
        """The request's example of an operation."""
        for _, _, operation in self.operations():
            if operation["operationId"] == name:
                content = operation["requestBody"]["content"]["application/json"]
                return content["examples"]["usual"]["value"]
        raise LookupError(name)

    def person(self, role: Role) -> Caller:
        """Somebody of the prescriber's practice in another role."""
        practice, email = self.practice, f"{role}@example.org"
        add_user(
            practice.database,
            email=email,
            password="an invented password",
            role=role,
            organisation="Invented Practice",
            now=self.begun,
        )
        token = add_token(practice.database, email=email, name="test", now=self.begun)
        return Caller(practice.app, token)

    def draft(self) -> str:
        """A new draft; its path."""
        return str(self.practice.prescriber.draft(self.example("create_plan")).headers["Location"])

    def issued(self, later: int = 0) -> str:
        """A new issued plan, so many days ago; its path."""
        path = self.practice.prescriber.issued(self.example("create_plan"))
        self.practice.clock.now = self.begun + timedelta(later)
        return path

    def held(self) -> str:
        """A plan on hold; its path."""
        path = self.issued(later=9)
        etag = self.practice.prescriber.get(path).headers["ETag"]
        held = self.practice.prescriber.post(f"{path}/holds", self.example("hold_plan"), etag=etag)
        assert held.status_code == 200, held.text
        return path

    def address(self, path: str, place: str) -> str:
        """A path with something there for each of its parameters."""
        return _PARAMETER.sub(lambda found: self.value(found[1], place), path)

    def value(self, name: str, place: str) -> str:
        """What a parameter of a path stands for here."""
        if name == "plan_id":
            return place.rpartition("/")[2]
        if name == "feed_id":
            return str(self.practice.prescriber.feed(place)["id"])
        if name == "token":
            url = self.practice.prescriber.feed(self.issued())["url"]
            return str(url).rpartition("/")[2].removesuffix(".ics")
        if name == "endpoint_id":
            return str(
                self.machine.post("/api/v1/webhook-endpoints", {"url": HERE}).get_json()["id"]
            )
        if name == "check_id":
            said = self.machine.post(f"{place}/counter-checks", self.example("counter_check"))
            assert said.status_code == 201, said.text
            return str(said.get_json()["id"])
        if name == "user_id":
            admin, number = self.callers["list_users"], next(self.practice.prescriber.keys)
            wish = {"email": f"user-{number}@example.org", "role": "prescriber"}
            return str(admin.post("/api/v1/users", wish).get_json()["id"])
        made = {
            "link_id": ("patient-links", "create_patient_link"),
            "check_in_id": ("check-ins", "create_check_in"),
        }
        if name in made:
            way, example = made[name]
            answer = self.practice.prescriber.post(f"{place}/{way}", self.example(example))
            assert answer.status_code == 201, answer.text
            return str(answer.get_json()["id"])
        return {"number": "1", "medicine_id": "naproxen"}[name]

    def query(self, operation: Operation) -> str:
        """A query string with what is required."""
        wanted = [
            parameter["name"]
            for parameter in operation.get("parameters", ())
            if parameter["in"] == "query" and parameter.get("required")
        ]
        usual = {"from": "2026-11-23", "to": "2026-12-06", "product": "paracetamol-tablet-500"}
        return "?" + "&".join(f"{name}={usual[name]}" for name in wanted) if wanted else ""
