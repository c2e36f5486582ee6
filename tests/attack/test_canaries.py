"""Every kind of secret there is, and a patient: in the one answer that shows it, and nowhere else.

Looked for in logs, metrics, problems, traces, messages, and every byte of the database (of SQLite
its write-ahead log too, of PostgreSQL every table as it is copied out).
"""

import re

import pyotp
import pytest

from medplan.services.clients.registered import NewClient, add_client
from medplan.services.clients.sign_in import sign_in_by_secret
from tests.api.machines import SCOPES, allow_loopback, client_of, due_now, parts_of, told, work_off
from tests.api.practice import Practice
from tests.attack.target import Target, logging_as_served, make_target
from tests.outside.servers import receiver
from tests.web.browser import PASSWORD, Browser

REFERENCE = "canary-8841"
REASON = "canary-reason-4471"


def signed_in_secrets(practice: Practice) -> dict[str, str]:
    """What somebody comes by in a browser; each is used once."""
    browser = Browser(practice.app)
    browser.sign_in("prescriber")
    shown = browser.post("/account/second-factor", "/account").text
    secret = re.findall(r"<code>([A-Z2-7]{32})</code>", shown)[0]
    code = pyotp.TOTP(secret).at(practice.clock.now)
    confirmed = browser.post("/account/second-factor/confirm", "/account", code=code).text
    codes = re.findall(r"<code>([a-z2-7-]+)</code>", confirmed)
    added = browser.post("/account/tokens", "/account", name="Reader", scopes="plans.read").text
    other = Browser(practice.app)
    other.sign_in("prescriber")
    other.post("/login/code", "/login/code", code=codes[0])
    cookie = other.client.get_cookie("__Host-medplan", domain="plans.example.org")
    assert cookie is not None
    return {
        "cookie": cookie.value,
        "factor": secret,
        "used code": codes[0],
        "code": codes[1],
        "own token": re.findall(r'value="(mpa_[^"]+)"', added)[0],
    }


def machine_secrets(practice: Practice) -> dict[str, str]:
    """What another system comes by."""
    parts, now = parts_of(practice), practice.clock.now
    wanted = NewClient("Invented pharmacy", SCOPES)
    added = add_client(practice.database, parts.outside, wanted, "Invented Practice", now)
    secret = str(added.secret)
    granted = sign_in_by_secret(parts, added.client_id, secret, None, now)
    return {"client secret": secret, "client token": granted.token}


def misuse(target: Target, secrets: dict[str, str]) -> str:
    """Send every secret to where it does not belong; give all that is answered."""
    practice, answers = target.practice, []
    for secret in (*secrets.values(), REFERENCE):
        answers += [
            practice.nobody.get("/api/v1/plans", Authorization=f"Bearer {secret}x"),
            practice.nobody.get(f"/f/{secret}x.ics"),
            practice.nobody.get(f"/p/{secret}x"),
            practice.nobody.get(f"/password/reset/{secret}x"),
            practice.nobody.get(f"/healthz?{secret}={secret}", X_Request_Id=f"{secret} x"),
            practice.prescriber.get(f"/api/v1/plans?limit={secret}"),
            practice.prescriber.send("POST", "/api/v1/previews", {"start": secret}),
            practice.prescriber.get(f"/fhir/R4/CarePlan?status={secret}"),
            practice.nobody.send("POST", "/oauth/token", {"client_secret": secret}),
            practice.nobody.get("/metrics"),
        ]
    kept = [answer for answer in answers if "canary" not in answer.request.path]
    return "".join(f"{answer.headers}{answer.text}" for answer in kept)


def test_no_secret_is_anywhere_but_in_the_answer_that_shows_it(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    with logging_as_served():
        target = make_target(practice)
        secrets = {
            "password": PASSWORD,
            "api token": str(practice.prescriber.token),
            "feed": target.feed_token,
            "link": target.link_token,
            **signed_in_secrets(practice),
            **machine_secrets(practice),
        }
        browser = Browser(practice.app)
        browser.post("/password/forgotten", "/password/forgotten", email="stranger@example.org")
        message = capsys.readouterr().err
        reset = re.findall(r"Reset link: \S+/(mpr_\S+)", message)[0]
        answered = misuse(target, secrets | {"reset": reset})
    logged = message.replace(f"/{reset}", "") + capsys.readouterr().err
    stored = practice.contents()  # with SQLite's log, which goes as the last of us leaves
    practice.database.close()
    practice.seen.close()
    stored += practice.contents()

    for name, secret in {**secrets, "reset": reset, "patient": REFERENCE}.items():
        assert secret.encode() not in stored, name
        assert secret not in logged, name
        assert secret not in answered, name
    assert b"prescriber@example.org" in stored
    assert logged.count('"event": "request"') > 100


def test_what_goes_out_to_others_names_no_patient(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    allow_loopback(practice)
    with receiver() as listening, logging_as_served():
        told(client_of(practice), listening)
        target = make_target(practice)
        etag = practice.prescriber.get(target.plan).headers["ETag"]
        practice.prescriber.post(f"{target.plan}/stops", {"reason": REASON}, etag=etag)
        due_now(practice)
        work_off(practice)
        sent = "".join(f"{got.headers}{got.body!r}" for got in listening.got)
    out = sent + capsys.readouterr().err

    assert sent
    for canary in (REFERENCE, REASON, "naproxen", target.feed_token, target.link_token):
        assert canary not in out
