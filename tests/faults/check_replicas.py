"""A replica shows nothing new for a while: nobody misses their own change, nor a revocation."""

import time
from collections.abc import Iterator
from http import HTTPStatus

from medplan.gate.consistency import HEADER
from tests.api.practice import Practice, path_of
from tests.faults.ground import Ground, Result
from tests.faults.killing import amendment, disagreements
from tests.faults.replicas import Copied, copied_practice

_ROUNDS = 20
_LONGEST_S = 60.0


def check(ground: Ground) -> Iterator[Result]:
    """Hold a replica up, write, and look by every way at once."""
    if ground.server is None:
        return
    with copied_practice() as copied:
        missed = sum(_missed(copied, days) for days in (4, 6) * (_ROUNDS // 2))
        torn = len(disagreements(copied.practice))
        yield Result("a replica is held up", _ROUNDS, missed, torn)
        took = _refused_after(copied)
        measured = f"refused after {took:.1f} s"
        slow = int(took > _LONGEST_S)
        yield Result("a calendar revoked behind a held-up replica", 1, slow, 0, measured)


def _missed(copied: Copied, days: int) -> int:
    """Count what a prescriber does not see of what they have just done."""
    practice = copied.practice
    path = practice.prescriber.issued()
    copied.hold_up()
    etag = practice.prescriber.get(path).headers["ETag"]
    answer = practice.prescriber.post(f"{path}/amendments", amendment(days), etag=etag)
    plan, written = answer.get_json()["id"], answer.headers[HEADER]
    feed = path_of(practice.prescriber.feed(path)["url"])
    seen = [_listed(practice, plan, **{HEADER: written}), _listed(practice, plan)]
    seen.append(practice.prescriber.get(path).get_json()["revision"])
    polled = practice.nobody.get(feed).status_code
    copied.let_go()
    seen.append(_listed(practice, plan, **{HEADER: written}))
    return len(seen) - seen.count(2) + (polled != HTTPStatus.OK)


def _listed(practice: Practice, plan: str, **headers: str) -> int | None:
    found = practice.prescriber.get("/api/v1/plans?limit=200", **headers).get_json()["items"]
    return next((int(item["revision"] or 0) for item in found if item["id"] == plan), None)


def _refused_after(copied: Copied) -> float:
    """Revoke a calendar that the replica still shows; give the seconds until all refuse it."""
    practice = copied.practice
    path = practice.prescriber.issued()
    made = practice.prescriber.feed(path)
    copied.let_go()
    assert practice.nobody.get(path_of(made["url"])).status_code == 200
    copied.hold_up()
    practice.prescriber.send("DELETE", f"{path}/feeds/{made['id']}")
    begun = time.monotonic()
    while practice.nobody.get(path_of(made["url"])).status_code != 404:
        if time.monotonic() - begun > _LONGEST_S:
            break
        time.sleep(0.1)
    copied.let_go()
    return time.monotonic() - begun
