"""Signing in with an account elsewhere, at a real provider over loopback."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc.jwk import RSAKey
from sqlalchemy import select
from werkzeug.test import TestResponse

from config import Config
from medplan.app import create_app
from medplan.store.tables import OutsideIdentityRow
from tests.api.practice import PUBLIC_URL, Practice
from tests.web.browser import Browser
from tests.web.provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    Claims,
    Provider,
    new_state,
    running_provider,
)


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider that is running."""
    with running_provider() as running:
        yield running


@pytest.fixture
def browser(practice: Practice, provider: Provider) -> Browser:
    """A browser at a practice whose people have accounts with the provider."""
    config = Config(
        database_url=practice.database.engine.url.render_as_string(hide_password=False),
        public_url=PUBLIC_URL,
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
    )
    return Browser(create_app(config, practice.clock))


def go(browser: Browser, path: str = "/login/outside?next=/account") -> str:
    """Go to the provider; give the address that it sends the browser back to."""
    away = browser.get(path)
    assert away.status_code == 302
    answer = requests.get(away.headers["Location"], allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].removeprefix(PUBLIC_URL)


def come(browser: Browser) -> TestResponse:
    """Go there and back."""
    return browser.get(go(browser))


def test_somebody_the_provider_knows_is_signed_in_and_led_on(
    browser: Browser, practice: Practice
) -> None:
    assert "/login/outside" in browser.get("/login").text

    back = come(browser)

    assert (back.status_code, back.headers["Location"]) == (303, "/account")
    assert "prescriber@example.org" in browser.get("/account").text
    with practice.seen.reading.begin() as session:
        kept = session.scalars(select(OutsideIdentityRow.subject)).all()
    assert kept == ["elsewhere-1"]


def test_who_came_once_is_known_by_their_name_there_not_by_their_address(
    browser: Browser, provider: Provider
) -> None:
    come(browser)
    provider.claims = Claims(email="new-name@example.org")
    assert come(browser).status_code == 303

    provider.claims = Claims(sub="somebody-else")
    assert come(browser).status_code == 403


@pytest.mark.parametrize(
    "claims",
    [
        Claims(email="nobody@example.org"),
        Claims(email_verified=False),
    ],
)
def test_somebody_without_an_account_here_is_told_so(
    browser: Browser, provider: Provider, claims: Claims
) -> None:
    provider.claims = claims

    back = come(browser)

    assert back.status_code == 403
    assert "No account here" in back.text
    assert browser.get("/account").status_code == 303


@pytest.mark.parametrize(
    "lie",
    [
        Claims(audience="another client"),
        Claims(issuer="https://evil.example"),
        Claims(nonce="another nonce"),
        Claims(seconds=-300),
        Claims(key=RSAKey.generate_key(2048, {"kid": "one"})),
    ],
)
def test_a_token_that_lies_lets_nobody_in(
    browser: Browser, provider: Provider, lie: Claims
) -> None:
    provider.claims = lie

    back = come(browser)

    assert back.headers["Location"].startswith("/login")
    assert browser.get("/account").status_code == 303


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(browser: Browser) -> None:
    answer = go(browser)
    other = Browser(browser.app)
    assert other.get(answer).headers["Location"].startswith("/login")
    state = parse_qs(urlsplit(answer).query)["state"][0]
    assert browser.get(answer.replace(state, new_state())).headers["Location"].startswith("/login")
    assert browser.get("/account").status_code == 303


def test_a_code_is_worth_nothing_without_the_verifier_that_it_was_asked_with(
    browser: Browser, provider: Provider
) -> None:
    answer = go(browser)
    code = parse_qs(urlsplit(answer).query)["code"][0]
    provider.codes[code] = replace(provider.codes[code], code_challenge="x" * 43)

    assert browser.get(answer).headers["Location"].startswith("/login")


def test_without_a_provider_there_is_no_such_way_in(practice: Practice) -> None:
    browser = Browser(practice.app)

    assert "/login/outside" not in browser.get("/login").text
    assert browser.get("/login/outside").status_code == 404
    assert browser.get("/login/outside/return").status_code == 404
