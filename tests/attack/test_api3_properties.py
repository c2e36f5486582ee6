"""OWASP API3, broken object property level authorization: fields nobody may send, or see."""

from typing import Any

import pytest

from medplan.services.access import Role
from tests.api.playing import Player
from tests.api.practice import Practice
from tests.attack.target import make_target, person

FORBIDDEN = (
    "id", "organisation_id", "status", "created_by", "role", "revision", "version", "token",
    "password_hash", "is_admin", "__proto__", "constructor",
)  # fmt: skip
SECRETS = ("sha256", "password", "argon2", "secret_encrypted", "wrapped", "failed_logins")


def test_no_operation_takes_a_field_that_it_does_not_ask_for(practice: Practice) -> None:
    player = Player(practice)
    taken = []
    for path, method, operation in player.operations():
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        example = content.get("examples", {}).get("usual", {}).get("value")
        known = content.get("schema", {}).get("properties", {})
        if isinstance(example, dict) and "{" not in path:
            caller = player.callers.get(operation["operationId"], practice.prescriber)
            extra = {name: "x" for name in FORBIDDEN if name not in {*known, *example}}
            answer = caller.send(method.upper(), path, example | extra, key="an-invented-key")
            told = {fault["pointer"] for fault in answer.get_json().get("errors", ())}
            taken += [f"{method} {path} {n}" for n in extra if f"#/{n}" not in told]

    assert taken == []


def test_an_admin_makes_nobody_an_operator_nor_somebody_elsewhere(practice: Practice) -> None:
    admin = person(practice, Role.ORG_ADMIN)
    wish: dict[str, Any] = {"email": "new@example.org"}

    assert admin.post("/api/v1/users", wish | {"role": "operator"}).status_code == 422
    assert admin.post("/api/v1/users", wish | {"role": "client"}).status_code == 422
    sent = wish | {"role": "auditor", "organisation": "Another Practice"}
    assert admin.post("/api/v1/users", sent).status_code == 422


@pytest.mark.parametrize("path", ["/api/v1/users", "/api/v1/plans", "/api/v1/webhook-endpoints"])
def test_no_list_shows_what_opens_a_door(practice: Practice, path: str) -> None:
    target = make_target(practice)
    admin = person(practice, Role.ORG_ADMIN)
    read = (admin.get(path).text, practice.prescriber.get(f"{target.plan}/feeds").text)

    for answer in read:
        assert not [word for word in SECRETS if word in answer]
        assert target.feed_token not in answer


def test_a_patients_page_says_nothing_that_is_between_professionals(practice: Practice) -> None:
    target = make_target(practice)
    said = practice.pharmacist.post(
        f"{target.plan}/counter-checks", {"outcome": "query", "reason": "canary-between-us"}
    )
    pages = ("", "/weeks", "/help", "/seen", "/calendar")
    shown = [practice.nobody.get(f"/p/{target.link_token}{page}").text for page in pages]

    assert said.status_code in {201, 422}
    assert not [page for page in shown if "canary" in page]
