"""The leader's power is cut five times while prescribers write: nothing acknowledged is lost.

Run by `make test-cluster`. Prints how long each failover kept the prescribers waiting.
"""

import json
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.cluster.cluster import Cluster, running_cluster
from tests.cluster.journey import Prescriber, longest_wait
from tests.cluster.service import Service, running_service
from tests.programs import until

FAILOVERS = 5
PRESCRIBERS = 3
LONGEST_S = 45
WHOLE_S = 90
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
    environment = {"MEDPLAN_DATABASE_URL": cluster.url, "MEDPLAN_PREPARED_STATEMENTS": "off"}
    with running_service(tmp_path_factory.mktemp("service"), environment) as running:
        yield running


def test_no_acknowledged_plan_is_lost_and_prescribers_soon_go_on(
    cluster: Cluster, service: Service
) -> None:
    people = [
        Prescriber(f"prescriber-{n}", service.url, service.token, REQUEST)
        for n in range(PRESCRIBERS)
    ]
    threads = [threading.Thread(target=person.work, daemon=True) for person in people]
    for thread in threads:
        thread.start()
    cut = [fail_over(cluster) for _ in range(FAILOVERS)]
    time.sleep(1)
    for person in people:
        person.over.set()
    for thread in threads:
        thread.join(timeout=LONGEST_S)

    moments = [moment for person in people for moment in person.moments]
    waits = [longest_wait(moments, *span) for span in pairwise([*cut, time.monotonic()])]
    issued = [plan for person in people for plan in person.issued]
    print(f"\n{len(issued)} plans; seconds without an answer: {[round(w, 1) for w in waits]}")
    assert [p.unexpected for p in people] == [[]] * PRESCRIBERS
    assert max(waits) <= LONGEST_S
    assert len(issued) == len(set(issued))
    assert [plan for plan in issued if not is_issued(people[0], plan)] == []


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
