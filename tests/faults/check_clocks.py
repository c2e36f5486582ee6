"""Clocks that jump or differ: versions go by number, leases by the database's time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import time_machine
from sqlalchemy import select

from medplan.services.telling import events, outbox
from medplan.store.tables import RevisionRow
from tests.api.practice import Practice, path_of
from tests.faults.ground import Ground, Result, practice_on
from tests.faults.killing import amendment, disagreements, issued_with_feed

JUMPS = (
    timedelta(days=1),
    timedelta(days=-1),
    timedelta(minutes=5),
    timedelta(minutes=-5),
    timedelta(minutes=-10),
    timedelta(minutes=10),
)
_DAYS = (4, 6)


def check(ground: Ground) -> Iterator[Result]:
    """Let the clock jump before each amendment, then let two workers' clocks differ."""
    with practice_on(ground) as practice:
        path, _etag = issued_with_feed(practice)
        feed = path_of(practice.prescriber.feed(path)["url"])
        lost = torn = 0
        for number, jump in enumerate(JUMPS, start=2):
            practice.clock.now += jump
            etag = practice.prescriber.get(path).headers["ETag"]
            before = practice.nobody.get(feed).data
            practice.prescriber.send("POST", f"{path}/amendments", amendment(_DAYS[number % 2]),
                                     key=f"{number}", etag=etag)  # fmt: skip
            shown = practice.prescriber.get(path).get_json()
            lost += shown["revision"] != number
            torn += practice.nobody.get(feed).data == before
        torn += len(disagreements(practice)) + (_numbers(practice) != list(range(1, number + 1)))
        yield Result("the clock jumps by 5 minutes and a day", len(JUMPS), lost, torn)
        yield Result(
            "workers' clocks differ by 5 minutes and a day", len(JUMPS), 0, _leases(practice)
        )


def _numbers(practice: Practice) -> list[int]:
    """The revisions in the order in which they were made, whatever their clock said."""
    with practice.seen.reading.begin() as session:
        return list(session.scalars(select(RevisionRow.number).order_by(RevisionRow.number)))


def _leases(practice: Practice) -> int:
    """Count leases that a worker with another clock took away."""
    taken = 0
    held = outbox.claim(practice.database, [events.TOPIC], "steady", 1000)
    assert held
    for jump in JUMPS:
        with time_machine.travel(datetime.now(UTC) + jump, tick=True):  # noqa: TID251 - it moves
            taken += len(outbox.claim(practice.database, [events.TOPIC], f"off by {jump}", 1000))
    return taken
