"""What the holder of a calendar link gets, and what it costs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from sqlite3 import Connection

import pytest
from sqlalchemy import Engine, event, update

from medplan.services.tokens import token_hash
from medplan.store.feed_lookup import FeedLookup
from medplan.store.tables import FeedBodyRow
from tests.api.practice import BEGUN, Practice, path_of


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Every SQL statement that SQLite is given meanwhile, by whatever way."""
    seen: list[str] = []

    def listen(connection: Connection, *_given: object) -> None:
        connection.set_trace_callback(seen.append)

    def leave(connection: Connection, *_given: object) -> None:
        connection.set_trace_callback(None)

    event.listen(engine, "checkout", listen)
    event.listen(engine, "checkin", leave)
    try:
        yield seen
    finally:
        event.remove(engine, "checkout", listen)
        event.remove(engine, "checkin", leave)


@pytest.mark.only_on("sqlite")
def test_reading_a_feed_is_one_select_by_index_and_no_rendering(practice: Practice) -> None:
    path = path_of(practice.prescriber.feed(practice.prescriber.issued())["url"])

    with statements(practice.database.engine) as seen:
        assert practice.nobody.get(path).status_code == 200

    assert len(seen) == 1
    with practice.seen.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {seen[0]}").all()
    assert not [row for row in rows if "SCAN" in str(row)]


def test_the_bytes_are_those_that_were_stored(practice: Practice) -> None:
    made = practice.prescriber.feed(practice.prescriber.issued(), detail="full", alarms=True)
    path = path_of(made["url"])
    with practice.seen.engine.begin() as connection:
        connection.execute(update(FeedBodyRow).values(body=b"as stored"))

    assert practice.nobody.get(path).data == b"as stored"


def test_head_has_the_headers_of_get(practice: Practice) -> None:
    path = path_of(practice.prescriber.feed(practice.prescriber.issued())["url"])
    got, head = practice.nobody.get(path), practice.nobody.send("HEAD", path)
    ours = ("Content-Type", "Content-Length", "ETag", "Last-Modified", "Cache-Control")

    assert head.data == b""
    assert [head.headers[name] for name in ours] == [got.headers[name] for name in ours]


def test_a_feed_says_what_calendars_and_indexers_need(practice: Practice) -> None:
    path = path_of(practice.prescriber.feed(practice.prescriber.issued())["url"])
    headers = practice.nobody.get(path).headers

    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Last-Modified"] == "Sun, 22 Nov 2026 03:30:00 GMT"
    assert "Content-Disposition" not in headers
    assert not headers["ETag"].startswith("W/")


def test_a_calendar_gets_the_same_whatever_it_asks_for_and_whole(practice: Practice) -> None:
    path = path_of(practice.prescriber.feed(practice.prescriber.issued())["url"])
    usual = practice.nobody.get(path)

    asked = practice.nobody.get(
        path, Accept="application/calendar+json, text/html", Accept_Encoding="gzip, br"
    )

    assert (asked.status_code, asked.data) == (200, usual.data)
    assert asked.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert asked.headers["Content-Length"] == str(len(usual.data))
    assert not {"Content-Encoding", "Set-Cookie", "Location"} & set(asked.headers.keys())


