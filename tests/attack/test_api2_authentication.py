"""OWASP API2, broken authentication: guessing, planting, replaying, poisoning.

Client assertions: `tests/oauth/test_smart.py`. Providers that lie: `tests/web/test_outside.py`.
"""

import re

import pyotp
import pytest
from sqlalchemy import update

from medplan.services.people.guessing import MOST_FAILURES, SHUT_FOR
from medplan.services.people.passwords import SHORTEST, refuse_weak
from medplan.services.refusals import AccountError
from medplan.store.tables import UserRow
from tests.api.practice import PUBLIC_URL, Practice
from tests.attack.target import browser_of, make_target
from tests.web.browser import PASSWORD, Browser


@pytest.mark.parametrize(
    "password",
    [
        "short secret",
        "password1234",
        "qwertyuiop12",
        "123456789012",
        "1qaz2wsx3edc4rfv",
        "passwordpassword",
        "manchesterunited",
        "P@ssw0rd12345",
        "aaaaaaaaaaaaaaaaaaaaaaa",
        "medplan2026!!",
        "prescriber1234",
        "invented.person",
        "a" * (SHORTEST - 1),
        "x" * 1001,
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(password: str) -> None:
    with pytest.raises(AccountError):
        refuse_weak(password, "invented.person@example.org")


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "grün-weiße Zäune am Bach",
        "correct horse battery staple",
        "k3v9-w2xq-7hml",
        "я" * 3 + "жук пьёт квас" * 60,
    ],
)
def test_any_letters_and_any_length_make_a_password(password: str) -> None:
    refuse_weak(password[:1000], "invented.person@example.org")


@pytest.mark.parametrize(
    "onward",
    ["///evil.example", "////evil.example", "/\\evil.example", "/\t/evil.example", "javascript:x"],
)
def test_signing_in_leads_nowhere_else_whatever_the_slashes(
    practice: Practice, onward: str
) -> None:
    answer = Browser(practice.app).post(
        "/login", "/login", email="prescriber@example.org", password=PASSWORD, next=onward
    )

    assert answer.headers["Location"] == "/"


def test_a_host_header_does_not_change_where_a_reset_link_leads(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    client = practice.app.test_client()
    page = client.get("/password/forgotten", base_url="https://evil.example").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    sent = client.post(
        "/password/forgotten",
        base_url="https://evil.example",
        data={"csrf_token": found[1], "email": "prescriber@example.org"},
        headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"},
    )
    told = capsys.readouterr().err

    assert (sent.status_code, "evil.example" in told) == (200, False)
    assert f"Reset link: {PUBLIC_URL}/password/reset/mpr_" in told


def test_a_form_of_the_attackers_own_signs_nobody_in(practice: Practice) -> None:
    """Login CSRF: a victim's browser made to sign in as the attacker."""
    attacker, victim = Browser(practice.app), Browser(practice.app)
    found = re.search(r'name="csrf_token" value="([^"]+)"', attacker.get("/login").text)
    assert found is not None
    victim.get("/login")

    answer = victim.send(
        "/login", csrf_token=found[1], email="stranger@example.org", password=PASSWORD
    )

    assert answer.status_code == 400
    assert victim.get("/account").status_code == 303


def test_a_cookie_planted_before_signing_in_is_worth_nothing_after(practice: Practice) -> None:
    attacker = browser_of(practice, "stranger")
    planted = attacker.client.get_cookie("__Host-medplan", domain="plans.example.org")
    assert planted is not None
    victim = Browser(practice.app)
    victim.client.set_cookie(
        "__Host-medplan", planted.value, domain="plans.example.org", secure=True, path="/"
    )
    victim.sign_in("prescriber")

    assert "stranger@example.org" in attacker.get("/account").text
    assert "prescriber@example.org" in victim.get("/account").text


def test_codes_of_a_second_factor_are_not_guessed(practice: Practice) -> None:
    owner = browser_of(practice)
    shown = owner.post("/account/second-factor", "/account").text
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", shown)
    assert secret is not None
    phone = pyotp.TOTP(secret[1])
    now = practice.clock.now
    owner.post("/account/second-factor/confirm", "/account", code=phone.at(now))
    practice.clock.now += SHUT_FOR
    guesser = Browser(practice.app)
    guesser.sign_in("prescriber")
    for _ in range(MOST_FAILURES):
        assert guesser.post("/login/code", "/login/code", code="٣٤٥٦٧٨").status_code == 422

    right = phone.at(practice.clock.now)
    assert guesser.post("/login/code", "/login/code", code=right).status_code == 422
    assert Browser(practice.app).sign_in("prescriber").status_code == 422
    practice.clock.now += SHUT_FOR
    assert Browser(practice.app).sign_in("prescriber").status_code == 303


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/account/password", {"old": "not it at all", "new": "another invented password"}),
        ("/account/second-factor/remove", {"code": "000000"}),
    ],
)
def test_who_guesses_from_within_is_shut_out(
    practice: Practice, path: str, fields: dict[str, str]
) -> None:
    thief = browser_of(practice)
    with practice.seen.writing.begin() as session:
        session.execute(update(UserRow).values(failed_logins=MOST_FAILURES - 1))

    assert thief.post(path, "/account", **fields).status_code == 422
    assert thief.get("/account").status_code == 303


