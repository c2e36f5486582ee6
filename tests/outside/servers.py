"""Receivers on loopback that behave well, or as badly as receivers do."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext

from typing_extensions import override


@dataclass
class Got:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass
class Receiver:
    """A server on loopback: what it has got, and where it is."""

    port: int
    scheme: str = "http"
    got: list[Got] = field(default_factory=list)

    def url(self, path: str = "/hook") -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"

    def wait_for(self, count: int, seconds: float = 20) -> list[Got]:
        """Wait until so many requests have come."""
        end = time.monotonic() + seconds
        while len(self.got) < count and time.monotonic() < end:
            time.sleep(0.02)
        return list(self.got)


class _Server(ThreadingHTTPServer):
    """A server whose answers end with it."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        self.over = threading.Event()
        super().__init__(("127.0.0.1", port), handler)


def _over(request: BaseHTTPRequestHandler) -> threading.Event:
    assert isinstance(request.server, _Server)
    return request.server.over


Behaviour = Callable[[BaseHTTPRequestHandler], None]


def well(request: BaseHTTPRequestHandler) -> None:
    """Take it and say so."""
    request.send_response(204)
    request.end_headers()


def saying(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    """Answer with a status and a body."""

    def behave(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return behave


def after(seconds: float) -> Behaviour:
    """Take it, and say so only after so long."""

    def behave(request: BaseHTTPRequestHandler) -> None:
        _over(request).wait(seconds)
        well(request)

    return behave


def endless(request: BaseHTTPRequestHandler) -> None:
    """Send a body that never ends."""
    request.send_response(200)
    request.end_headers()
    while not _over(request).is_set():
        request.wfile.write(b"x" * 1024)


def dripping(request: BaseHTTPRequestHandler) -> None:
    """Send headers, a byte at a time, for ever."""
    while not _over(request).is_set():
        request.wfile.write(b"x")
        request.wfile.flush()
        _over(request).wait(0.05)


def silent(request: BaseHTTPRequestHandler) -> None:
    """Take it and never answer."""
    _over(request).wait(60)


@contextmanager
def receiver(
    behave: Behaviour = well, port: int = 0, tls: SSLContext | None = None
) -> Iterator[Receiver]:
    """Start a receiver, and end it."""
    found = Receiver(0, "https" if tls else "http")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            heads = {name.lower(): value for name, value in self.headers.items()}
            found.got.append(Got(self.path, heads, body, time.monotonic()))
            try:
                behave(self)
            except OSError:
                self.close_connection = True

        do_GET = do_POST  # noqa: N815 - named so by http.server

        @override
        def log_message(self, format: str, *args: object) -> None:
            return

    server = _Server(port, Handler)
    found.port = server.server_port
    if tls is not None:  # each connection shakes hands in its own thread, not while it is taken in
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield found
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
