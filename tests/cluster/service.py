"""medplan itself beside the cluster: its own processes, as an operator starts them."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.programs import HOST, Program, free_port, until

ROOT = Path(__file__).parents[2]
_EMAIL = "cluster@example.org"
_UP_S = 60


@dataclass(frozen=True)
class Service:
    """A running service and a token of an invented prescriber; `settings` are its environment."""

    url: str
    token: str
    settings: Mapping[str, str]

    def client_token(self, *scopes: str) -> str:
        """Add a client of the practice's, and sign it in."""
        wanted = [word for scope in scopes for word in ("--scope", scope)]
        said = _medplan(self.settings, "client", "add", "Invented pharmacy", *wanted)
        client_id, secret = said.split()[-2:]
        answer = requests.post(
            f"{self.url}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(client_id, secret),
            timeout=30,
        )
        return str(answer.json()["access_token"])


@contextmanager
def running_service(
    folder: Path, environment: Mapping[str, str], code: Path = ROOT
) -> Iterator[Service]:
    """Migrate, add somebody, and serve until the block ends; `code` may be another checkout's."""
    settings = {"MEDPLAN_RATE_LIMITS": "off", "PYTHONPATH": str(code), **environment}
    _medplan(settings, "db", "upgrade")
    user = ("user", "add", _EMAIL, "--role", "prescriber", "--organisation", "Invented Practice")
    _medplan(settings | {"MEDPLAN_PASSWORD": "an invented password"}, *user)
    token = _medplan(settings, "token", "add", _EMAIL, "--name", "cluster").splitlines()[-1]
    port = free_port()
    command = [sys.executable, "-m", "medplan", "serve", "--port", str(port)]
    server = Program("medplan", command, folder, settings)
    server.start()
    url = f"http://{HOST}:{port}"
    try:
        until(lambda: _ready(url), seconds=_UP_S, what="medplan")
        yield Service(url, token, settings)
    finally:
        server.stop()


def _medplan(settings: Mapping[str, str], *words: str) -> str:
    command = [sys.executable, "-m", "medplan", *words]
    done = subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], **settings},
        check=True,
        capture_output=True,
        text=True,
        cwd=settings["PYTHONPATH"],
        timeout=120,
    )
    return done.stdout


def _ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/readyz", timeout=2).ok
    except requests.RequestException:
        return False
