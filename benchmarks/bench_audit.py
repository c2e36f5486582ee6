"""How long `audit verify` takes: a chain of many lines, gone through once."""

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

from medplan.services.audit.checking import check_audit
from medplan.store.audit_chain import FIRST_HASH, line_hash
from medplan.store.database import Database
from medplan.store.ids import new_id
from medplan.store.late_lines import Line
from medplan.store.migrate import upgrade
from medplan.store.tables import AuditRow, HeadRow, OrganisationRow

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
    organisation_id, last = new_id(_NOW), FIRST_HASH
    with database.writing_for(organisation_id) as session:
        session.add(OrganisationRow(organisation_id=organisation_id, name="I", created_at=_NOW))
        session.flush()
        for first in range(0, lines, _AT_A_TIME):
            rows = []
            for number in range(first + 1, min(first + _AT_A_TIME, lines) + 1):
                line = Line(organisation_id, new_id(_NOW), _NOW, new_id(_NOW), "plan.read", "pln_x")
                last = line_hash(last, number, line)
                rows.append(
                    {
                        "organisation_id": organisation_id,
                        "id": line.id,
                        "number": number,
                        "hash": last,
                        "at": line.at,
                        "user_id": line.user_id,
                        "act": line.act,
                        "subject": line.subject,
                    }
                )
            session.execute(insert(AuditRow), rows)
        session.add(HeadRow(organisation_id=organisation_id, audit_number=lines, audit_hash=last))


if __name__ == "__main__":
    main()
