"""One call to somebody else's server: bounded in time and bytes, to an address that was checked.

A name is looked up once and the connection goes to the very address that was judged, so that a
name which changes its mind in between (DNS rebinding) gains nothing. No redirect is followed, no
proxy of the environment used. When the time is over the connection is cut, however the other side
drips.
"""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import SplitResult

import urllib3
from typing_extensions import override
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from medplan.outside.addresses import OutsideError, check_address, check_url

TIMEOUT_S = 20.0
MOST_BYTES = 64 * 1024

Resolve = Callable[[str, int], list[str]]


def look_up(host: str, port: int) -> list[str]:
    """The addresses that a name stands for by the system's own resolver.

    Raises:
        OSError: there are none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, and at most so many bytes of body."""

    status: HTTPStatus | int
    body: bytes


@dataclass(frozen=True, slots=True)
class Outside:
    """Calls other servers. `allow_loopback` is for development and tests only."""

    allow_loopback: bool = False
    timeout_s: float = TIMEOUT_S
    most_bytes: int = MOST_BYTES
    resolve: Resolve = field(default=look_up)

    def check(self, url: str) -> None:
        """Refuse an address that can be seen never to be called.

        Raises:
            OutsideError: it says why.
        """
        check_url(url, allow_loopback=self.allow_loopback)

    def get(self, url: str) -> Reply:
        """Ask for a document.

        Raises:
            OutsideError: nobody may, nobody answers, or not in time.
        """
        return self._call("GET", url, {"Accept": "application/json"}, None, self.timeout_s)

    def post(
        self, url: str, headers: Mapping[str, str], body: bytes, within_s: float = TIMEOUT_S
    ) -> Reply:
        """Send a body; the answer's own body is cut off where it is too long. `within_s` shortens
        the time that all calls have.

        Raises:
            OutsideError: nobody may, nobody answers, or not in time.
        """
        return self._call("POST", url, headers, body, min(within_s, self.timeout_s))

    def _call(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        within_s: float,
    ) -> Reply:
        parts = check_url(url, allow_loopback=self.allow_loopback)
        deadline = _Deadline(within_s)
        pool = _pool(parts, self, deadline)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            with deadline.kept():
                response = pool.urlopen(
                    method,
                    target,
                    body=body,
                    headers={"User-Agent": "medplan", **headers},
                    redirect=False,
                    retries=False,
                    timeout=urllib3.Timeout(within_s),
                    preload_content=False,
                    decode_content=False,
                )
                return Reply(response.status, response.read(self.most_bytes))
        except (HTTPError, OSError, ValueError) as error:
            reason = "It did not answer in time." if deadline.over else "It could not be reached."
            raise OutsideError(reason) from error
        finally:
            pool.close()


class _Deadline:
    """The moment at which a call's connection is cut."""

    def __init__(self, seconds: float) -> None:
        self.over = False
        self._held: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def hold(self, connection: socket.socket) -> None:
        """Keep a second hold on a connection, which stays good also once TLS has wrapped it."""
        self._held = connection.dup()
        if self.over:
            self._cut()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Let the time run."""
        self._timer.start()
        try:
            yield
        finally:
            self._timer.cancel()
            if self._held is not None:
                self._held.close()

    def _cut(self) -> None:
        self.over = True
        try:
            if self._held is not None:
                self._held.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it has ended by itself


def _connect(outside: Outside, host: str, port: int) -> socket.socket:
    """Connect to the first address of a name that answers; one bad address condemns the name."""
    addresses = outside.resolve(host, port)
    for address in addresses:
        check_address(address, allow_loopback=outside.allow_loopback)
    for address in addresses:
        try:
            return socket.create_connection((address, port), outside.timeout_s)
        except OSError:
            continue
    raise OutsideError("It could not be reached.")


def _pool(parts: SplitResult, outside: Outside, deadline: _Deadline) -> HTTPConnectionPool:
    """A pool of one, whose connections go to checked addresses only."""

    def connect(host: str, port: int) -> socket.socket:
        connection = _connect(outside, host, port)
        deadline.hold(connection)
        return connection

    class Guarded(HTTPConnection):
        @override
        def _new_conn(self) -> socket.socket:
            return connect(self._dns_host, self.port)

    class GuardedTls(HTTPSConnection):
        @override
        def _new_conn(self) -> socket.socket:
            return connect(self._dns_host, self.port)

    wanted: dict[str, Any] = {"host": parts.hostname or "", "port": parts.port}
    if parts.scheme == "https":
        tls = HTTPSConnectionPool(**wanted)
        tls.ConnectionCls = GuardedTls
        return tls
    plain = HTTPConnectionPool(**wanted)
    plain.ConnectionCls = Guarded
    return plain
