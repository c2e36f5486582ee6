"""Migrations leave the previous release working, and lock no table for long."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from medplan.store.database import Database
from medplan.store.migrate import write_sql
from medplan.store.steps import STEPS, current_step, latest_step

FOLDER = STEPS / "versions"
RULE_BEGINS_AFTER = "0011"
CONTRACTING = {
    "alter_column",
    "batch_alter_table",
    "drop_column",
    "drop_constraint",
    "drop_table",
    "rename_table",
}
# Lengths and number ranges are chosen; a timeout of statements would end long fillings; indexes are
# made within the one transaction that an upgrade is, so that it leaves all or nothing.
EXCUSED = (
    "prefer-text-field",
    "prefer-bigint-over-int",
    "require-statement-timeout",
    "require-concurrent-index-creation",
)
# The steps before the rule changed tables that no release had used yet.
EXCUSED_BEFORE = (
    *EXCUSED,
    "adding-not-nullable-field",
    "ban-drop-not-null",
    "ban-drop-table",
    "changing-column-type",
    "prefer-bigint-over-smallint",
    "require-concurrent-index-deletion",
)


def migrations() -> list[Path]:
    return [file for file in sorted(FOLDER.glob("*.py")) if file.name[:4] > RULE_BEGINS_AFTER]


def contractions(source: str) -> set[str]:
    """What of a migration's way up the previous release would not survive."""
    tree = ast.parse(source)
    if any(isinstance(n, ast.Assign) and _names(n) == ["contracts"] for n in tree.body):
        return set()
    upwards = [n for n in tree.body if getattr(n, "name", "") != "downgrade"]
    calls = [n for part in upwards for n in ast.walk(part) if isinstance(n, ast.Call)]
    names = {n.func.attr for n in calls if isinstance(n.func, ast.Attribute)}
    found = names & CONTRACTING
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "add_column":
            column = next(n for n in call.args if isinstance(n, ast.Call))
            said = {word.arg: word.value for word in column.keywords}
            nullable = said.get("nullable")
            if not (isinstance(nullable, ast.Constant) and nullable.value) and (
                "server_default" not in said
            ):
                found.add("add_column without a default")
    return found


def _names(assigned: ast.Assign) -> list[str]:
    return [target.id for target in assigned.targets if isinstance(target, ast.Name)]


@pytest.mark.parametrize("migration", migrations(), ids=lambda file: file.stem)
def test_a_migration_only_adds_what_the_previous_release_can_live_without(migration: Path) -> None:
    assert contractions(migration.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    "step",
    [
        "op.drop_column('plan', 'status')",
        "op.rename_table('plan', 'course')",
        "op.alter_column('plan', 'status', nullable=False)",
        "op.add_column('plan', sa.Column('x', sa.Text(), nullable=False))",
    ],
)
def test_a_migration_that_contracts_is_found_and_may_say_so(step: str) -> None:
    source = f"def upgrade():\n    {step}\n\ndef downgrade():\n    op.drop_table('x')\n"

    assert contractions(source)
    assert contractions(f"contracts = 'unused since 2.0'\n\n{source}") == set()


@pytest.mark.parametrize(
    ("since", "excused"), [("base", EXCUSED_BEFORE), (RULE_BEGINS_AFTER, EXCUSED)]
)
def test_squawk_finds_nothing_in_the_sql_of_the_migrations(
    tmp_path: Path, since: str, excused: tuple[str, ...]
) -> None:
    file = tmp_path / "upgrade.sql"
    file.write_text(write_sql(since), encoding="utf-8")
    squawk = shutil.which("squawk", path=str(Path(sys.executable).parent))
    assert squawk is not None

    judged = subprocess.run(
        [squawk, "--exclude", ",".join(excused), str(file)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "lock_timeout = '3s'" in file.read_text(encoding="utf-8")
    assert judged.returncode == 0, judged.stdout


@pytest.mark.only_on("postgresql")
def test_the_written_sql_makes_every_table(
    empty_database: Database,
) -> None:
    address = empty_database.url.set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False)) as connection:
        connection.execute(write_sql().encode())
    assert current_step(empty_database) == latest_step()
