"""How long `audit verify` takes: a chain of many lines, gone through once."""

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from medplan.services.audit.checking import check_audit
from medplan.store.audit_chain import add_lines
from medplan.store.database import Database
from medplan.store.ids import new_id
from medplan.store.late_lines import Line
from medplan.store.migrate import upgrade
from medplan.store.tables import OrganisationRow

_MILLION = 1_000_000
_AT_A_TIME = 10_000
_NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)


def main() -> None:
    """Verify as many lines as were asked for (100,000), and say what a million would take."""
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'medplan.db'}")
        upgrade(database)
        _fill(database, lines)
        begun = time.process_time()
        checked = check_audit(database)
        took = time.process_time() - begun
        database.close()
    assert (checked.lines, list(checked.faults)) == (lines, [])  # noqa: S101 - a bench of a broken chain is none
    million = took * _MILLION / lines
    print(f"audit verify: {lines} lines in {took:.1f} s of one core; a million: {million:.0f} s")


def _fill(database: Database, lines: int) -> None:
    mine = new_id(_NOW)
    with database.writing_for(mine) as session:
        session.add(OrganisationRow(organisation_id=mine, name="I", created_at=_NOW))
        for first in range(0, lines, _AT_A_TIME):
            count = min(_AT_A_TIME, lines - first)
            add_lines(session, [_line(mine) for _ in range(count)])


def _line(organisation_id: UUID) -> Line:
    return Line(organisation_id, new_id(_NOW), _NOW, new_id(_NOW), "plan.read", "pln_x")


if __name__ == "__main__":
    main()
