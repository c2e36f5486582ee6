"""Links to new passwords, sent to a real mail server: encrypted to one that is trusted, or not."""

import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import pytest
from structlog.testing import capture_logs

from config import Config
from medplan.app import create_app
from medplan.gate.mail import ResetMailer
from tests.api.practice import PUBLIC_URL, Practice
from tests.gate.mailing import HOST, PASSWORD, USER, Mailbox, mail_server, make_certificate
from tests.web.browser import Browser

SENDER, TO = "medplan@example.org", "prescriber@example.org"
LINK = f"{PUBLIC_URL}/password/reset/an-invented-token"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate that nobody trusts yet."""
    return make_certificate(tmp_path)


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return certificate


def send(scheme: str, box: Mailbox, *, password: str | None = None) -> None:
    """Send a link by a server."""
    who = "" if password is None else f"{quote(USER, safe='')}:{quote(password, safe='')}@"
    server = f"{scheme}://{who}{HOST}:{box.port}"
    ResetMailer(PUBLIC_URL, server, SENDER, production=True)(TO, "an-invented-token")


def told(said: Sequence[Mapping[str, object]], seconds: float = 20) -> object:
    """Wait for the operator to be told that something was not sent; give its kind."""
    end = time.monotonic() + seconds
    while not said and time.monotonic() < end:
        time.sleep(0.02)
    return [(line["event"], line["kind"]) for line in said]


@pytest.mark.parametrize(("scheme", "at_once"), [("smtp", False), ("smtps", True)])
def test_a_link_is_sent_encrypted(trusted: Path, scheme: str, at_once: bool) -> None:  # noqa: FBT001 - a case of two
    with mail_server(trusted, at_once=at_once, password=PASSWORD) as box:
        send(scheme, box, password=PASSWORD)
        message = box.wait()

    assert box.encrypted == [True]
    assert (box.got[0].mail_from, box.got[0].rcpt_tos) == (SENDER, [TO])
    assert (message["From"], message["To"]) == (SENDER, TO)
    assert LINK in message.get_content().splitlines()
    assert LINK not in str(message.items())


def test_within_a_machine_a_link_may_go_in_the_clear() -> None:
    with mail_server(None) as box:
        send("smtp+plain", box)

        assert LINK in box.wait().get_content()


def test_nothing_is_sent_to_a_server_that_is_not_trusted(certificate: Path) -> None:
    with mail_server(certificate) as box, capture_logs() as said:
        send("smtp", box)

        assert told(said) == [("mail", "SSLCertVerificationError")]
        assert box.got == []


def test_nothing_is_sent_in_the_clear_to_a_server_without_encryption() -> None:
    with mail_server(None) as box, capture_logs() as said:
        send("smtp", box)

        assert told(said) == [("mail", "SMTPNotSupportedError")]
        assert box.got == []


def test_a_wrong_password_is_told_to_the_operator_without_it(trusted: Path) -> None:
    with mail_server(trusted, password=PASSWORD) as box, capture_logs() as said:
        send("smtp", box, password="another one")
        assert told(said) == [("mail", "SMTPAuthenticationError")]

    assert not {"another one", "an-invented-token", TO} & set(map(str, said[0].values()))
    assert box.got == []


def test_a_server_that_is_gone_is_told_to_the_operator() -> None:
    with mail_server(None) as box:
        pass
    with capture_logs() as said:
        send("smtp", box)

        assert told(said) == [("mail", "ConnectionRefusedError")]


def test_the_link_in_the_message_sets_a_new_password(practice: Practice, trusted: Path) -> None:
    with mail_server(trusted) as box:
        config = Config(
            database_url=practice.database.engine.url.render_as_string(hide_password=False),
            public_url=PUBLIC_URL,
            mail_server=f"smtp://{HOST}:{box.port}",
            mail_sender=SENDER,
        )
        app = create_app(config, practice.clock)
        browser = Browser(app)
        browser.post("/password/forgotten", "/password/forgotten", email=TO)
        found = re.search(rf"{PUBLIC_URL}(/password/reset/\S+)", box.wait().get_content())
        assert found is not None
        new = "another invented password"
        assert browser.post(found[1], found[1], password=new).status_code == 303
        assert browser.sign_in("prescriber", new).status_code == 303
        app.extensions["medplan"].parts.database.close()
