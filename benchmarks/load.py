"""Asks a server on this machine for one thing over and over, and says how often it answered.

The client is a few sockets and no HTTP library, so that it is not what is measured. Besides
answers per second it tells the server's own processor time for each, which other work on the
machine disturbs less.
"""

import os
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

_CONNECTIONS = 4
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Asked:
    """What to ask of which server: its port, path and headers, and the status it must answer."""

    name: str
    port: int
    path: str
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    processes: tuple[int, ...] = ()

    @property
    def request(self) -> bytes:
        """The request as it is sent."""
        lines = [f"GET {self.path} HTTP/1.1", "Host: localhost"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


@dataclass(frozen=True, slots=True)
class Answered:
    """How often a server answered, and the processor time that it took."""

    answers: int
    seconds: float
    processor_s: float

    @property
    def per_second(self) -> float:
        """Answers in a second."""
        return self.answers / self.seconds

    @property
    def processor_us(self) -> float:
        """Microseconds of the server's processor for one answer."""
        return self.processor_s / self.answers * 1_000_000


def load(asked: Asked, seconds: float) -> Answered:
    """Ask for so long on a few connections at once."""
    counts = [0] * _CONNECTIONS
    end = perf_counter() + seconds
    threads = [
        threading.Thread(target=_ask, args=(asked, end, counts, n)) for n in range(_CONNECTIONS)
    ]
    used, began = processor_s(asked.processes), perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = perf_counter() - began
    return Answered(sum(counts), took, processor_s(asked.processes) - used)


def once(asked: Asked) -> tuple[bytes, bytes]:
    """Ask once; give the head and the body.

    Raises:
        ValueError: another status was answered.
    """
    with socket.create_connection(("127.0.0.1", asked.port), timeout=10) as connection:
        connection.sendall(asked.request)
        head, body = _answer(connection)
    if head.split(b" ", 2)[1] != str(asked.status).encode():
        msg = f"{asked.name} answered {head[:60]!r}"
        raise ValueError(msg)
    return head, body


def _ask(asked: Asked, end: float, counts: list[int], place: int) -> None:
    request, wanted = asked.request, f" {asked.status} ".encode()
    while perf_counter() < end:
        with socket.create_connection(("127.0.0.1", asked.port), timeout=10) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while perf_counter() < end:
                connection.sendall(request)
                head, _ = _answer(connection)
                if wanted not in head[:20]:
                    break
                counts[place] += 1
                if b"connection: close" in head.lower():
                    break


def _answer(connection: socket.socket) -> tuple[bytes, bytes]:
    """One answer, read to its end as its Content-Length says."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return data or b"HTTP/1.1 000 closed\r\nconnection: close", b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    _, told, rest = head.lower().partition(b"content-length:")
    length = int(rest.split(b"\r\n", 1)[0]) if told else 0
    parts, have = [body], len(body)
    while have < length:
        more = connection.recv(262144)
        if not more:
            break
        parts.append(more)
        have += len(more)
    return head, b"".join(parts)


def processor_s(processes: Sequence[int]) -> float:
    """The processor time that these processes have used so far."""
    ticks = 0
    for process in processes:
        told = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(told[11]) + int(told[12])
    return ticks / _TICKS
