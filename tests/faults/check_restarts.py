"""PostgreSQL is restarted ten times under twenty clients."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus

import requests

from tests.api.practice import ACUTE
from tests.cluster.service import Service, running_service
from tests.databases.server import Server
from tests.faults.ground import Ground, Result

_RESTARTS, _CLIENTS = 10, 20
_LONGEST_S = 10
_UP_S = 2.0
_PAUSE_S = 0.05
_TIMEOUT_S = 60


@dataclass
class _Client:
    """Drafts plans without end and remembers what it was told, and when."""

    name: str
    service: Service
    made: list[str] = field(default_factory=list)
    refused_at: list[float] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)

    def work(self, over: threading.Event) -> None:
        number = 0
        while not over.is_set():
            number += 1
            self._draft(f"{self.name}-{number}", over)
            time.sleep(_PAUSE_S)

    def _draft(self, key: str, over: threading.Event) -> None:
        head = {"Authorization": f"Bearer {self.service.token}", "Idempotency-Key": key}
        url = f"{self.service.url}/api/v1/plans"
        while not over.is_set():
            answer = requests.post(url, json=ACUTE, headers=head, timeout=_TIMEOUT_S)
            if answer.status_code == HTTPStatus.CREATED:
                self.made.append(answer.json()["id"])
                return
            self.refused_at.append(time.monotonic())
            if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE or (
                "Retry-After" not in answer.headers
            ):
                self.unexpected.append(f"{answer.status_code} {answer.text[:200]}")
            time.sleep(0.2)


def check(ground: Ground) -> Iterator[Result]:
    """Restart while clients write: they see 503 with Retry-After and nothing else."""
    if ground.server is None:
        return
    address = ground.databases.make()
    settings = {"MEDPLAN_DATABASE_URL": address, "MEDPLAN_WORKERS": "2"}
    with running_service(ground.folder, settings) as service:
        clients = [_Client(f"client-{n}", service) for n in range(_CLIENTS)]
        over = threading.Event()
        threads = [threading.Thread(target=client.work, args=(over,)) for client in clients]
        for thread in threads:
            thread.start()
        waits = [_restart(ground.server, clients) for _ in range(_RESTARTS)]
        over.set()
        for thread in threads:
            thread.join()
        made = [plan for client in clients for plan in client.made]
        lost = sum(not _is_there(service, plan) for plan in made)
        odd = [said for client in clients for said in client.unexpected]
        slow = sum(wait > _LONGEST_S for wait in waits)
        measured = f"{len(made)} plans; last 503 {max(waits):.1f} s after it was back"
        measured += "".join(f"\n    {said}" for said in odd[:3])
        yield Result("PostgreSQL restarted under 20 clients", _RESTARTS, lost, len(odd) + slow,
                     measured)  # fmt: skip
    ground.databases.drop(address)


def _restart(server: Server, clients: list[_Client]) -> float:
    """Restart it; give how long after its return somebody was still refused."""
    time.sleep(_UP_S)
    server.stop()
    time.sleep(0.5)
    server.start()
    back = time.monotonic()
    time.sleep(_UP_S)
    while any(c.refused_at and c.refused_at[-1] > time.monotonic() - 1 for c in clients):
        time.sleep(0.1)
    return max((at - back for c in clients for at in c.refused_at if at > back), default=0.0)


def _is_there(service: Service, plan: str) -> bool:
    head = {"Authorization": f"Bearer {service.token}"}
    url = f"{service.url}/api/v1/plans/{plan}"
    return requests.get(url, headers=head, timeout=_TIMEOUT_S).ok
