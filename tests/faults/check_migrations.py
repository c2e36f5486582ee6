"""Every step of the tables is undone and done again with a practice's rows in them.

What the step before knows of the rows must come through both ways; what a step adds beside it is
gone once the step was undone, and is not compared. Step 0008 seals texts, each time otherwise: its
rows are compared opened, by the step before.
"""

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import MetaData, Table, select

from medplan.services.audit.checking import check_audit
from medplan.store.database import Database
from medplan.store.migrate import downgrade, upgrade
from tests.api.machines import allow_loopback, client_of, due_now, told, work_off
from tests.api.practice import Practice, close_practice, open_practice
from tests.attack.target import browser_of, make_target
from tests.faults.ground import Ground, Result, peopled
from tests.faults.killing import amendment
from tests.outside.servers import receiver

_STEPS = sorted(
    file.name[:4]
    for file in (Path(__file__).parents[2] / "migrations" / "versions").glob("[0-9]*.py")
)
_SUPPLIED = {"day": "2026-11-22", "supplied": [{"product": "naproxen-tablet-250", "units": "10"}]}

_SEALS = "0008"

Columns = Mapping[str, frozenset[str]]


def check(ground: Ground) -> Iterator[Result]:
    """Go down step by step, each one there and back again; then all the way up."""
    with peopled(ground) as (address, tokens):
        practice = open_practice(ground.databases, address, tokens)
        _fill(practice)
        close_practice(practice)
        owned, seen = Database(address), Database(ground.databases.seen(address))
        rows, lost, torn = _counted(seen), 0, 0
        for before, step in reversed(list(itertools.pairwise(_STEPS))):
            gone, otherwise = _there_and_back(owned, seen, before, step)
            lost, torn = lost + gone, torn + otherwise
        upgrade(owned)
        torn += len(list(check_audit(seen).faults))
        measured = f"{sum(rows.values())} rows in {len(+rows)} of {len(rows)} tables"
        yield Result("each step undone and done again", len(_STEPS) - 1, lost, torn, measured)
        owned.close()
        seen.close()


def _fill(practice: Practice) -> None:
    """Leave rows of as many kinds as a practice makes in a day."""
    target = make_target(practice)
    etag = practice.prescriber.get(target.plan).headers["ETag"]
    practice.prescriber.post(f"{target.plan}/amendments", amendment(4), etag=etag)
    practice.prescriber.draft()
    browser_of(practice).post("/account/second-factor", "/account")
    allow_loopback(practice)
    with receiver() as listening:
        pharmacy = client_of(practice)
        told(pharmacy, listening)
        assert pharmacy.post(f"{target.plan}/dispenses", _SUPPLIED).status_code == 201
        due_now(practice)
        work_off(practice)


def _there_and_back(owned: Database, seen: Database, before: str, step: str) -> tuple[int, int]:
    """Undo a step, do it again, undo it again: count rows that went, and tables that differ."""
    known = _columns(seen)
    above = _hashes(seen, known)
    downgrade(owned, before)
    shared = {name: known[name] & columns for name, columns in _columns(seen).items()
              if name in known}  # fmt: skip
    below, counted = _hashes(seen, shared), _counted(seen)
    upgrade(owned, step)
    again = _hashes(seen, shared)
    downgrade(owned, before)
    lost = (counted - _counted(seen)).total()
    torn = int(_hashes(seen, shared) != below)
    if step != _SEALS:
        torn += sum(below[name] != again[name] for name in shared)
        torn += sum(shared[n] == known[n] and above[n] != again[n] for n in shared)
    return lost, torn


def _columns(seen: Database) -> Columns:
    return {t.name: frozenset(c.name for c in t.columns) for t in _tables(seen)}


def _counted(seen: Database) -> Counter[str]:
    with seen.engine.connect() as connection:
        return Counter({t.name: len(connection.execute(select(t)).all()) for t in _tables(seen)})


def _hashes(seen: Database, wanted: Columns) -> dict[str, str]:
    """Each table's rows as one hash, whatever their order."""
    found = {}
    with seen.engine.connect() as connection:
        for table in _tables(seen):
            columns = [table.c[name] for name in sorted(wanted.get(table.name, ()))]
            if columns:
                rows = sorted(repr(tuple(row)) for row in connection.execute(select(*columns)))
                found[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def _tables(seen: Database) -> list[Table]:
    """The tables as they are now, not as the code knows them."""
    found = MetaData()
    found.reflect(seen.engine)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]
