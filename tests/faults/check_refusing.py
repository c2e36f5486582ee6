"""The database takes no changes for a while: disk full (SQLite), read-only (PostgreSQL)."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from http import HTTPStatus

from tests.api.practice import Practice, path_of
from tests.databases.server import Server
from tests.faults.ground import Ground, Result, practice_on
from tests.faults.killing import amendment, disagreements
from tests.faults.refusing import filled, on_a_small_disk, refusing_changes

_TIMES = 10


def check(ground: Ground) -> Iterator[Result]:
    """Refuse changes, look at what is still answered, and go on without a restart."""
    fault = "its disk is full" if ground.server is None else "it is read-only"
    with practice_on(ground) as practice:
        wrong = [_refused_once(practice, refusing_changes(practice)) for _ in range(_TIMES)]
        lost = [w for w in wrong if "amendment" in w]
        torn = sum(map(len, wrong)) + len(disagreements(practice))
        yield Result(fault, _TIMES, len(lost), torn)
    if ground.server is not None:
        yield _on_a_full_disk(ground, ground.server)


def _on_a_full_disk(ground: Ground, server: Server) -> Result:
    """Fill the disk under PostgreSQL; only root may make one that is small."""
    fault = "its disk is full"
    if os.geteuid() != 0:
        return Result(fault, 0, 0, 0, "not tried: only root can make a small file system")
    with practice_on(ground) as practice, on_a_small_disk(practice, server) as disk:
        wrong = [_refused_once(practice, filled(practice, disk)) for _ in range(_TIMES)]
        lost = sum("amendment" in w for w in wrong)
        torn = sum(map(len, wrong)) + len(disagreements(practice))
    return Result(fault, _TIMES, lost, torn)


def _refused_once(practice: Practice, refusing: AbstractContextManager[None]) -> list[str]:
    """Name what was not as it must be."""
    path = practice.prescriber.issued()
    feed = path_of(practice.prescriber.feed(path)["url"])
    etag = practice.prescriber.get(path).headers["ETag"]
    feeds_etag = practice.nobody.get(feed).headers["ETag"]

    def amend() -> tuple[int, str | None]:
        answer = practice.prescriber.send(
            "POST", f"{path}/amendments", amendment(4), key=f"amend-{path[-8:]}", etag=etag
        )
        return answer.status_code, answer.content_type

    unavailable = (HTTPStatus.SERVICE_UNAVAILABLE, "application/problem+json")
    wrong = []
    with refusing:
        wrong += ["change"] * (amend() != unavailable)
        wrong += ["reading"] * (practice.prescriber.get(path).status_code != HTTPStatus.OK)
        wrong += ["feed"] * (practice.nobody.get(feed).status_code != HTTPStatus.OK)
        unchanged = practice.nobody.get(feed, If_None_Match=feeds_etag).status_code
        wrong += ["poll"] * (unchanged != HTTPStatus.NOT_MODIFIED)
    wrong += ["amendment"] * (amend()[0] != HTTPStatus.OK)
    ready = practice.nobody.get("/readyz").get_json()
    return wrong + ["recovery"] * (ready != {"status": "ready"} or len(practice.database.late) > 0)
