"""The leader's power is cut five times while prescribers write: nothing acknowledged is lost, what
they list from the replica has what they wrote, and a receiver is told of each event under one id.

Run by `make test-cluster`. Prints how long each failover kept the prescribers waiting.
"""

import json
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.cluster.cluster import Cluster, running_cluster
from tests.cluster.journey import Prescriber, longest_wait
from tests.cluster.service import Service, running_service
from tests.outside.servers import Receiver, receiver
from tests.programs import until

FAILOVERS = 5
PRESCRIBERS = 3
LONGEST_S = 45
WHOLE_S = 120
REVOKED_S = 60
REQUEST = json.loads(
    (Path(__file__).parents[2] / "examples" / "acute-back-pain.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A cluster of the module's own."""
    with tempfile.TemporaryDirectory(prefix="medplan-cluster-") as folder:
        Path(folder).chmod(0o755)
        with running_cluster(Path(folder) / "cluster") as running:
            yield running


@pytest.fixture(scope="module")
def service(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Medplan on that cluster."""
    environment = {
        "MEDPLAN_DATABASE_URL": cluster.url,
        "MEDPLAN_REPLICA_URL": cluster.replica_url,
        "MEDPLAN_PREPARED_STATEMENTS": "off",
        "MEDPLAN_ALLOW_LOOPBACK": "1",
    }
    with running_service(tmp_path_factory.mktemp("service"), environment) as running:
        yield running


def test_no_acknowledged_plan_is_lost_and_prescribers_soon_go_on(
    cluster: Cluster, service: Service
) -> None:
    people = [
        Prescriber(f"prescriber-{n}", service.url, service.token, REQUEST)
        for n in range(PRESCRIBERS)
    ]
    with receiver() as listening:
        have_told(service, listening)
        cut = write_through_failovers(cluster, people)
        issued = [plan for person in people for plan in person.issued]
        events = {
            e["id"]: e["data"]["plan"] for e in all_events(service) if e["data"]["plan"] in issued
        }
        until(lambda: events.keys() <= ids_of(listening), seconds=WHOLE_S, what="the receiver")

    moments = [moment for person in people for moment in person.moments]
    waits = [longest_wait(moments, *span) for span in pairwise([*cut, time.monotonic()])]
    listed = sum(person.listed for person in people)
    print(f"\n{len(issued)} plans; seconds without an answer: {[round(w, 1) for w in waits]}")
    print(f"{listed} lists read, {len(events)} events told in {len(listening.got)} messages")
    assert [p.unexpected for p in people] == [[]] * PRESCRIBERS
    assert max(waits) <= LONGEST_S
    assert len(issued) == len(set(issued))
    assert [plan for plan in issued if not is_issued(people[0], plan)] == []
    assert listed > 0
    assert [person.missed for person in people] == [[]] * PRESCRIBERS
    assert sorted(events.values()) == sorted(issued)
    assert len({(got.headers["webhook-id"], got.body) for got in listening.got}) == len(
        ids_of(listening)
    )


def test_a_revoked_calendar_is_refused_everywhere_within_a_minute(service: Service) -> None:
    person = Prescriber("revoker", service.url, service.token, REQUEST)
    person.over.set()
    made = person.with_calendar()
    polls = [requests.get(made["url"], timeout=30).status_code for _ in range(5)]
    person.revoke(made)
    begun = time.monotonic()
    until(lambda: requests.get(made["url"], timeout=30).status_code == 404,
          seconds=REVOKED_S, what="the refusal")  # fmt: skip
    print(f"\nrefused {time.monotonic() - begun:.1f} s after it was revoked")

    assert polls == [200] * 5
    assert {requests.get(made["url"], timeout=30).status_code for _ in range(20)} == {404}


def write_through_failovers(cluster: Cluster, people: Sequence[Prescriber]) -> list[float]:
    """Let people write while the leader fails; give the moments at which it did."""
    threads = [threading.Thread(target=person.work, daemon=True) for person in people]
    for thread in threads:
        thread.start()
    cut = [fail_over(cluster) for _ in range(FAILOVERS)]
    time.sleep(1)
    for person in people:
        person.over.set()
    for thread in threads:
        thread.join(timeout=LONGEST_S)
    return cut


def have_told(service: Service, listening: Receiver) -> None:
    """Have a receiver told of every plan that is issued."""
    answer = requests.post(
        f"{service.url}/api/v1/webhook-endpoints",
        json={"url": listening.url(), "kinds": ["plan.issued"]},
        headers={
            "Authorization": f"Bearer {service.client_token('webhooks.manage')}",
            "Idempotency-Key": "told",
        },
        timeout=30,
    )
    assert answer.status_code == 201, answer.text


def all_events(service: Service) -> list[dict[str, Any]]:
    """Every plan that was issued, as the log of events tells it."""
    head = {"Authorization": f"Bearer {service.client_token('events.read')}"}
    found: list[dict[str, Any]] = []
    path = "/api/v1/events?limit=200&type=plan.issued"
    while True:
        page = requests.get(service.url + path, headers=head, timeout=30).json()
        if not page["items"]:
            return found
        path = page["next"]
        found += page["items"]


def ids_of(listening: Receiver) -> set[str]:
    """Under which ids a receiver was told."""
    return {got.headers["webhook-id"] for got in list(listening.got)}


def fail_over(cluster: Cluster) -> float:
    """Cut the leader's power, wait until the pair is whole again; give the moment of the cut."""
    leader = cluster.leader()
    assert leader is not None
    at = time.monotonic()
    leader.kill()
    until(lambda: cluster.leader() not in {None, leader}, seconds=LONGEST_S, what="a new leader")
    leader.patroni.start()
    until(cluster.whole, seconds=WHOLE_S, what="the pair")
    return at


def is_issued(reader: Prescriber, plan: str) -> bool:
    """Whether the plan is there, active, at its first revision."""
    answer = reader.read(f"/api/v1/plans/{plan}")
    return answer.ok and (answer.json()["status"], answer.json()["revision"]) == ("active", 1)
