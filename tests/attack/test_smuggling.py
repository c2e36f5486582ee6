"""Requests that two servers might part in different places: ours takes none of them.

Raw bytes over loopback to gunicorn as `deploy/gunicorn.conf.py` sets it up.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.programs import HOST, free_port

ROOT = Path(__file__).parents[2]
HEAD = b"POST / HTTP/1.1\r\nHost: plans.example.org\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: plans.example.org\r\n\r\n"


def application(environ, start_response):  # type: ignore[no-untyped-def] # WSGI
    """Says which path it was asked for; gunicorn loads it by name."""
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    names = ",".join(sorted(name for name in environ if name.startswith("HTTP_X_FORWARDED")))
    return [f"<{environ['PATH_INFO']}|{names}>".encode()]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where a gunicorn of our settings listens."""
    found = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind",
        f"{HOST}:{found}", "tests.attack.test_smuggling:application",
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as server:
        for _ in range(200):
            with closing(socket.socket()) as probe:
                if probe.connect_ex((HOST, found)) == 0:
                    break
            time.sleep(0.1)
        yield found
        server.terminate()


def said(port: int, sent: bytes) -> bytes:
    """Everything that comes back."""
    with socket.create_connection((HOST, port), timeout=3) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        got = b""
        try:
            while part := connection.recv(65536):
                got += part
        except OSError:
            return got
        return got


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + SMUGGLED,
        b"Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + SMUGGLED,
        b"Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + SMUGGLED,
        b"Transfer-Encoding:\x0bchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + SMUGGLED,
        b"Content-Length: 0\r\nContent-Length: 60\r\n\r\n" + SMUGGLED,
        b"Content-Length: +0\r\n\r\n" + SMUGGLED,
        b"Content-Length: 0x0\r\n\r\n" + SMUGGLED,
        b"X: a\r\n Content-Length: 60\r\nContent-Length: 0\r\n\r\n" + SMUGGLED,
        b"Content-Length: 0\nX: y\r\n\r\n" + SMUGGLED,
    ],
)
def test_a_request_of_two_lengths_is_refused_with_all_after_it(port: int, headers: bytes) -> None:
    answer = said(port, HEAD + headers)

    assert b"<" + b"/smuggled" not in answer
    assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5")) or answer == b""


def test_a_header_with_an_underscore_is_not_taken_for_one_of_the_proxys(port: int) -> None:
    sent = b"GET / HTTP/1.1\r\nHost: x\r\nX_Forwarded_Proto: https\r\nConnection: close\r\n\r\n"

    assert b"</|>" in said(port, sent) or said(port, sent).startswith(b"HTTP/1.1 4")


def test_a_good_request_is_answered(port: int) -> None:
    assert b"<" + b"/here|>" in said(
        port, b"GET /here HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
