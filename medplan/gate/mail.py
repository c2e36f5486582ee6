"""Brings the link of a password reset to its address: by SMTP, in development to the terminal.

Sending happens beside the request, so that how long an answer takes tells nobody whether there is
such an address.
"""

import smtplib
import ssl
import sys
from email.message import EmailMessage
from threading import Thread
from urllib.parse import unquote, urlsplit

import structlog

_TIMEOUT_S = 10
_SUBJECT = "A new password for medplan"
_TEXT = """\
Somebody, most likely you, asked to set a new password for medplan.

{link}

The link works for one hour and once. If it wasn't you, do nothing.
"""
_log: structlog.stdlib.BoundLogger = structlog.get_logger("medplan")


class ResetMailer:
    """Sends links. `server` is `smtp://` (with STARTTLS) or `smtps://`, with user and password in
    it where they are needed; `smtp+plain://` is for this machine only. None prints to the terminal
    in development, and does nothing in production."""

    def __init__(
        self, public_url: str, server: str | None, sender: str, *, production: bool
    ) -> None:
        self._public_url, self._sender = public_url, sender
        self._server, self._production = server, production

    def __call__(self, email: str, token: str) -> None:
        """Send a link, beside the request."""
        link = f"{self._public_url}/password/reset/{token}"
        if self._server is not None:
            message = self._message(email, link)
            Thread(target=self._send, args=(self._server, message), daemon=True).start()
        elif self._production:
            _log.error("mail", kind="MEDPLAN_MAIL_SERVER is not set: no reset link was sent")
        else:
            # Not through the log, which would mask it: only who sits at this terminal may see it.
            print(f"Reset link: {link}", file=sys.stderr, flush=True)  # noqa: T201 - for the terminal, never a log

    def _message(self, email: str, link: str) -> EmailMessage:
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = _SUBJECT, self._sender, email
        message.set_content(_TEXT.format(link=link))
        return message

    def _send(self, server: str, message: EmailMessage) -> None:
        try:
            _deliver(server, message)
        except (OSError, smtplib.SMTPException) as error:
            _log.error("mail", kind=type(error).__name__)


def _deliver(server: str, message: EmailMessage) -> None:
    where = urlsplit(server)
    host, port = where.hostname or "", where.port or 0
    tls = ssl.create_default_context()
    session: smtplib.SMTP
    if where.scheme == "smtps":
        session = smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT_S, context=tls)
    else:
        session = smtplib.SMTP(host, port, timeout=_TIMEOUT_S)
    with session:
        if where.scheme == "smtp":
            session.starttls(context=tls)
        if where.username:
            session.login(unquote(where.username), unquote(where.password or ""))
        session.send_message(message)
