"""Signing in with an account elsewhere, at a real provider over loopback."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc.jwk import RSAKey
from sqlalchemy import select
from werkzeug.test import TestResponse

from config import Config
from medplan.app import create_app
from medplan.services.people.asked_factor import ask_second_factor
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
def browser(practice: Practice, provider: Provider) -> Iterator[Browser]:
    """A browser at a practice whose people have accounts with the provider."""
    with at_a_practice(practice, provider) as opened:
        yield opened


@contextmanager
def at_a_practice(
    practice: Practice, provider: Provider, acr: tuple[str, ...] = (), amr: tuple[str, ...] = ()
) -> Iterator[Browser]:
    """Open a browser at a practice that demands this of the provider."""
    config = Config(
        database_url=practice.database.engine.url.render_as_string(hide_password=False),
        public_url=PUBLIC_URL,
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
        oidc_required_acr=acr,
        oidc_required_amr=amr,
    )
    app = create_app(config, practice.clock)
    yield Browser(app)
    app.extensions["medplan"].parts.database.close()


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


WEAK: tuple[Mapping[str, object], ...] = (
    {},
    {"acr": "password", "amr": ["pwd", "otp"]},
    {"acr": "silver", "amr": ["pwd"]},
    {"acr": ["silver"], "amr": ["otp", {"not": "a method"}]},
)


@pytest.mark.parametrize("proven", WEAK)
def test_a_sign_in_that_is_weaker_than_demanded_is_refused(
    practice: Practice, provider: Provider, proven: Mapping[str, object]
) -> None:
    provider.claims = Claims(proven=proven)
    with at_a_practice(practice, provider, ("silver", "gold"), ("otp",)) as browser:
        back = come(browser)

        assert back.status_code == 403
        assert "Not strong enough" in back.text
        assert browser.get("/account").status_code == 303


def test_a_sign_in_as_strong_as_demanded_is_asked_for_and_enough(
    practice: Practice, provider: Provider
) -> None:
    ask_second_factor(practice.seen, "Invented Practice", practice.clock.now, asked=True)
    provider.claims = Claims(proven={"acr": "gold", "amr": ["pwd", "otp"]})
    with at_a_practice(practice, provider, ("silver", "gold"), ("otp",)) as browser:
        away = browser.get("/login/outside").headers["Location"]

        assert parse_qs(urlsplit(away).query)["acr_values"] == ["gold silver"]
        assert come(browser).status_code == 303
        assert browser.get("/account").status_code == 200


def test_where_nothing_is_demanded_the_organisations_second_factor_is_asked_for(
    browser: Browser, practice: Practice
) -> None:
    ask_second_factor(practice.seen, "Invented Practice", practice.clock.now, asked=True)

    assert come(browser).headers["Location"].startswith("/login/code")
    assert browser.get("/login/code").headers["Location"] == "/login/second-factor"


def come_again(browser: Browser, practice: Practice, provider: Provider, late: int | None) -> str:
    """Prove it anew at a provider that says how many seconds ago that was; give the account."""
    now = int(practice.clock.now.timestamp())
    provider.claims = Claims(proven={"auth_time": None if late is None else now - late})
    come(browser)
    return browser.get("/account").text


def test_signing_in_again_asks_the_provider_to_have_it_proven(browser: Browser) -> None:
    come(browser)
    assert "again=yes" in browser.get("/account/again").text
    away = browser.get("/login/outside?again=yes").headers["Location"]

    asked = parse_qs(urlsplit(away).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])


@pytest.mark.parametrize("late", [-60, 0, 599])
def test_a_sign_in_there_a_moment_ago_lets_somebody_change_their_account(
    browser: Browser, practice: Practice, provider: Provider, late: int
) -> None:
    assert 'action="/account/tokens"' in come_again(browser, practice, provider, late)


@pytest.mark.parametrize("late", [600, None])
def test_a_sign_in_there_long_ago_or_nobody_knows_when_does_not(
    browser: Browser, practice: Practice, provider: Provider, late: int | None
) -> None:
    assert 'action="/account/tokens"' not in come_again(browser, practice, provider, late)


def test_signing_in_again_ends_the_session_before(browser: Browser) -> None:
    come(browser)
    kept = browser.client.get_cookie("__Host-medplan", domain="plans.example.org")
    assert kept is not None
    come(browser)

    browser.client.set_cookie(
        "__Host-medplan", kept.value, domain="plans.example.org", secure=True, path="/"
    )
    assert browser.get("/account").status_code == 303
