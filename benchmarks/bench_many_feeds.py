"""Whether a feed takes longer to answer among many: a thousand of them, and a million.

The door that answers calendars (`gate.feed_door`) is asked in this process, without a server, on
both kinds of database; the feeds asked for are drawn from all of them, those among few and those
among many in turn, so that whatever else the machine does meets both. Beside them the bare read by
key stands: psycopg's, or sqlite3's. Run as `python -m benchmarks.bench_many_feeds [FEEDS]`.
"""

import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

import psycopg
from flask import Flask
from werkzeug.test import create_environ, run_wsgi_app

from benchmarks.many_rows import add_feeds, add_plans
from benchmarks.practices import NOW, Practice, be_quiet, new_practice
from benchmarks.servers import postgresql
from config import Config
from medplan.app import create_app
from medplan.services import tokens
from tests.databases.kinds import Databases, SQLiteDatabases

_FEW, _MANY = 1_000, 100_000
_ASKED = 2_000
_PLANS = 1_000
_BODY = (
    "SELECT body FROM feed_body JOIN feed ON feed.organisation_id = feed_body.organisation_id "
    "AND feed.id = feed_body.id WHERE token_sha256 = {}"
)

Ask = Callable[[str], None]


def main() -> None:
    """Measure on both kinds of database, and print."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else _MANY
    be_quiet()
    print(f"Median of {_ASKED:,} in µs, among {_FEW:,} feeds and among {many:,}")
    with postgresql() as databases:
        _measure("PostgreSQL", databases, _by_psycopg, many)
    with tempfile.TemporaryDirectory() as folder:
        _measure("SQLite", SQLiteDatabases(Path(folder)), _by_sqlite3, many)


def _measure(kind: str, databases: Databases, bare: Callable[[Practice], Ask], many: int) -> None:
    practices = [_filled(databases, count) for count in (_FEW, many)]
    apps = [_app(practice) for practice, _ in practices]
    drawn = [asked for _, asked in practices]
    doors = _in_turn([_door(app) for app in apps], drawn)
    bares = _in_turn([bare(practice) for practice, _ in practices], drawn)
    for name, (few, most), goal in (("feed", doors, " (goal <= 1.2)"), ("bare read", bares, "")):
        print(f"{kind:<12}{name:<12}{few:>8.0f}{most:>8.0f}{most / few:>8.2f} x{goal}")
    for app, (practice, _) in zip(apps, practices, strict=True):
        app.extensions["medplan"].parts.database.close()
        practice.seen.close()


def _filled(databases: Databases, count: int) -> tuple[Practice, Sequence[str]]:
    """Make a practice with so many feeds; give the tokens of those that will be asked for."""
    practice = new_practice(databases)
    random = Random(count)  # noqa: S311 - the same feeds each time, not a secret
    places = [random.randrange(count) for _ in range(_ASKED)]
    known = {place: tokens.new_link_token(tokens.FEED, 0) for place in places}
    plans = add_plans(practice, min(count, _PLANS))
    add_feeds(practice, plans, count, lambda number: known.get(number, f"invented:{number}"))
    return practice, [known[place] for place in places]


def _app(practice: Practice) -> Flask:
    return create_app(Config(database_url=practice.url, rate_limits=False), lambda: NOW)


def _door(app: Flask) -> Ask:
    def ask(token: str) -> None:
        body, status, _ = run_wsgi_app(app.wsgi_app, create_environ(f"/f/{token}.ics"))
        if not status.startswith("200") or not b"".join(body).startswith(b"BEGIN:VCALENDAR"):
            raise RuntimeError(status)

    return ask


def _by_psycopg(practice: Practice) -> Ask:
    url = practice.seen.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(url, autocommit=True)

    def ask(token: str) -> None:
        connection.execute(_BODY.format("%s"), [_hash(token)]).fetchone()

    return ask


def _by_sqlite3(practice: Practice) -> Ask:
    connection = sqlite3.connect(str(practice.seen.url.database))

    def ask(token: str) -> None:
        connection.execute(_BODY.format("?"), [_hash(token)]).fetchone()

    return ask


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _in_turn(acts: Sequence[Ask], drawn: Sequence[Sequence[str]]) -> list[float]:
    """Ask for one of each practice's in turn; give the medians."""
    times: list[list[float]] = [[] for _ in acts]
    for turn in range(_ASKED):
        for place, (act, asked) in enumerate(zip(acts, drawn, strict=True)):
            began = perf_counter()
            act(asked[turn])
            times[place].append((perf_counter() - began) * 1_000_000)
    return [median(some) for some in times]


if __name__ == "__main__":
    main()
