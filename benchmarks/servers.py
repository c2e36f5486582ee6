"""What is measured is started here: a PostgreSQL of our own, and applications under gunicorn."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_connection, socket

from tests.databases import server
from tests.databases.kinds import PostgreSQLDatabases

_GUNICORN = ("-m", "gunicorn", "-k", "gthread", "--threads", "8", "-w", "1", "--log-level", "error")
_PATIENCE_S = 120.0
DEPLOYED = ("-m", "gunicorn", "--config", "deploy/gunicorn.conf.py")
"""As `deploy/` has it served."""
_UNIT = Path("deploy/systemd/medplan-web@.service")
_SET = "Environment="


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and the processes that do its work."""

    port: int
    processes: tuple[int, ...]


@contextmanager
def postgresql() -> Iterator[PostgreSQLDatabases]:
    """Start a PostgreSQL of our own that writes to disk before it says so."""
    started = server.start({})
    try:
        yield PostgreSQLDatabases(started.url)
    finally:
        started.remove()


@contextmanager
def served(
    python: str,
    application: str,
    environment: Mapping[str, str],
    settings: Sequence[str] = _GUNICORN,
) -> Iterator[Server]:
    """A WSGI application under gunicorn on a free port of this machine."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [python, *settings, "-b", f"127.0.0.1:{port}", application]
    more = _set_by_deploy() if settings is DEPLOYED else {}
    with running(command, {**more, **environment}) as process:
        _await(port)
        yield Server(port, _children(process))


@contextmanager
def worker(python: str, environment: Mapping[str, str], *more: str) -> Iterator[int]:
    """Run `medplan worker`; give its process."""
    with running([python, "-m", "medplan", "worker", *more], environment) as process:
        yield process


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[int]:
    """Run a program without its words, and end it; give its process. It does not outlive us."""
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig=TERM", "--", *command],  # noqa: S607 - wherever it lies
        env=os.environ | environment,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def resident_mb(process: int) -> float:
    """How much memory a process has in use (its resident set), in megabytes of 2^20 bytes."""
    told = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    kilobytes = next(line.split()[1] for line in told.splitlines() if line.startswith("VmRSS:"))
    return int(kilobytes) / 1024


def _set_by_deploy() -> dict[str, str]:
    """The variables that the unit of `deploy/` sets for a web process."""
    lines = _UNIT.read_text(encoding="utf-8").splitlines()
    told = (line.removeprefix(_SET) for line in lines if line.startswith(_SET))
    return dict(line.split("=", 1) for line in told)


def _await(port: int) -> None:
    """Wait until something is answered, be it that nothing is there."""
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        try:
            with create_connection(("127.0.0.1", port), timeout=10) as connection:
                connection.sendall(b"HEAD /nothing HTTP/1.0\r\n\r\n")
                if connection.recv(1):
                    return
        except OSError:
            time.sleep(0.1)
    msg = "a server did not start"
    raise TimeoutError(msg)


def _children(process: int) -> tuple[int, ...]:
    told = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    return tuple(int(child) for child in told.split())
