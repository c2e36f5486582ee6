"""A mail server on loopback, with a certificate that a test may have trusted or not."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

USER, PASSWORD = "mailer@example.org", "an invented p@ss/word"
HOST = "localhost"


@dataclass
class Mailbox:
    """What has come to a server, and how."""

    port: int
    got: list[Envelope] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as aiosmtpd calls it
        """Take a message."""
        self.got.append(envelope)
        transport = server.transport
        self.encrypted.append(bool(transport and transport.get_extra_info("ssl_object")))
        return "250 OK"

    def wait(self, seconds: float = 20) -> EmailMessage:
        """Wait for the first message."""
        end = time.monotonic() + seconds
        while not self.got and time.monotonic() < end:
            time.sleep(0.02)
        assert self.got, "no message came"
        content = self.got[0].content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message


@contextmanager
def mail_server(
    certificate: Path | None, *, at_once: bool = False, password: str | None = None
) -> Iterator[Mailbox]:
    """Run a server: with a certificate by STARTTLS, or `at_once` encrypted; with none in the clear.
    A `password` has to be given by whoever sends."""
    tls = None
    if certificate is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
    box = Mailbox(_free_port())
    controller = Controller(
        box,
        hostname=HOST,
        port=box.port,
        ready_timeout=20,
        ssl_context=tls if at_once else None,
        tls_context=None if at_once else tls,
        require_starttls=tls is not None and not at_once,
        auth_required=password is not None and not at_once,  # which it takes for unencrypted
        auth_require_tls=not at_once,
        authenticator=_knows(password),
    )
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def make_certificate(folder: Path) -> Path:
    """Make a certificate for this host that vouches for itself, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)  # noqa: TID251 - a real server
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return file


def _knows(password: str | None):  # type: ignore[no-untyped-def] # aiosmtpd names no type for it
    def judge(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        right = (given.login, given.password) == (USER.encode(), (password or "").encode())
        return AuthResult(success=right, handled=False)

    return judge


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