def test_every_other_browser_can_be_signed_out(practice: Practice) -> None:
    lost, kept = browser_of(practice), browser_of(practice)

    assert kept.post("/account/sessions/end", "/account").status_code == 303
    assert lost.get("/account").status_code == 303
    assert kept.get("/account").status_code == 200


def test_signing_out_clears_what_the_browser_kept(practice: Practice) -> None:
    answer = browser_of(practice).post("/logout", "/account")

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_a_token_opens_its_own_door_only(practice: Practice) -> None:
    target = make_target(practice)
    tokens = (target.feed_token, target.link_token, str(practice.prescriber.token))

    for token in tokens[:2]:
        assert (
            practice.nobody.get("/api/v1/plans", Authorization=f"Bearer {token}").status_code == 401
        )
    for token in tokens[1:]:
        assert practice.nobody.get(f"/f/{token}.ics").status_code == 404
    for token in (tokens[0], tokens[2]):
        assert practice.nobody.get(f"/p/{token}").status_code == 404
    assert practice.nobody.get(f"/api/v1/plans?access_token={tokens[2]}").status_code == 401


def test_passwords_are_masked_and_may_be_pasted(practice: Practice) -> None:
    pages = (Browser(practice.app).get("/login").text, browser_of(practice).get("/account").text)
    fields = [
        field for page in pages for field in re.findall(r'<input[^>]*type="password"[^>]*>', page)
    ]

    assert len(fields) == 3
    assert all('autocomplete="' in field and "-password" in field for field in fields)
    assert not [
        page for page in pages if "onpaste" in page or 'autocomplete="off" type="pass' in page
    ]


def test_a_new_password_does_not_go_round_the_second_factor(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    owner, new = browser_of(practice), "another invented password"
    secret = re.search(
        r"<code>([A-Z2-7]{32})</code>", owner.post("/account/second-factor", "/account").text
    )
    assert secret is not None
    code = pyotp.TOTP(secret[1]).at(practice.clock.now)
    owner.post("/account/second-factor/confirm", "/account", code=code)
    thief = Browser(practice.app)
    thief.post("/password/forgotten", "/password/forgotten", email="prescriber@example.org")
    link = re.search(r"/password/reset/mpr_[^\s]+", capsys.readouterr().err)
    assert link is not None

    assert thief.post(link[0], link[0], password="prescriber-prescriber").status_code == 422
    assert thief.post(link[0], link[0], password=new).status_code == 303
    assert thief.sign_in("prescriber", new).headers["Location"].startswith("/login/code")
    assert thief.get("/account").headers["Location"].startswith("/login/code")
