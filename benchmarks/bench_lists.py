"""How lists grow: pages of plans and the work list of practices with 1,000 to a million plans.

Each practice is a database of its own in one PostgreSQL; they are asked in turn, so that whatever
else the machine does meets all of them alike. Beside them stands a bare select of 50 rows in each.
Run as `python -m benchmarks.bench_lists [PLANS …]`; it judges nothing.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from datetime import timedelta
from statistics import median, quantiles
from time import perf_counter

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text

from benchmarks.many_rows import add_plans
from benchmarks.practices import EMAIL, NOW, Practice, be_quiet, new_practice
from benchmarks.servers import postgresql
from config import Config
from medplan.app import create_app
from medplan.gate.context import Context
from medplan.gate.cursors import write_cursor
from medplan.store.plans import PlanFilter

SIZES = (1_000, 10_000, 100_000, 1_000_000)
ROUNDS = 40
_DEEP = 0.9  # of all plans are newer than the deep page's
_WEEK = (NOW + timedelta(days=7)).date()
_BARE = "SELECT id FROM plan WHERE organisation_id = :o ORDER BY id DESC LIMIT 50"

Ask = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Grown:
    """A practice of some size, its application, and the oldest plans' place."""

    plans: int
    practice: Practice
    app: Flask

    @property
    def engine(self) -> Engine:
        """What the application asks its database through."""
        found = self.app.extensions["medplan"]
        assert isinstance(found, Context)  # noqa: S101 - tells the type checker what create_app put
        return found.parts.database.engine


def main() -> None:
    """Make the practices, measure, print."""
    be_quiet()
    sizes = [int(number) for number in sys.argv[1:]] or SIZES
    with postgresql() as databases:
        grown = []
        for size in sizes:
            practice = new_practice(databases)
            add_plans(practice, size)
            app = create_app(Config(database_url=practice.url, rate_limits=False), lambda: NOW)
            grown.append(Grown(size, practice, app))
        _measure(grown)
        for one in grown:
            one.engine.dispose()
            one.practice.seen.close()


def _measure(grown: Sequence[Grown]) -> None:
    heads = "".join(f"{one.plans:>16,}" for one in grown)
    print(f"Median and p95 of {ROUNDS} in ms, for practices with so many plans; PostgreSQL")
    print(f"{'':<34}{heads}   last to first  statements")
    asked = [_asked(one) for one in grown]
    for name in asked[0]:
        times = _in_turn([acts[name] for acts in asked])
        counts = {_statements(o.engine, acts[name]) for o, acts in zip(grown, asked, strict=True)}
        row = "".join(f"{median(t):>8.1f}{quantiles(t, n=20)[-1]:>8.1f}" for t in times)
        growth = median(times[-1]) / median(times[0])
        print(f"{name:<34}{row}{growth:>14.2f} x  {' or '.join(map(str, sorted(counts)))}")


def _asked(one: Grown) -> dict[str, Ask]:
    """Name everything that is asked of a practice."""
    client, path = one.app.test_client(), "/api/v1/plans?limit=50"
    head = one.practice.headers

    def page(path: str) -> Ask:
        return lambda: _answered(client, path, head)

    return {
        "a bare select of 50": _bare(one.practice),
        "first page": page(path),
        "deep page": page(_deep(one)),
        "active, review before next week": page(f"{path}&status=active&review_before={_WEEK}"),
        "drafts": page(f"{path}&status=draft"),
        "on hold, stop before next week": page(f"{path}&status=on-hold&stop_before={_WEEK}"),
        "one patient's": page(f"{path}&patient=invented:7"),
        "changed in the last hour": page(f"{path}&updated_since=2026-11-22T02:30:00Z"),
        "stop before the first plan": page(f"{path}&stop_before=2000-01-01"),
        "work list": _worklist(one),
    }


def _answered(client: FlaskClient, path: str, head: dict[str, str]) -> None:
    """Ask, and stop when something is refused: its time would mean nothing."""
    answer = client.get(path, headers=head)
    if answer.status_code != 200:
        raise RuntimeError(answer.text)


def _bare(practice: Practice) -> Ask:
    values = {"o": practice.organisation_id}

    def ask() -> None:
        with practice.seen.engine.connect() as connection:
            connection.execute(text(_BARE), values).all()

    return ask


def _worklist(one: Grown) -> Ask:
    """Sign in as people do, and look."""
    client = one.app.test_client()
    form = client.get("/login").text
    token = form.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    fields = {"email": EMAIL, "password": one.practice.password, "csrf_token": token}
    client.post("/login", data=fields)
    return lambda: _answered(client, "/worklist", {})


def _deep(one: Grown) -> str:
    """Give the address of the page that begins where nine of ten plans are newer.

    Nobody follows a million plans' pages: its cursor is made as the page before would make it.
    """
    place = text("SELECT id FROM plan ORDER BY id DESC LIMIT 1 OFFSET :newer")
    with one.practice.seen.engine.connect() as connection:
        plan_id = connection.execute(place, {"newer": int(one.plans * _DEEP)}).scalar_one()
    unfiltered = ["" for _ in astuple(PlanFilter())]
    scope = [one.practice.organisation_id.hex, *unfiltered, "older"]
    return f"/api/v1/plans?limit=50&cursor={write_cursor(Config().secret_key, scope, plan_id)}"


def _in_turn(acts: Sequence[Ask]) -> list[list[float]]:
    """Do each in turn, again and again; give the milliseconds of each."""
    times: list[list[float]] = [[] for _ in acts]
    for turn in range(-3, ROUNDS):
        for place, act in enumerate(acts):
            began = perf_counter()
            act()
            if turn >= 0:
                times[place].append((perf_counter() - began) * 1000)
    return times


def _statements(engine: Engine, act: Ask) -> int:
    """Count the statements that something sends."""
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    act()
    event.remove(engine, "before_cursor_execute", note)
    return len(sent)


if __name__ == "__main__":
    main()
