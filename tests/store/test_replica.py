"""Lists and calendars may be read from a copy; nobody misses their own change, nor a revocation."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine

from medplan.gate.consistency import HEADER
from medplan.store.replica import Replica, is_position, later
from tests.api.practice import Practice, path_of
from tests.faults.killing import amendment
from tests.faults.replicas import Copied, copied_practice
from tests.web.browser import Browser

pytestmark = pytest.mark.only_on("postgresql")
NEVER_S = 3600.0


@pytest.fixture(scope="module")
def held(database_kind: str) -> Iterator[Copied]:
    """A practice whose copy is asked for nothing newer than each caller's last change."""
    assert database_kind == "postgresql"
    with copied_practice() as copied:
        yield copied


@pytest.fixture
def copied(held: Copied) -> Iterator[Copied]:
    """The same, with a copy that shows everything; it is let go in the end."""
    held.let_go()
    ask_the_leader(held, 0)
    ask_the_leader(held, NEVER_S)
    yield held
    held.let_go()


def ask_the_leader(copied: Copied, every_s: float) -> None:
    """Let the practice ask the leader anew how far it has written, once so much time has passed."""
    replica = copied.practice.database.replica
    assert replica is not None
    replica.every_s = every_s
    replica.needed()


def listed(practice: Practice, written: str | None) -> set[str]:
    """The plans that a caller is shown who has written so far."""
    headers = {} if written is None else {HEADER: written}
    found = practice.prescriber.get("/api/v1/plans?limit=200", **headers).get_json()["items"]
    return {item["id"] for item in found}


def drafted(practice: Practice) -> tuple[str, str]:
    """Draft a plan; give its id and what came with it."""
    answer = practice.prescriber.draft()
    return answer.get_json()["id"], answer.headers[HEADER]


def test_a_list_is_read_from_the_copy_when_that_shows_the_callers_last_change(
    copied: Copied,
) -> None:
    own, written = drafted(copied.practice)
    copied.let_go()
    copied.hold_up()
    others, _ = drafted(copied.practice)

    shown = listed(copied.practice, written)

    assert (own in shown, others in shown) == (True, False)


def test_nobody_misses_their_own_change_while_the_copy_is_held_up(copied: Copied) -> None:
    copied.hold_up()
    own, written = drafted(copied.practice)

    assert own in listed(copied.practice, written)


@pytest.mark.parametrize("said", [None, "", "0/", "1/2/3", "mpa_x"])
def test_whoever_says_nothing_that_is_a_position_is_answered_by_the_leader(
    copied: Copied, said: str | None
) -> None:
    copied.hold_up()
    own, _ = drafted(copied.practice)

    assert own in listed(copied.practice, said)


def test_a_plan_itself_is_read_from_the_leader(copied: Copied) -> None:
    path = copied.practice.prescriber.issued()
    copied.let_go()
    copied.hold_up()
    etag = copied.practice.prescriber.get(path).headers["ETag"]
    stopped = {"medicine": "naproxen", "effective": "2026-11-24", "reason": "Stomach ache."}
    copied.practice.prescriber.post(f"{path}/stops", stopped, etag=etag)

    assert copied.practice.prescriber.get(path).headers["ETag"] != etag


def test_a_browser_is_shown_its_own_change(copied: Copied) -> None:
    browser = Browser(copied.practice.app)
    browser.sign_in("prescriber")
    copied.hold_up()
    before = browser.get("/plans").text
    drafted(copied.practice)  # by another way in: this browser knows nothing of it

    assert browser.get("/plans").text.count("pln_") == before.count("pln_")
    browser.sign_in("prescriber")
    assert browser.get("/plans").text.count("pln_") > before.count("pln_")


def test_a_calendar_is_read_from_the_copy_and_a_new_one_from_the_leader(copied: Copied) -> None:
    practice = copied.practice
    path = practice.prescriber.issued()
    old = path_of(practice.prescriber.feed(path)["url"])
    copied.let_go()
    copied.hold_up()
    bytes_of_before = practice.nobody.get(old).data
    etag = practice.prescriber.get(path).headers["ETag"]
    practice.prescriber.post(f"{path}/amendments", amendment(4), etag=etag)
    new = path_of(practice.prescriber.feed(path)["url"])

    assert practice.nobody.get(old).data == bytes_of_before
    assert practice.nobody.get(new).status_code == 200
    copied.let_go()
    assert practice.nobody.get(old).data != bytes_of_before


def test_a_revoked_calendar_is_refused_once_the_leader_was_asked(copied: Copied) -> None:
    practice = copied.practice
    path = practice.prescriber.issued()
    made = practice.prescriber.feed(path)
    copied.let_go()
    copied.hold_up()
    practice.prescriber.send("DELETE", f"{path}/feeds/{made['id']}")

    assert practice.nobody.get(path_of(made["url"])).status_code == 200
    ask_the_leader(copied, 0)
    assert practice.nobody.get(path_of(made["url"])).status_code == 404


def test_the_leader_answers_while_the_copy_is_away() -> None:
    with copied_practice() as copied:
        practice = copied.practice
        feed = path_of(practice.prescriber.feed(practice.prescriber.issued())["url"])
        own, written = drafted(practice)
        copied.copy.stop()

        assert own in listed(practice, written)
        assert practice.nobody.get(feed).status_code == 200


def test_copies_are_not_read_once_the_leaders_word_is_old() -> None:
    gone = create_engine("postgresql+psycopg://nobody@127.0.0.1:9/none")
    replica = Replica(gone, gone)

    assert replica.needed() is None


def test_positions_are_compared_as_numbers() -> None:
    assert later("9/0", "10/0") == "10/0"
    assert later("0/FF", "0/100") == "0/100"
    assert is_position("16/B374D848")
    assert not is_position("16/B374D8481; DROP")
