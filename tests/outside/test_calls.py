"""A call is bounded in time and bytes, follows nothing, and goes where the check looked."""

from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from medplan.outside.addresses import OutsideError
from medplan.outside.calls import Outside
from tests.outside.servers import Behaviour, dripping, endless, receiver, saying, silent

HERE = Outside(allow_loopback=True, timeout_s=0.6)


def test_a_body_and_its_headers_arrive() -> None:
    with receiver(saying(200, b"taken")) as there:
        reply = HERE.post(there.url("/a?b=c"), {"webhook-id": "evt_1"}, b'{"a": 1}')

    assert (reply.status, reply.body) == (200, b"taken")
    (got,) = there.got
    assert (got.path, got.body, got.headers["webhook-id"]) == ("/a?b=c", b'{"a": 1}', "evt_1")


def test_loopback_is_not_called_unless_the_setting_allows_it() -> None:
    with receiver() as there, pytest.raises(OutsideError):
        Outside().post(there.url(), {}, b"")

    assert there.got == []


def test_a_redirect_is_not_followed() -> None:
    with receiver() as other, receiver(saying(301, Location=other.url())) as there:
        reply = HERE.post(there.url(), {}, b"")

    assert (reply.status, len(there.got), other.got) == (301, 1, [])


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as proxy, receiver() as there:
        monkeypatch.setenv("http_proxy", proxy.url())
        HERE.post(there.url(), {}, b"")

    assert (len(proxy.got), len(there.got)) == (0, 1)


def test_an_endless_body_is_cut_at_so_many_bytes() -> None:
    with receiver(endless) as there:
        assert len(Outside(allow_loopback=True).get(there.url()).body) == 64 * 1024


@pytest.mark.parametrize("behave", [silent, dripping])
def test_one_that_never_comes_to_an_end_is_cut_off_in_time(behave: Behaviour) -> None:
    with receiver(behave) as there, pytest.raises(OutsideError, match="in time"):
        HERE.post(there.url(), {}, b"")


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SSLContext]:
    """A certificate for 127.0.0.1 that nobody vouches for, and a server's side of it."""
    key, file = ec.generate_private_key(ec.SECP256R1()), tmp_path_factory.mktemp("tls") / "own.pem"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    known_as = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(known_as, critical=False)
        .sign(key, SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(certificate.public_bytes(Encoding.PEM) + secret)
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return file, context


def test_a_certificate_that_nobody_vouches_for_is_refused(
    self_signed: tuple[Path, SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, context = self_signed
    with receiver(tls=context) as there:
        with pytest.raises(OutsideError, match="reached"):
            HERE.post(there.url(), {}, b"secret")
        refused = list(there.got)
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        reply = HERE.post(there.url(), {}, b"secret")
        with pytest.raises(OutsideError, match="reached"):
            HERE.post(there.url().replace("127.0.0.1", "localhost"), {}, b"secret")

    assert (refused, reply.status, len(there.got)) == ([], 204, 1)


def test_a_call_ends_after_twenty_seconds_and_keeps_64_kb() -> None:
    assert (Outside().timeout_s, Outside().most_bytes) == (20, 64 * 1024)


def test_a_call_may_be_given_less_time_than_all_have() -> None:
    with receiver(silent) as there, pytest.raises(OutsideError, match="in time"):
        Outside(allow_loopback=True).post(there.url(), {}, b"", within_s=0.3)


def test_a_port_where_nobody_listens_is_told() -> None:
    with receiver() as there:
        url = there.url()
    with pytest.raises(OutsideError, match="reached"):
        HERE.post(url, {}, b"")


def test_a_name_that_leads_inside_is_not_called() -> None:
    asked = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34", "10.0.0.7"]

    with pytest.raises(OutsideError, match="not called"):
        Outside(resolve=resolve).get("https://rebinding.example.org/")

    assert asked == ["rebinding.example.org"]


def test_a_name_that_changes_its_mind_is_asked_once_and_its_first_answer_judged() -> None:
    with receiver() as there:
        answers = iter([["10.0.0.7"], ["127.0.0.1"]])
        outside = Outside(allow_loopback=True, resolve=lambda _host, _port: next(answers))
        with pytest.raises(OutsideError, match="not called"):
            outside.get(f"http://localhost:{there.port}/")

    assert there.got == []
    assert next(answers) == ["127.0.0.1"]


def test_a_name_without_an_address_is_told() -> None:
    with pytest.raises(OutsideError):
        Outside(resolve=lambda _host, _port: []).get("https://nowhere.example.org/")
