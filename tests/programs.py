"""Other people's servers on loopback: started, killed, stopped, each with its log in a file.

PostgreSQL refuses to run as root, and a checkout may lie in a home that nobody else may enter.
Where the tests run as root, servers are started as a user without rights that may read any path:
no folder's permissions are changed for it. None of them outlives the process that started it, not
even when that is killed.
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

NOBODY = 65534
HOST = "127.0.0.1"


class NotReadyError(AssertionError):
    """A server did not answer in time; its log says why."""


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def own(folder: Path) -> Path:
    """Make a folder that the servers' user may write."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    return folder


def own_file(file: Path, text: str) -> Path:
    """Write a file that only the servers' user may read."""
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(file, NOBODY, NOBODY)
    return file


def without_rights(command: Sequence[str], *, ended_by: str = "KILL") -> list[str]:
    """The command as it is run by a user who is nobody, and ended when the tests' process is."""
    ended = f"--pdeathsig={ended_by}"
    if os.geteuid() != 0:
        return ["setpriv", ended, "--", *command]
    caps = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    ids = (f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    return ["setpriv", *ids, *caps, ended, "--", *command]


def until(ready: Callable[[], bool], *, seconds: float, what: str) -> float:
    """Wait until `ready` says so; give the seconds it took.

    Raises:
        NotReadyError: it never did.
    """
    begun = time.monotonic()
    while not ready():
        if time.monotonic() - begun > seconds:
            msg = f"{what} was not ready after {seconds} s"
            raise NotReadyError(msg)
        time.sleep(0.1)
    return time.monotonic() - begun


@dataclass
class Program:
    """A server that runs in a process group of its own."""

    name: str
    command: Sequence[str]
    logs: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run it; its words go to its log."""
        with (self.logs / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd="/",
                env={"PATH": os.environ["PATH"], **self.environment},
                start_new_session=True,
            )

    def kill(self) -> None:
        """End it and all its children at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, and end it if it doesn't."""
        self._end(signal.SIGTERM)

    def stop_by_interrupt(self) -> None:
        """Interrupt it alone, and wait until it has ended its children itself."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=60)
            self.process = None

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=10)
        self.process = None
