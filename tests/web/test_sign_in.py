"""Signing in with a browser: who gets in, with which cookie, for how long, and back out."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from flask import Blueprint
from sqlalchemy import select, update

from medplan.gate.context import caller
from medplan.gate.doors import Door, guard_of, signed_in
from medplan.services.access import Right
from medplan.services.people.guessing import MOST_FAILURES, SHUT_FOR
from medplan.services.people.sessions import IDLE, LONGEST
from medplan.store.tables import AuditRow, SessionRow, UserRow
from medplan.web.pages import dress
from tests.api.practice import Practice
from tests.web.browser import Browser


@pytest.fixture
def browser(practice: Practice) -> Browser:
    """A browser in a practice that has a page for whoever may write plans, and one for readers."""

    @signed_in(Right.WRITE_PLANS)
    def write() -> str:
        return caller().role

    @signed_in(Right.READ_PLANS)
    def read() -> str:
        return caller().role

    pages = dress(Blueprint("invented", __name__))
    pages.add_url_rule("/writing", None, write, methods=["GET", "POST"])
    pages.add_url_rule("/reading", None, read)
    practice.app.register_blueprint(pages)
    return Browser(practice.app)


def test_signing_in_leads_to_the_page_that_was_asked_for(browser: Browser) -> None:
    asked = browser.get("/writing?day=2026-11-23")
    assert (asked.status_code, asked.headers["Location"]) == (
        303,
        "/login?next=/writing?day%3D2026-11-23",
    )
    answer = browser.post(
        "/login",
        asked.headers["Location"],
        email="prescriber@example.org",
        password="an invented password",
        next="/writing?day=2026-11-23",
    )

    assert (answer.status_code, answer.headers["Location"]) == (303, "/writing?day=2026-11-23")
    assert browser.get("/writing").text == "prescriber"


@pytest.mark.parametrize(
    "onward", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "/a\n/b"]
)
def test_signing_in_never_leads_to_another_site(browser: Browser, onward: str) -> None:
    answer = browser.post(
        "/login",
        "/login",
        email="prescriber@example.org",
        password="an invented password",
        next=onward,
    )

    assert answer.headers["Location"] == "/"


def test_a_role_without_the_right_is_refused(browser: Browser) -> None:
    browser.sign_in("pharmacist")

    assert browser.get("/reading").text == "pharmacist"
    assert browser.get("/writing").status_code == 403


def test_a_token_does_not_open_a_page_nor_a_cookie_the_api(
    browser: Browser, practice: Practice
) -> None:
    assert practice.prescriber.get("/writing").status_code == 303
    browser.sign_in("prescriber")
    assert browser.get("/api/v1/plans").status_code == 401


@pytest.mark.parametrize("name", ["prescriber", "nobody-at-all"])
def test_wrong_and_unknown_are_answered_alike(browser: Browser, name: str) -> None:
    answer = browser.sign_in(name, "a wrong password")

    assert answer.status_code == 422
    assert "don't match" in answer.text
    assert name not in answer.text


def test_the_cookie_is_for_this_host_and_http_alone(browser: Browser) -> None:
    cookie = browser.sign_in("prescriber").headers["Set-Cookie"]

    assert cookie.startswith("__Host-medplan=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "Max-Age" not in cookie


def test_every_sign_in_makes_a_new_session(browser: Browser, practice: Practice) -> None:
    browser.sign_in("prescriber")
    browser.sign_in("prescriber")

    with practice.seen.reading.begin() as session:
        hashes = session.scalars(select(SessionRow.token_sha256)).all()
    assert len(set(hashes)) == 2


def test_a_form_from_elsewhere_is_refused(browser: Browser) -> None:
    browser.sign_in("prescriber")
    other = Browser(browser.app)
    page = other.get("/login").text
    theirs = page.partition('name="csrf_token" value="')[2].partition('"')[0]

    assert browser.send("/writing").status_code == 400
    assert browser.send("/writing", csrf_token=theirs).status_code == 400
    assert browser.post("/writing", "/login").status_code == 200
    refused = browser.client.post(
        "/writing", base_url="https://plans.example.org", headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert refused.status_code == 400


def test_signing_out_ends_the_session_itself(browser: Browser) -> None:
    browser.sign_in("prescriber")
    kept = browser.client.get_cookie("__Host-medplan", domain="plans.example.org")
    assert kept is not None
    browser.post("/logout", "/login")

    browser.client.set_cookie(
        "__Host-medplan", kept.value, domain="plans.example.org", secure=True, path="/"
    )
    assert browser.get("/writing").status_code == 303


def test_a_session_ends_when_idle_and_in_any_case_after_its_longest(
    browser: Browser, practice: Practice
) -> None:
    begun = practice.clock.now
    browser.sign_in("prescriber")
    practice.clock.now += IDLE - timedelta(seconds=1)
    assert browser.get("/writing").status_code == 200
    while practice.clock.now - begun < LONGEST - IDLE:
        practice.clock.now += IDLE - timedelta(minutes=1)
        assert browser.get("/writing").status_code == 200
    practice.clock.now = begun + LONGEST - timedelta(seconds=1)
    assert browser.get("/writing").status_code == 200

    practice.clock.now = begun + LONGEST
    assert browser.get("/writing").status_code == 303

    browser.sign_in("prescriber")
    practice.clock.now += IDLE
    assert browser.get("/writing").status_code == 303


def test_a_disabled_account_is_out_at_once(browser: Browser, practice: Practice) -> None:
    browser.sign_in("prescriber")
    with practice.seen.writing.begin() as session:
        session.execute(update(UserRow).values(disabled_at=practice.clock.now))

    assert browser.get("/writing").status_code == 303
    assert browser.sign_in("prescriber").status_code == 422
    assert practice.prescriber.get("/api/v1/plans").status_code == 401


def test_ten_wrong_passwords_shut_the_account_for_a_while(
    browser: Browser, practice: Practice
) -> None:
    fail_often(practice, MOST_FAILURES - 1)
    assert browser.sign_in("prescriber", "a wrong password").status_code == 422

    assert browser.sign_in("prescriber").status_code == 422
    assert browser.sign_in("stranger").status_code == 303
    practice.clock.now += SHUT_FOR
    assert browser.sign_in("prescriber").status_code == 303


def test_a_right_password_forgets_the_wrong_ones(browser: Browser, practice: Practice) -> None:
    fail_often(practice, MOST_FAILURES - 1)
    assert browser.sign_in("prescriber").status_code == 303

    assert browser.sign_in("prescriber", "a wrong password").status_code == 422
    assert browser.sign_in("prescriber").status_code == 303


def fail_often(practice: Practice, times: int) -> None:
    """As if somebody had tried so many wrong passwords as the prescriber."""
    with practice.seen.writing.begin() as session:
        session.execute(
            update(UserRow)
            .where(UserRow.email == "prescriber@example.org")
            .values(failed_logins=times)
        )


def lines(practice: Practice) -> list[str]:
    """What the audit says of signing in, first to last."""
    with practice.seen.reading.begin() as session:
        acts = session.scalars(select(AuditRow.act).order_by(AuditRow.number)).all()
    return [act for act in acts if act.startswith(("sign-in", "session", "user.lock"))]


def test_whoever_is_not_let_into_an_account_leaves_a_line(
    browser: Browser, practice: Practice
) -> None:
    browser.sign_in("prescriber", "a wrong password")
    browser.sign_in("nobody-at-all", "a wrong password")
    assert lines(practice) == ["sign-in.refuse"]

    with practice.seen.writing.begin() as session:
        session.execute(update(UserRow).values(locked_until=practice.clock.now + SHUT_FOR))
    browser.sign_in("prescriber")
    practice.clock.now += SHUT_FOR
    browser.sign_in("prescriber")
    assert lines(practice) == ["sign-in.refuse", "sign-in.refuse", "session.begin"]


def test_every_page_of_somebody_signed_in_offers_the_way_out(practice: Practice) -> None:
    browser = Browser(practice.app)
    browser.sign_in("prescriber")
    plan, draft = practice.prescriber.issued(), practice.prescriber.draft().headers["Location"]
    ids = {"issued": plan.rpartition("/")[2], "draft": draft.rpartition("/")[2]}
    shown = set()
    for rule in practice.app.url_map.iter_rules():
        view = practice.app.view_functions[rule.endpoint]
        if guard_of(view).door is not Door.SESSION or "GET" not in (rule.methods or ()):
            continue
        for plan_id in ids.values():
            path = rule.rule.replace("<plan:plan_id>", plan_id).replace("<int:number>", "1")
            answer = browser.get(path)
            if answer.status_code == HTTPStatus.OK and answer.mimetype == "text/html":
                shown.add(rule.endpoint)
                assert 'action="/logout"' in answer.text, path

    assert {"account.show", "worklist.show", "in_force.show", "writing.begin"} <= shown
