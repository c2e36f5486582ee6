"""The service's chores: people, tokens, tables, and serving a demo to a new user."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click import Choice
from click.testing import CliRunner, Result

from medplan.cli import main
from medplan.cli.server import user
from medplan.services.people.accounts import PEOPLE

ADD = ("user", "add", "a@example.org", "--role", "prescriber", "--organisation", "Invented")


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A deployment of the test's own."""
    given = {
        "MEDPLAN_DATABASE_URL": f"sqlite:///{tmp_path / 'var' / 'medplan.db'}",
        "MEDPLAN_PASSWORD": "an invented password",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return given


def run(*arguments: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, arguments)


@pytest.mark.usefixtures("environment")
def test_a_prescriber_is_added_and_given_a_token_alone_on_the_last_line() -> None:
    assert run("db", "check").exit_code == 2
    assert run("db", "upgrade").exit_code == 0
    assert run("db", "check").exit_code == 0

    assert run(*ADD).stdout.startswith("usr_")
    token = run("token", "add", "a@example.org", "--name", "test")

    assert re.fullmatch(r"mpa_[\w-]{51}", token.stdout.splitlines()[-1])


@pytest.mark.usefixtures("environment")
def test_tokens_are_narrowed_listed_and_revoked() -> None:
    run("db", "upgrade")
    run(*ADD)
    of_a = ("a@example.org",)
    assert run("token", "add", *of_a, "--name", "x", "--scope", "fly").exit_code == 2
    assert run("token", "add", *of_a, "--name", "x", "--scope", "plans.read").exit_code == 0

    listed = run("token", "list", *of_a).stdout.rstrip("\n").split("\t")
    assert listed[1:] == ["x", "plans.read", "never used", "live"]
    assert run("token", "revoke", *of_a, listed[0]).exit_code == 0
    assert run("token", "list", *of_a).stdout.endswith("revoked\n")
    assert run("token", "revoke", *of_a, listed[0]).exit_code == 2
    assert run("token", "revoke", *of_a, "tok_").exit_code == 2


@pytest.mark.usefixtures("environment")
def test_an_operator_has_an_organisation_ask_for_a_second_factor() -> None:
    run("db", "upgrade")
    run(*ADD)

    asked = run("organisation", "second-factor", "Invented", "--ask")
    assert (asked.exit_code, asked.stdout) == (0, "Everybody is asked.\n")
    assert run("organisation", "second-factor", "Invented", "--ask-no-more").exit_code == 0
    assert run("organisation", "second-factor", "Nowhere", "--ask").exit_code == 2


@pytest.mark.usefixtures("environment")
def test_an_operator_hands_out_a_link_to_a_new_password() -> None:
    run("db", "upgrade")
    run(*ADD)

    assert "/password/reset/mpr_" in run("user", "reset", "a@example.org").stdout
    assert run("user", "reset", "b@example.org").stdout == ""


def test_the_command_line_knows_every_role_that_signs_in() -> None:
    add = user.commands["add"]
    role = next(option for option in add.params if option.name == "role")
    assert isinstance(role.type, Choice)
    assert set(role.type.choices) == PEOPLE


@pytest.mark.usefixtures("environment")
def test_a_database_without_tables_is_told_what_it_needs() -> None:
    refused = run("token", "add", "a@example.org", "--name", "test")

    assert refused.exit_code == 2
    assert "db upgrade" in json.loads(refused.stdout)["title"]


@pytest.mark.usefixtures("environment")
def test_an_address_that_is_taken_is_a_problem() -> None:
    run("db", "upgrade")
    run(*ADD)

    again = run(*ADD)

    assert again.exit_code == 2
    assert json.loads(again.stdout)["type"] == "urn:medplan:problem:account"


def test_production_does_not_start_on_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDPLAN_ENV", "production")

    result = run("serve")

    assert result.exit_code == 2
    for word in ("MEDPLAN_SECRET_KEY", "MEDPLAN_ALLOW_SQLITE", "https://"):
        assert word in result.stderr


def test_production_does_not_start_on_a_draft_formulary(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert environment
    for name, value in (
        ("ENV", "production"),
        ("SECRET_KEY", "x" * 40),
        ("ALLOW_SQLITE", "1"),
        ("PUBLIC_URL", "https://plans.example.org"),
    ):
        monkeypatch.setenv(f"MEDPLAN_{name}", value)

    result = run("serve")

    assert result.exit_code == 2
    assert "MEDPLAN_ALLOW_DRAFT_FORMULARY" in result.stderr


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def serving(environment: dict[str, str], port: int) -> Iterator[list[str]]:
    """A server of its own process, with a demo; the lines that it prints."""
    command = [sys.executable, "-m", "medplan", "serve", "--demo", "--port", str(port)]
    with subprocess.Popen(
        command,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout is not None
        lines = []
        for line in server.stdout:
            lines.append(line.rstrip("\n"))
            if line.startswith("Calendar feed"):
                break
        try:
            yield lines
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def test_a_new_user_starts_the_demo_and_opens_what_it_prints(environment: dict[str, str]) -> None:
    port = free_port()
    with serving(environment, port) as lines:
        said = dict(line.split(": ", 1) for line in lines[1:])
        token, feed = said["API token"], said["Calendar feed"]
        with urllib.request.urlopen(feed) as answer:  # noqa: S310 - an address of our own server
            assert answer.read().startswith(b"BEGIN:VCALENDAR")
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/v1/plans", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
            plans = json.loads(answer.read())["items"]

    assert lines[0] == f"medplan serves on http://127.0.0.1:{port}"
    assert said["Login"].startswith("demo@example.org")
    assert [plan["status"] for plan in plans] == ["active"]
