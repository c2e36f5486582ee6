"""Texts that another program would take for commands: mail, logs, spreadsheets, paper.

Calendars: `tests/ical/test_calendar.py`. Pictures: `tests/pictures/test_pictures.py`. Paper:
`tests/printing/test_paper.py`. Tables:
`tests/cli/test_plan_command.py`, `tests/api/test_changes.py`.
"""

import json

import pytest

from medplan.services.access import Role
from tests.api.practice import Practice
from tests.attack.target import logging_as_served, make_target, person


@pytest.mark.parametrize(
    "email",
    [
        "a\r\nBcc: all@evil.example",
        "a@example.org\nSubject: x",
        "a@example.org, b@evil.example",
        "a@example.org;b@evil.example",
        "<a@example.org>",
        "A <a@example.org>",
        '"a b"@example.org',
        "a@example.org\0",
        "a @example.org",
        "a@-example.org",
        "a@@example.org",
    ],
)
def test_an_address_holds_nothing_that_a_mails_header_could(
    practice: Practice, email: str, capsys: pytest.CaptureFixture[str]
) -> None:
    admin = person(practice, Role.ORG_ADMIN)

    assert admin.post("/api/v1/users", {"email": email, "role": "auditor"}).status_code == 422
    assert "Reset link" not in capsys.readouterr().err


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """Every line; each is JSON of its own."""
    found = capsys.readouterr().err.splitlines()
    return [json.loads(line) for line in found if line.startswith("{")]


def test_a_refusal_leaves_a_line_with_who_and_where(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    target = make_target(practice)
    with logging_as_served():
        practice.pharmacist.send("DELETE", target.plan, etag='"v2"')
        practice.stranger.get(target.plan)
        practice.nobody.get(target.plan)
    told = lines(capsys)

    assert [line["status"] for line in told] == [403, 404, 401]
    assert {line["route"] for line in told} == {"/api/v1/plans/<plan:plan_id>"}
    assert [line["user"] is None for line in told] == [False, False, True]
    assert all(str(line["timestamp"]).endswith("Z") for line in told)


def test_no_text_in_a_header_makes_a_line_of_its_own(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = 'x","status":200}{"event":"request'
    with logging_as_served():
        for name in ("X-Request-Id", "traceparent", "User-Agent", "Authorization", "Referer"):
            practice.nobody.get("/healthz", **{name: forged})
        practice.nobody.get("/healthz%0A{}")
    told = lines(capsys)

    assert len(told) == 6
    assert "x" not in {str(line["request_id"]) for line in told}
