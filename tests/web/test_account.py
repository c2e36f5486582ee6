"""Somebody's own account in a browser: second factor, new passwords, tokens."""

import re
from datetime import timedelta

import pyotp
import pytest

from medplan.services.people.guessing import MOST_FAILURES
from medplan.services.people.password_changes import OPEN_FOR
from medplan.services.people.second_factor import RECOVERY_CODES
from medplan.services.people.sessions import PROVEN_FOR
from tests.api.practice import Caller, Practice
from tests.web.browser import PASSWORD, Browser

NEW = "another invented password"
STEP = timedelta(seconds=30)


@pytest.fixture
def browser(practice: Practice) -> Browser:
    """A browser in which the prescriber is signed in."""
    made = Browser(practice.app)
    assert made.sign_in("prescriber").status_code == 303
    return made


def add_second_factor(browser: Browser, practice: Practice) -> tuple[pyotp.TOTP, list[str]]:
    """Add a second factor; give the phone and the recovery codes."""
    shown = browser.post("/account/second-factor", "/account").text
    assert "<svg" in shown
    found = re.search(r"<code>([A-Z2-7]{32})</code>", shown)
    assert found is not None
    phone = pyotp.TOTP(found[1])
    confirmed = browser.post(
        "/account/second-factor/confirm", "/account", code=phone.at(practice.clock.now)
    )
    codes = re.findall(r"<code>([a-z2-7-]+)</code>", confirmed.text)
    assert len(set(codes)) == RECOVERY_CODES
    practice.clock.now += STEP
    return phone, codes


def enter(browser: Browser, code: str) -> int:
    """Sign in anew with a code of the second factor; give the last status."""
    led = browser.sign_in("prescriber")
    assert led.headers["Location"].startswith("/login/code")
    assert browser.get("/account").headers["Location"].startswith("/login/code")
    return browser.post("/login/code", "/login/code", code=code).status_code


def test_a_second_factor_is_asked_for_and_each_code_works_once(
    browser: Browser, practice: Practice
) -> None:
    phone, _ = add_second_factor(browser, practice)
    code = phone.at(practice.clock.now)

    assert enter(Browser(practice.app), code) == 303
    assert enter(Browser(practice.app), code) == 422
    practice.clock.now += STEP
    assert enter(Browser(practice.app), phone.at(practice.clock.now - 3 * STEP)) == 422
    assert enter(browser, phone.at(practice.clock.now)) == 303
    assert browser.get("/account").status_code == 200


def test_a_recovery_code_stands_in_once(browser: Browser, practice: Practice) -> None:
    _, codes = add_second_factor(browser, practice)

    assert enter(browser, codes[0].upper()) == 303
    assert enter(browser, codes[0]) == 422
    assert enter(browser, codes[1]) == 303


def test_a_second_factor_is_removed_by_a_code_only(browser: Browser, practice: Practice) -> None:
    _, codes = add_second_factor(browser, practice)

    assert browser.post("/account/second-factor/remove", "/account", code="1").status_code == 422
    assert (
        browser.post("/account/second-factor/remove", "/account", code=codes[3]).status_code == 303
    )
    assert browser.sign_in("prescriber").headers["Location"] == "/"


def test_no_secret_of_a_second_factor_is_kept_readable(
    browser: Browser, practice: Practice
) -> None:
    phone, codes = add_second_factor(browser, practice)
    kept = practice.contents()

    for secret in (phone.secret, *codes):
        assert secret.encode() not in kept


def test_a_changed_password_signs_every_other_browser_out(
    browser: Browser, practice: Practice
) -> None:
    other = Browser(practice.app)
    other.sign_in("prescriber")

    assert browser.post("/account/password", "/account", old="wrong", new=NEW).status_code == 422
    assert (
        browser.post("/account/password", "/account", old=PASSWORD, new="short").status_code == 422
    )
    assert browser.post("/account/password", "/account", old=PASSWORD, new=NEW).status_code == 303

    assert browser.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    assert other.sign_in("prescriber").status_code == 422
    assert other.sign_in("prescriber", NEW).status_code == 303


def ask_for_link(
    practice: Practice, capsys: pytest.CaptureFixture[str], email: str = "prescriber@example.org"
) -> str:
    """Ask for a link to a new password; give its path, empty when none was printed."""
    browser = Browser(practice.app)
    capsys.readouterr()
    answer = browser.post("/password/forgotten", "/password/forgotten", email=email)
    assert "If somebody here has this address" in answer.text
    found = re.search(r"/password/reset/mpr_[^\s]+", capsys.readouterr().err)
    return "" if found is None else found[0]


