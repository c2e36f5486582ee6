"""An organisation that asks everybody for a second factor: nobody of it comes in without one."""

import re
from datetime import timedelta

import pyotp
import pytest

from medplan.services.people.asked_factor import ask_second_factor
from medplan.services.people.second_factor import RECOVERY_CODES
from medplan.services.refusals import AccountError
from tests.api.practice import Practice
from tests.web.browser import PASSWORD, Browser

ORGANISATION = "Invented Practice"
PAGE = "/login/second-factor"
STEP = timedelta(seconds=30)


def ask(practice: Practice, *, asked: bool = True) -> None:
    """Have the practice ask everybody for a second factor, or nobody any more."""
    ask_second_factor(practice.seen, ORGANISATION, practice.clock.now, asked=asked)


def secret_in(page: str) -> pyotp.TOTP:
    """The phone that has read a page's secret."""
    found = re.search(r"<code>([A-Z2-7]{32})</code>", page)
    assert found is not None
    return pyotp.TOTP(found[1])


def enrol(browser: Browser, practice: Practice) -> tuple[pyotp.TOTP, list[str]]:
    """Sign in for the first time and add what is asked for; give the phone and its codes."""
    assert browser.sign_in("prescriber").headers["Location"].startswith("/login/code")
    assert browser.get("/login/code").headers["Location"] == PAGE
    phone = secret_in(browser.post(PAGE, PAGE).text)
    shown = browser.post(f"{PAGE}/confirm", PAGE, code=phone.at(practice.clock.now))
    codes = re.findall(r"<code>([a-z2-7-]+)</code>", shown.text)
    assert (shown.status_code, len(set(codes))) == (200, RECOVERY_CODES)
    practice.clock.now += STEP
    return phone, codes


def test_whoever_has_none_adds_one_before_anything_else(practice: Practice) -> None:
    ask(practice)
    browser = Browser(practice.app)
    browser.sign_in("prescriber")
    assert browser.get("/account").status_code == 303
    assert browser.get("/plans").status_code == 303

    phone, _ = enrol(browser, practice)
    assert browser.get("/account").status_code == 200

    other = Browser(practice.app)
    other.sign_in("prescriber")
    code = phone.at(practice.clock.now)
    assert other.post("/login/code", "/login/code", code=code).status_code == 303
    assert other.get("/account").status_code == 200


def test_the_session_that_was_half_way_is_worth_nothing_after(practice: Practice) -> None:
    ask(practice)
    browser = Browser(practice.app)
    browser.sign_in("prescriber")
    kept = browser.client.get_cookie("__Host-medplan", domain="plans.example.org")
    assert kept is not None
    enrol(browser, practice)

    stolen = Browser(practice.app)
    stolen.client.set_cookie(
        "__Host-medplan", kept.value, domain="plans.example.org", secure=True, path="/"
    )
    assert stolen.get("/account").headers["Location"].startswith("/login")
    assert stolen.get(PAGE).headers["Location"] == "/login"


def test_a_wrong_code_adds_nothing_and_shows_a_new_secret(practice: Practice) -> None:
    ask(practice)
    browser = Browser(practice.app)
    browser.sign_in("prescriber")
    first = secret_in(browser.post(PAGE, PAGE).text)
    refused = browser.post(f"{PAGE}/confirm", PAGE, code="000000")

    assert refused.status_code == 422
    assert secret_in(refused.text).secret != first.secret
    assert browser.get("/account").status_code == 303


def test_nobody_replaces_a_second_factor_by_a_password_alone(practice: Practice) -> None:
    ask(practice)
    enrol(Browser(practice.app), practice)
    other = Browser(practice.app)
    other.sign_in("prescriber")

    assert other.get(PAGE).headers["Location"] == "/login"
    assert other.post(PAGE, "/login/code").headers["Location"] == "/login/code"
    assert other.post(f"{PAGE}/confirm", "/login/code", code="000000").status_code != 200
    assert other.get("/account").status_code == 303


def test_asking_ends_the_sessions_of_those_who_have_none_and_of_nobody_else(
    practice: Practice,
) -> None:
    prescriber, stranger = Browser(practice.app), Browser(practice.app)
    prescriber.sign_in("prescriber")
    stranger.sign_in("stranger")
    ask(practice)

    assert prescriber.get("/account").status_code == 303
    assert stranger.get("/account").status_code == 200
    assert practice.prescriber.get("/api/v1/plans").status_code == 200


def test_whoever_removes_theirs_is_signed_out_and_adds_another(practice: Practice) -> None:
    ask(practice)
    browser = Browser(practice.app)
    _, codes = enrol(browser, practice)
    browser.post("/account/second-factor/remove", "/account", code=codes[0])

    assert browser.get("/account").status_code == 303
    enrol(browser, practice)


def test_asking_no_more_lets_a_password_do(practice: Practice) -> None:
    ask(practice)
    ask(practice, asked=False)
    browser = Browser(practice.app)

    assert browser.sign_in("prescriber", PASSWORD).headers["Location"] == "/"
    assert browser.get("/account").status_code == 200


def test_an_organisation_that_nobody_knows_asks_for_nothing(practice: Practice) -> None:
    with pytest.raises(AccountError):
        ask_second_factor(practice.seen, "Nowhere", practice.clock.now, asked=True)
