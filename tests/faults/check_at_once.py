"""Requests at the same moment against real processes: gunicorn with two workers."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import requests

from tests.api.practice import ACUTE
from tests.cluster.service import Service, running_service
from tests.faults.ground import Ground, Result
from tests.faults.killing import amendment

_ROUNDS = 3
_POSTS, _AMENDMENTS = 50, 20
_TIMEOUT_S = 60


def check(ground: Ground) -> Iterator[Result]:
    """50 equal POSTs, then 20 amendments of one version; three times."""
    address = ground.databases.make()
    settings = {"MEDPLAN_DATABASE_URL": address, "MEDPLAN_WORKERS": "2"}
    with running_service(ground.folder, settings) as service:
        posted = [_posts(service, n) for n in range(_ROUNDS)]
        yield Result("50 equal POSTs at once", _ROUNDS, sum(posted), 0)
        amended = [_amendments(service, n) for n in range(_ROUNDS)]
        yield Result("20 amendments of one version at once", _ROUNDS, sum(amended), 0)
    ground.databases.drop(address)


def _posts(service: Service, number: int) -> int:
    """Count what is wrong: other than one plan, or another answer than it or `409`."""

    def post(_: int) -> requests.Response:
        return _send(service, "/api/v1/plans", ACUTE, f"equal-{number}")

    before = _plans(service)
    with ThreadPoolExecutor(_POSTS) as threads:
        answers = list(threads.map(post, range(_POSTS)))
    made = {answer.json()["id"] for answer in answers if answer.status_code == HTTPStatus.CREATED}
    others = [a for a in answers if a.status_code not in {HTTPStatus.CREATED, HTTPStatus.CONFLICT}]
    return abs(len(made) - 1) + abs(_plans(service) - before - 1) + len(others)


def _amendments(service: Service, number: int) -> int:
    """Count what is wrong: other than one that wins and nineteen that are told of it."""
    drafted = _send(service, "/api/v1/plans", ACUTE, f"plan-{number}")
    path = f"/api/v1/plans/{drafted.json()['id']}"
    etag = _send(service, f"{path}/issue", {}, f"issue-{number}", drafted.headers["ETag"]).headers

    def amend(n: int) -> int:
        key = f"amend-{number}-{n}"
        return _send(service, f"{path}/amendments", amendment(4), key, etag["ETag"]).status_code

    with ThreadPoolExecutor(_AMENDMENTS) as threads:
        statuses = Counter(threads.map(amend, range(_AMENDMENTS)))
    wanted = Counter({200: 1, 412: _AMENDMENTS - 1})
    revision = int(_get(service, path).json()["revision"])
    return (statuses - wanted).total() + abs(revision - 2)


def _plans(service: Service) -> int:
    return len(_get(service, "/api/v1/plans?limit=200").json()["items"])


def _get(service: Service, path: str) -> requests.Response:
    head = {"Authorization": f"Bearer {service.token}"}
    return requests.get(f"{service.url}{path}", headers=head, timeout=_TIMEOUT_S)


def _send(
    service: Service, path: str, body: object, key: str, etag: str | None = None
) -> requests.Response:
    head = {"Authorization": f"Bearer {service.token}", "Idempotency-Key": key}
    if etag is not None:
        head["If-Match"] = etag
    return requests.post(f"{service.url}{path}", json=body, headers=head, timeout=_TIMEOUT_S)