def test_a_forgotten_password_is_set_by_a_link_once(
    browser: Browser, practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    link = ask_for_link(practice, capsys)
    other = Browser(practice.app)

    assert other.get(link).status_code == 200
    assert other.post(link, link, password="short").status_code == 422
    assert other.post(link, link, password=NEW).status_code == 303
    assert other.get(link).status_code == 404
    assert browser.get("/account").status_code == 303
    assert other.sign_in("prescriber", NEW).status_code == 303
    assert link.rpartition("/")[2].encode() not in practice.contents()


def test_a_link_ends_after_an_hour_and_with_the_next_link(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = ask_for_link(practice, capsys), ask_for_link(practice, capsys)
    other = Browser(practice.app)

    assert (other.get(first).status_code, other.get(second).status_code) == (404, 200)
    practice.clock.now += OPEN_FOR
    assert other.get(second).status_code == 404
    assert other.get(second[:-1] + "x").status_code == 404


def test_an_unknown_address_gets_no_link_and_the_same_answer(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask_for_link(practice, capsys, "nobody@example.org") == ""


def test_a_token_made_in_the_browser_opens_the_api_as_far_as_it_says(
    browser: Browser, practice: Practice
) -> None:
    made = browser.post("/account/tokens", "/account", name="Reader", scopes="plans.read").text
    found = re.search(r'value="(mpa_[^"]+)"', made)
    assert found is not None
    reader = Caller(practice.app, found[1])

    assert reader.get("/api/v1/plans").status_code == 200
    assert reader.post("/api/v1/plans", {}).status_code == 403
    listed = browser.get("/account").text
    assert "plans.read" in listed
    assert "last used 2026-11-22 03:00 UTC" in listed
    own = listed.partition("Reader")[2]
    revoke = re.findall(r'action="(/account/tokens/[^"]+/revoke)"', own)[0]
    assert browser.post(revoke, "/account").status_code == 303
    assert reader.get("/api/v1/plans").status_code == 401
    assert browser.post("/account/tokens", "/account", name="x", scopes="fly").status_code == 422


def endings(browser: Browser) -> list[str]:
    """The addresses by which the account's page signs other browsers out."""
    return re.findall(r'action="(/account/sessions/ses_[^"]+/end)"', browser.get("/account").text)


def test_every_browser_is_listed_and_any_other_is_signed_out(
    browser: Browser, practice: Practice
) -> None:
    others = [Browser(practice.app), Browser(practice.app)]
    stranger = Browser(practice.app)
    for other in others:
        other.sign_in("prescriber")
    stranger.sign_in("stranger")

    assert browser.get("/account").text.count("This browser") == 1
    (last, first) = endings(browser)
    assert stranger.post(first, "/account").status_code == 404
    assert browser.post(first, "/account").status_code == 303
    assert [other.get("/account").status_code for other in others] == [303, 200]
    assert endings(browser) == [last]
    assert browser.post(first, "/account").status_code == 404


def test_all_other_browsers_are_signed_out_at_once(browser: Browser, practice: Practice) -> None:
    other = Browser(practice.app)
    other.sign_in("prescriber")

    assert browser.post("/account/sessions/end", "/account").status_code == 303
    assert (browser.get("/account").status_code, other.get("/account").status_code) == (200, 303)


WANTS_PROOF = {
    "/account/sessions/end": {},
    "/account/second-factor": {},
    "/account/second-factor/remove": {"code": "1"},
    "/account/tokens": {"name": "Reader"},
}


def test_what_lets_somebody_in_for_good_wants_the_password_again(
    browser: Browser, practice: Practice
) -> None:
    other = Browser(practice.app)
    other.sign_in("prescriber")
    (ending,) = endings(browser)
    practice.clock.now += PROVEN_FOR

    page = browser.get("/account").text
    for path, fields in {**WANTS_PROOF, ending: {}}.items():
        assert f'action="{path}"' not in page
        assert browser.post(path, "/account", **fields).headers["Location"] == "/account/again"
    assert other.get("/account").status_code == 200

    assert browser.post("/account/again", "/account/again", password="no").status_code == 422
    assert browser.post("/account/again", "/account/again", password=PASSWORD).status_code == 303
    assert browser.post("/account/tokens", "/account", name="Reader").status_code == 200


def test_proving_it_again_replaces_the_session(browser: Browser) -> None:
    kept = browser.client.get_cookie("__Host-medplan", domain="plans.example.org")
    assert kept is not None
    browser.post("/account/again", "/account/again", password=PASSWORD)

    assert browser.get("/account").status_code == 200
    browser.client.set_cookie(
        "__Host-medplan", kept.value, domain="plans.example.org", secure=True, path="/"
    )
    assert browser.get("/account").status_code == 303


def test_with_a_second_factor_its_code_is_wanted_again_too(
    browser: Browser, practice: Practice
) -> None:
    phone, _ = add_second_factor(browser, practice)
    practice.clock.now += PROVEN_FOR

    def prove(code: str) -> int:
        page = "/account/again"
        return browser.post(page, page, password=PASSWORD, code=code).status_code

    assert prove("000000") == 422
    assert prove(phone.at(practice.clock.now)) == 303
    assert 'action="/account/tokens"' in browser.get("/account").text


def test_whoever_guesses_in_somebodys_browser_is_shut_out_of_it(browser: Browser) -> None:
    for _ in range(MOST_FAILURES):
        browser.post("/account/again", "/account/again", password="a wrong password")

    assert browser.get("/account").status_code == 303
    assert browser.sign_in("prescriber").status_code == 422
