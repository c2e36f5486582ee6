"""How quickly workers drain a queue of many tasks, and in how much memory.

One worker and then two, each a process as `deploy/` runs it, on PostgreSQL; beside them psycopg by
hand: it claims a task and ends it, one at a time, in two transactions that are written to disk. Run
as `python -m benchmarks.bench_outbox [TASKS [SECONDS]]`; it judges nothing.
"""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from time import perf_counter, sleep

import psycopg
from sqlalchemy import text

from benchmarks.many_rows import add_plans, add_tasks
from benchmarks.practices import Practice, be_quiet, new_practice
from benchmarks.servers import postgresql, resident_mb, worker

_TASKS, _SECONDS = 100_000, 20.0
_START_S = 120.0
_OPEN = text("SELECT count(*) FROM outbox WHERE done_at IS NULL AND dead_at IS NULL")
_CLAIM = """
    UPDATE outbox SET attempts = attempts + 1, lease_until = now() + interval '45 s'
    WHERE (organisation_id, id) = (
        SELECT organisation_id, id FROM outbox
        WHERE done_at IS NULL AND dead_at IS NULL AND available_at <= now()
        AND (lease_until IS NULL OR lease_until <= now())
        ORDER BY available_at LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING organisation_id, id
"""
_END = "UPDATE outbox SET done_at = now() WHERE organisation_id = %s AND id = %s"


def main() -> None:
    """Fill the queue, drain it for a while by each, print."""
    tasks = int(sys.argv[1]) if len(sys.argv) > 1 else _TASKS
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else _SECONDS
    be_quiet()
    with postgresql() as databases:
        practice = new_practice(databases)
        add_tasks(practice, add_plans(practice, 1)[0], tasks)
        print(f"A queue of {tasks:,} tasks on PostgreSQL, {seconds:.0f} s each")
        raw = _by_hand(practice, seconds)
        print(f"psycopg by hand {raw:>8.0f} a second")
        for workers in (1, 2):
            rate, most = _drained(practice, workers, seconds)
            print(
                f"{workers} worker{'s' * (workers > 1):<9}{rate / workers:>8.0f} a second each "
                f"(goal >= 200; {rate / workers / raw:.2f} of psycopg by hand); "
                f"{most:.0f} MB at most (goal < 200)"
            )
        practice.seen.close()


def _by_hand(practice: Practice, seconds: float) -> float:
    """Claim and end one task after another; give tasks a second."""
    url = practice.seen.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:

        def one() -> None:
            claimed = connection.execute(_CLAIM).fetchone()
            connection.execute(_END, claimed)

        return _rate(one, seconds)


def _rate(act: Callable[[], None], seconds: float) -> float:
    began, done = perf_counter(), 0
    while perf_counter() - began < seconds:
        act()
        done += 1
    return done / (perf_counter() - began)


def _drained(practice: Practice, workers: int, seconds: float) -> tuple[float, float]:
    """Let workers drain; give tasks a second of all, and the most memory that one has in use."""
    environment = {"MEDPLAN_DATABASE_URL": practice.url}
    with ExitStack() as stack:
        processes = [
            stack.enter_context(worker(sys.executable, environment)) for _ in range(workers)
        ]
        before = _await_progress(practice)
        began, most = perf_counter(), 0.0
        while perf_counter() - began < seconds:
            sleep(1)
            most = max(most, *(resident_mb(process) for process in processes))
        done = before - _open(practice)
        return done / (perf_counter() - began), most


def _await_progress(practice: Practice) -> int:
    """Wait until something is done; say how much is left."""
    before, began = _open(practice), perf_counter()
    while (left := _open(practice)) == before:
        if perf_counter() - began > _START_S:
            raise TimeoutError("no worker worked")
        sleep(0.2)
    return left


def _open(practice: Practice) -> int:
    with practice.seen.engine.connect() as connection:
        count: int = connection.execute(_OPEN).scalar_one()
        return count


if __name__ == "__main__":
    main()
