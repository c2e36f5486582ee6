"""The demo pharmacy does its week against a running server, over loopback."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.api.practice import ACUTE

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "examples" / "pharmacy_client.py"
SCOPES = "plans.read dispenses.write events.read webhooks.manage"
TIMEOUT_S = 60


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Running:
    """A server of the test's own, and a prescriber who calls it."""

    folder: Path
    environment: dict[str, str]
    url: str
    token: str = ""

    def medplan(self, *words: str) -> str:
        """Run a command of medplan; give the last line that it prints."""
        command = [sys.executable, "-m", "medplan", *words]
        done = subprocess.run(
            command, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=True,
            timeout=TIMEOUT_S,
        )  # fmt: skip
        return done.stdout.strip().splitlines()[-1]

    def pharmacy(self, *words: str) -> "subprocess.Popen[str]":
        """Start the demo pharmacy."""
        command = [sys.executable, str(CLIENT), *words]
        return subprocess.Popen(
            command, env=self.environment, cwd=self.folder, stdout=subprocess.PIPE, text=True
        )

    def post(self, path: str, document: object, etag: str = "") -> requests.Response:
        """Store something as the prescriber."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": os.urandom(8).hex(),
            "If-Match": etag,
        }
        answer = requests.post(self.url + path, json=document, headers=headers, timeout=TIMEOUT_S)
        assert answer.ok, answer.text
        return answer


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """Start a server with a prescriber."""
    port = free_port()
    environment = os.environ | {
        "MEDPLAN_DATABASE_URL": f"sqlite:///{tmp_path / 'medplan.db'}",
        "MEDPLAN_ALLOW_LOOPBACK": "1",
        "MEDPLAN_PASSWORD": "an invented password",
        "PYTHONPATH": str(ROOT),
    }
    found = Running(tmp_path, environment, f"http://127.0.0.1:{port}")
    command = [sys.executable, "-m", "medplan", "serve", "--port", str(port)]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=environment, cwd=ROOT, text=True, **pipes) as server:
        assert server.stdout is not None
        assert server.stdout.readline().startswith("medplan serves on")
        add = ("--role", "prescriber", "--organisation", "Invented Practice")
        found.medplan("user", "add", "prescriber@example.org", *add)
        found.token = found.medplan("token", "add", "prescriber@example.org", "--name", "test")
        yield found
        server.terminate()


def line(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """The next line that a program prints, as JSON."""
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def test_the_demo_pharmacy_registers_reads_supplies_and_hears_of_a_stop(running: Running) -> None:
    told_at = requests.get(f"{running.url}/healthz", timeout=TIMEOUT_S).headers["Date"]
    today = parsedate_to_datetime(told_at).date()
    plan = ACUTE | {"start": (today - timedelta(days=2)).isoformat()}
    drafted = running.post("/api/v1/plans", plan)
    path = drafted.headers["Location"]
    running.post(f"{path}/issue", {}, drafted.headers["ETag"])

    with running.pharmacy("make-keys", "pharmacy") as made:
        assert made.wait(TIMEOUT_S) == 0
    jwks = str(running.folder / "pharmacy.jwks")
    client = running.medplan("client", "add", "Pharmacy", "--scope", SCOPES, "--jwks", jwks)
    known = ("--server", running.url, "--client", client, "--key", "pharmacy.key")

    with running.pharmacy("week", *known) as week:
        rows = [json.loads(text) for text in week.stdout or ()]
    assert {(row["product"], row["kind"]) for row in rows} == {
        ("naproxen-tablet-250", "stopped"),
        ("paracetamol-tablet-500", "stopped"),
    }
    plan_id = path.rpartition("/")[2]
    with running.pharmacy("supply", plan_id, "naproxen-tablet-250", "6", *known) as supply:
        (stock,) = line(supply)["stock"]
    assert stock["run_out_day"] == (today + timedelta(days=3)).isoformat()
    assert stock["shortfall"] == "4"

    listening = running.pharmacy("listen", "plan.stopped", "--port", str(free_port()), *known)
    assert (listening.stdout or sys.stdin).readline() == "listening\n"
    etag = _etag(running, path)
    running.post(f"{path}/stops", {"reason": "Better already."}, etag)
    with listening, running.pharmacy("follow", "plan.stopped", *known) as follow:
        told, logged = line(listening), line(follow)
    assert told == logged
    assert told["data"] == {"plan": plan_id, "revision": 2}


def _etag(running: Running, path: str) -> str:
    headers = {"Authorization": f"Bearer {running.token}"}
    return requests.get(running.url + path, headers=headers, timeout=TIMEOUT_S).headers["ETag"]