def test_a_revoked_feed_is_gone_for_who_knows_its_tag_too(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    made = practice.prescriber.feed(plan)
    etag = practice.nobody.get(path_of(made["url"])).headers["ETag"]
    practice.prescriber.send("DELETE", f"{plan}/feeds/{made['id']}")

    assert practice.nobody.get(path_of(made["url"]), If_None_Match=etag).status_code == 404


def test_validators_answer_304_and_a_tag_outranks_a_date(practice: Practice) -> None:
    path = path_of(practice.prescriber.feed(practice.prescriber.issued())["url"])
    got = practice.nobody.get(path)
    etag, modified = got.headers["ETag"], got.headers["Last-Modified"]

    fresh = practice.nobody.get(path, If_Modified_Since=modified)
    assert (fresh.status_code, fresh.headers["ETag"]) == (304, etag)
    assert fresh.headers["Last-Modified"] == modified
    old = "Sat, 21 Nov 2026 03:30:00 GMT"
    assert practice.nobody.get(path, If_Modified_Since=old).status_code == 200
    both = practice.nobody.get(path, If_None_Match='"another"', If_Modified_Since=modified)
    assert both.status_code == 200


@pytest.mark.parametrize("told", ["{}", "W/{}", '"another", {}', "*"])
def test_a_tag_is_known_however_it_is_told(practice: Practice, told: str) -> None:
    path = path_of(practice.prescriber.feed(practice.prescriber.issued())["url"])
    etag = practice.nobody.get(path).headers["ETag"]

    for method in ("GET", "HEAD"):
        answer = practice.nobody.send(method, path, If_None_Match=told.format(etag))
        assert (answer.status_code, answer.headers["ETag"]) == (304, etag)


def test_bytes_whose_tag_the_calendar_knows_are_not_read(practice: Practice) -> None:
    made = practice.prescriber.feed(practice.prescriber.issued())
    etag = practice.nobody.get(path_of(made["url"])).headers["ETag"].strip('"')
    found = FeedLookup(practice.database.engine)
    token = token_hash(path_of(made["url"]).removeprefix("/f/").removesuffix(".ics"))

    bodies = [live.body for tag in (etag, "another") if (live := found.find(token, BEGUN, tag))]

    assert bodies == [None, practice.nobody.get(path_of(made["url"])).data]


def test_unknown_revoked_expired_and_misspelt_feeds_answer_alike(practice: Practice) -> None:
    prescriber, nobody = practice.prescriber, practice.nobody
    plan = prescriber.issued()
    live, revoked = prescriber.feed(plan), prescriber.feed(plan)
    prescriber.send("DELETE", f"{plan}/feeds/{revoked['id']}")
    live_path = path_of(live["url"])
    misspelt = live_path.replace(".ics", "0.ics")
    unknown = "/f/mpf_" + "A" * 51 + ".ics"
    ids = {"X_Request_Id": "the-same"}
    answers = [nobody.get(p, **ids) for p in (unknown, misspelt, path_of(revoked["url"]))]
    practice.clock.now = BEGUN + timedelta(days=400)
    answers.append(nobody.get(live_path, **ids))

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1
    assert {answer.headers["X-Robots-Tag"] for answer in answers} == {"noindex"}


def test_a_rotated_feed_keeps_its_bytes_under_a_new_address(practice: Practice) -> None:
    prescriber, nobody = practice.prescriber, practice.nobody
    plan = prescriber.issued()
    feed = prescriber.feed(plan)
    before = nobody.get(path_of(feed["url"]))

    rotated = prescriber.post(f"{plan}/feeds/{feed['id']}/rotate").get_json()

    assert rotated["id"] == feed["id"]
    assert nobody.get(path_of(feed["url"])).status_code == 404
    assert nobody.get(path_of(rotated["url"])).data == before.data


def test_a_discreet_feed_names_no_medicine_and_a_full_one_does(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    discreet = practice.nobody.get(path_of(practice.prescriber.feed(plan)["url"])).text
    full = practice.nobody.get(path_of(practice.prescriber.feed(plan, detail="full")["url"])).text

    assert "aproxen" not in discreet
    assert "aproxen" in full
    assert "canary" not in full


def test_the_address_is_told_once_and_offered_for_calendars(practice: Practice) -> None:
    prescriber = practice.prescriber
    plan = prescriber.issued()
    first = prescriber.send("POST", f"{plan}/feeds", {"name": "Dad"}, key="once")
    again = prescriber.send("POST", f"{plan}/feeds", {"name": "Dad"}, key="once")

    made, repeated = first.get_json(), again.get_json()
    assert made["webcal_url"] == made["url"].replace("https://", "webcal://")
    assert made["qr_svg_url"] == made["url"].replace(".ics", "/qr.svg")
    assert set(made) == {"id", "url", "webcal_url", "qr_svg_url"}
    assert repeated == dict.fromkeys(made) | {"id": made["id"]}
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "url" not in prescriber.get(f"{plan}/feeds").get_json()["items"][0]


@pytest.mark.only_on("sqlite")
def test_a_feed_says_when_the_database_can_not_be_used(practice: Practice) -> None:
    path = path_of(practice.prescriber.feed(practice.prescriber.issued())["url"])
    with practice.seen.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE feed_body RENAME TO gone")

    answer = practice.nobody.get(path)

    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_an_address_that_was_asked_for_in_the_clear_is_refused_and_marked(
    practice: Practice,
) -> None:
    plan = practice.prescriber.issued()
    feed = practice.prescriber.feed(plan)
    address = path_of(feed["url"])

    for path in (address, address.removesuffix(".ics"), "/api/v1/plans", "/f/mpf_unknown.ics"):
        refused = practice.nobody.get(path, X_Forwarded_Proto="https, http")
        assert (refused.status_code, refused.get_json()["type"]) == (
            403,
            "https://plans.example.org/problems/plain-http",
        )
        assert "Location" not in refused.headers

    def exposed() -> object:
        return practice.prescriber.get(f"{plan}/feeds").get_json()["items"][0]["exposed_at"]

    assert exposed() == "2026-11-22T03:30:00.000Z"
    assert practice.nobody.get(address, X_Forwarded_Proto="https").status_code == 200
    practice.prescriber.post(f"{plan}/feeds/{feed['id']}/rotate")
    assert exposed() is None
