"""How much may be asked for, and what is said when it was too much."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.api.conftest import peopled
from tests.api.practice import BEGUN, Practice, close_practice, open_practice, path_of
from tests.databases.kinds import Databases
from tests.web.browser import Browser

__all__ = ["peopled"]


@pytest.fixture
def practice(databases: Databases, peopled: tuple[str, dict[str, str]]) -> Iterator[Practice]:
    """A practice whose limits hold, on a clock that stands."""
    address = databases.copy(peopled[0])
    with time_machine.travel(BEGUN, tick=False):
        opened = open_practice(databases, address, peopled[1], rate_limits=True)
        yield opened
    close_practice(opened)
    databases.drop(address)


def test_sixty_writes_a_minute_and_then_a_wait(practice: Practice) -> None:
    for left in range(59, -1, -1):
        answer = practice.pharmacist.post("/api/v1/plans", {})
        assert answer.status_code == 403
        assert answer.headers["RateLimit"] == f'"writes";r={left};t=60'
        assert answer.headers["RateLimit-Policy"] == '"writes";q=60;w=60'

    refused = practice.pharmacist.post("/api/v1/plans", {})
    assert refused.status_code == 429
    assert refused.content_type == "application/problem+json"
    assert refused.headers["Retry-After"] == "60"
    assert practice.pharmacist.get("/api/v1/plans").status_code == 200
    assert practice.stranger.post("/api/v1/plans", {}).status_code == 422

    with time_machine.travel(BEGUN.replace(minute=31, second=1), tick=False):
        assert practice.pharmacist.post("/api/v1/plans", {}).status_code == 403


def test_a_feed_is_given_thirty_times_an_hour_and_another_one_still(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    one, other = (path_of(practice.prescriber.feed(plan)["url"]) for _ in range(2))
    for _ in range(30):
        assert practice.nobody.get(one).status_code == 200

    refused = practice.nobody.get(one)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    assert refused.get_json()["title"] == "Too many requests"
    assert practice.nobody.get(other).status_code == 200


def test_an_address_known_or_not_is_tried_ten_times_a_minute(practice: Practice) -> None:
    browser = Browser(practice.app)
    tried = [browser.sign_in("nobody-at-all").status_code for _ in range(11)]

    assert tried == [422] * 10 + [429]
