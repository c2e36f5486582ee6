"""`audit`: a whole chain is said to be whole, and a broken one where it is broken."""

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from medplan.cli import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with somebody added to it, which leaves audit lines."""
    file = tmp_path / "medplan.db"
    monkeypatch.setenv("MEDPLAN_DATABASE_URL", f"sqlite:///{file}")
    monkeypatch.setenv("MEDPLAN_PASSWORD", "an invented password")
    monkeypatch.setenv("MEDPLAN_AUDIT_KEY", run("audit", "key").stdout.strip())
    run("db", "upgrade")
    person = ("a@example.org", "--role", "prescriber", "--organisation", "Invented")
    assert run("user", "add", *person).exit_code == 0
    assert run("token", "add", "a@example.org", "--name", "test").exit_code == 0
    return file


def tamper(file: Path, *statements: str) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TRIGGER IF EXISTS audit_refuses_update")
        connection.execute("DROP TRIGGER IF EXISTS audit_refuses_delete")
        for statement in statements:
            connection.execute(statement)
    connection.close()


@pytest.mark.usefixtures("file")
def test_a_whole_chain_is_said_to_be_whole() -> None:
    verified = run("audit", "verify")

    assert verified.exit_code == 0, verified.output
    assert "of 1 organisations were checked." in verified.stdout
    assert "as it was written" in verified.stdout


def test_an_altered_line_is_named(file: Path) -> None:
    tamper(file, "UPDATE audit SET act = 'user.remove' WHERE number = 1")

    verified = run("audit", "verify")

    assert verified.exit_code == 3
    assert "line 1 is altered" in verified.stdout


def test_an_exported_head_shows_what_was_cut_off(file: Path, tmp_path: Path) -> None:
    kept = tmp_path / "heads.json"
    kept.write_text(run("audit", "head").stdout)
    assert run("audit", "verify", "--head", str(kept)).exit_code == 0
    tamper(
        file,
        "UPDATE head SET audit_number = 1, audit_hash = (SELECT hash FROM audit WHERE number = 1)",
        "DELETE FROM audit WHERE number > 1",
    )

    assert run("audit", "verify").exit_code == 0
    held = run("audit", "verify", "--head", str(kept))
    assert held.exit_code == 3
    assert "line 2 is cut off" in held.stdout


@pytest.mark.usefixtures("file")
def test_heads_of_another_key_are_refused(tmp_path: Path) -> None:
    kept = tmp_path / "heads.json"
    kept.write_text(run("audit", "head").stdout)
    other = json.loads(kept.read_text()) | {"at": "2020-01-01T00:00:00+00:00"}
    kept.write_text(json.dumps(other))

    refused = run("audit", "verify", "--head", str(kept))

    assert refused.exit_code == 2
    assert "not signed" in refused.stdout
