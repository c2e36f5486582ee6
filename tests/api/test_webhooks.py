"""Every event arrives, signed, at every address that wants it, whatever the others do."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, update
from standardwebhooks import Webhook

from medplan.services.telling.webhooks_sending import WAITS_S, send_some
from medplan.store.database_time import DatabaseTime
from medplan.store.tables import WebhookDeliveryRow, WebhookEndpointRow
from medplan.store.webhooks import claim_deliveries
from medplan.worker import Worker
from tests.api.machines import (
    allow_loopback,
    client_of,
    due_now,
    parts_of,
    told,
    work_off,
    working,
)
from tests.api.practice import ACUTE, Caller, Practice
from tests.api.test_description import check
from tests.outside.servers import after, dripping, endless, receiver, saying, silent


@pytest.fixture
def pharmacy(practice: Practice) -> Caller:
    """A pharmacy's system that is signed in, and may be told on this machine."""
    allow_loopback(practice)
    practice.clock.now = datetime.now(UTC)  # noqa: TID251 - who checks a signature looks at it too
    return client_of(practice)


def log(caller: Caller) -> list[dict[str, object]]:
    found: list[dict[str, object]] = caller.get("/api/v1/events").get_json()["items"]
    return found


def stop(practice: Practice, path: str) -> None:
    etag = practice.prescriber.get(path).headers["ETag"]
    body = {"effective": "2026-11-25", "reason": "Better already."}
    answer = practice.prescriber.post(f"{path}/stops", body, etag=etag)
    assert answer.status_code == 200, answer.text


def test_an_event_arrives_signed_and_just_as_it_stands_in_the_log(
    practice: Practice, pharmacy: Caller
) -> None:
    with receiver() as there:
        secret = told(pharmacy, there)["secret"]
        path = practice.prescriber.issued()
        stop(practice, path)
        assert work_off(practice) == 2
    got = there.got

    events = {str(event["id"]): event for event in log(pharmacy)}
    assert [e["type"] for e in events.values()] == ["plan.issued", "plan.stopped"]
    assert {g.headers["webhook-id"] for g in got} == set(events)
    for message in got:
        body = Webhook(secret).verify(message.body, message.headers)
        assert body == events[message.headers["webhook-id"]]
        assert body["data"] == {
            "plan": path.rpartition("/")[2],
            "revision": body["data"]["revision"],
        }
        with pytest.raises(Exception, match="No matching signature"):
            Webhook("whsec_" + "A" * 40).verify(message.body, message.headers)


def test_a_receiver_that_is_down_slow_redirecting_or_endless_harms_nobody_else(
    practice: Practice, pharmacy: Caller
) -> None:
    with receiver() as down:
        told(pharmacy, down)
    with (
        receiver(silent) as slow,
        receiver(silent) as slower,
        receiver(dripping) as drips,
        receiver(endless) as floods,
        receiver() as elsewhere,
        receiver(saying(301, Location=elsewhere.url())) as redirects,
        receiver() as well,
        working(practice),
    ):
        for there in (slow, slower, drips, floods, redirects, well):
            told(pharmacy, there)
        for _ in range(4):
            practice.prescriber.issued()
        got = well.wait_for(4)

    assert len({g.headers["webhook-id"] for g in got}) == 4
    assert elsewhere.got == []


def test_everything_arrives_once_a_receiver_has_returned(
    practice: Practice, pharmacy: Caller
) -> None:
    with receiver(saying(503)) as there:
        told(pharmacy, there)
        for _ in range(3):
            practice.prescriber.issued()
        assert work_off(practice) == 3
    practice.prescriber.issued()
    assert work_off(practice) == 1
    with receiver(port=there.port) as back:
        assert work_off(practice) == 0
        practice.prescriber.issued()
        assert work_off(practice) == 5

    arrived = {g.headers["webhook-id"] for g in back.got}
    assert arrived == {str(event["id"]) for event in log(pharmacy)}
    assert {g.headers["webhook-id"] for g in there.got} < arrived


def test_ten_tries_take_two_days_and_what_was_given_up_can_be_sent_again(
    practice: Practice, pharmacy: Caller
) -> None:
    assert timedelta(hours=40) < timedelta(seconds=sum(WAITS_S)) < timedelta(hours=52)
    assert (WAITS_S[0], WAITS_S[-1], len(WAITS_S)) == (5, 20 * 3600, 9)
    assert all(one <= following for one, following in pairwise(WAITS_S))
    with receiver(saying(500)) as there:
        endpoint = told(pharmacy, there)
        practice.prescriber.issued()
        for _ in range(12):
            work_off(practice)
            due_now(practice)
    (shown,) = pharmacy.get("/api/v1/webhook-endpoints").get_json()["items"]
    assert (len(there.got), shown["waiting"], shown["given_up"]) == (10, 0, 1)
    again = pharmacy.post(f"/api/v1/webhook-endpoints/{endpoint['id']}/redeliveries")
    assert again.get_json() == {"revived": 1}
    with receiver(port=there.port) as back:
        work_off(practice)

    sent = [g.headers["webhook-id"] for g in (*there.got, *back.got)]
    assert (len(sent), len(set(sent))) == (11, 1)


def test_after_three_days_of_being_down_everything_arrives(
    practice: Practice, pharmacy: Caller
) -> None:
    with receiver() as there:
        endpoint = told(pharmacy, there)
    for hour in range(72):
        if hour % 24 == 0:
            practice.prescriber.issued()
        work_off(practice)
        an_hour_passes(practice)
    (shown,) = pharmacy.get("/api/v1/webhook-endpoints").get_json()["items"]
    with receiver(port=there.port) as back:
        practice.prescriber.issued()
        an_hour_passes(practice, 24)
        work_off(practice)
        pharmacy.post(f"/api/v1/webhook-endpoints/{endpoint['id']}/redeliveries")
        work_off(practice)

    assert shown["given_up"] in {1, 2}
    assert shown["given_up"] + shown["waiting"] == 3
    arrived = [g.headers["webhook-id"] for g in back.got]
    assert sorted(arrived) == sorted(str(event["id"]) for event in log(pharmacy))


def an_hour_passes(practice: Practice, hours: int = 1) -> None:
    """Let what waits be due so much sooner: to the database it is the same as a later hour."""
    with practice.seen.writing.begin() as session:
        for row in session.scalars(select(WebhookDeliveryRow)):
            row.available_at -= timedelta(hours=hours)


def test_only_who_answered_soon_is_told_in_the_brisk_lane(
    practice: Practice, pharmacy: Caller
) -> None:
    allow_loopback(practice, timeout_s=8)
    with receiver(after(6)) as slow, receiver() as well:
        for there in (slow, well):
            told(pharmacy, there)
        practice.prescriber.issued()
        assert work_off(practice) == 2
        practice.prescriber.issued()
        while Worker(parts_of(practice), chores=()).work_once():
            pass
        now = practice.clock.now
        brisk = [send_some(parts_of(practice), "the test", now, brisk=True) for _ in range(2)]

    assert brisk == [1, 0]
    assert (len(slow.got), len(well.got)) == (1, 2)


def test_a_message_whose_worker_died_is_sent_by_the_next(
    practice: Practice, pharmacy: Caller
) -> None:
    with receiver() as there:
        told(pharmacy, there)
        practice.prescriber.issued()
        parts = parts_of(practice)
        while Worker(parts, chores=()).work_once():
            pass
        with parts.database.working() as session:
            assert claim_deliveries(session, "it dies", lease_s=45, brisk=False, most=9)
        assert work_off(practice) == 0
        with parts.database.working() as session:
            free = update(WebhookEndpointRow).values(busy_until=DatabaseTime(-1))
            session.execute(free.execution_options(synchronize_session=False))
        assert work_off(practice) == 1

    assert len(there.got) == 1


def test_an_address_that_says_gone_is_told_nothing_more(
    practice: Practice, pharmacy: Caller
) -> None:
    with receiver(saying(410)) as there, receiver() as other:
        told(pharmacy, there)
        told(pharmacy, other, kinds=["plan.stopped"])
        path = practice.prescriber.issued()
        work_off(practice)
        stop(practice, path)
        work_off(practice)

    assert [json.loads(g.body)["type"] for g in other.got] == ["plan.stopped"]
    assert len(there.got) == 1


def test_for_a_day_after_a_rotation_both_secrets_sign(practice: Practice, pharmacy: Caller) -> None:
    with receiver() as there:
        endpoint = told(pharmacy, there)
        path = f"/api/v1/webhook-endpoints/{endpoint['id']}/rotations"
        rotated = pharmacy.send("POST", path, key="rotate").get_json()
        repeated = pharmacy.send("POST", path, key="rotate").get_json()
        practice.prescriber.issued()
        work_off(practice)
    (got,) = there.got

    assert endpoint["secret"] != rotated["secret"]
    assert repeated == rotated | {"secret": None}
    for secret in (endpoint["secret"], rotated["secret"]):
        assert Webhook(secret).verify(got.body, got.headers)
    assert str(endpoint["secret"]).encode() not in practice.contents()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "https://127.0.0.1:22/",
        "https://u:p@example.org/",
        "http://example.org/",
        "ftp://example.org/",
        "nonsense",
    ],
)
def test_an_address_inside_is_refused(practice: Practice, url: str) -> None:
    answer = client_of(practice).post("/api/v1/webhook-endpoints", {"url": url})

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "#/url"


def test_addresses_and_events_are_their_owners_and_their_organisations(
    practice: Practice, pharmacy: Caller
) -> None:
    stranger = client_of(practice, organisation="Another Practice")
    other = client_of(practice)
    with receiver() as there:
        ours, theirs = told(pharmacy, there), told(stranger, there)
    practice.prescriber.issued()

    assert log(stranger) == []
    assert pharmacy.get("/api/v1/webhook-endpoints").get_json()["items"][0]["id"] == ours["id"]
    for caller in (other, stranger):
        path = f"/api/v1/webhook-endpoints/{ours['id']}"
        assert caller.send("DELETE", path).status_code == 404
    assert theirs["id"] != ours["id"]
    assert practice.prescriber.get("/api/v1/webhook-endpoints").status_code == 403
    ended = pharmacy.send("DELETE", f"/api/v1/webhook-endpoints/{ours['id']}")
    assert ended.status_code == 204
    assert pharmacy.get("/api/v1/webhook-endpoints").get_json()["items"] == []


def test_the_log_goes_on_where_it_was_left(practice: Practice, pharmacy: Caller) -> None:
    empty = pharmacy.get("/api/v1/events").get_json()
    assert empty["items"] == []
    paths = [practice.prescriber.issued(ACUTE) for _ in range(3)]

    found, address = [], f"{empty['next']}?limit=2"
    for _ in range(3):
        page = pharmacy.get(address).get_json()
        found += [event["data"]["plan"] for event in page["items"]]
        address = page["next"]
    assert found == [path.rpartition("/")[2] for path in paths]
    stop(practice, paths[0])
    (event,) = pharmacy.get(address).get_json()["items"]
    assert event["type"] == "plan.stopped"
    assert pharmacy.get("/api/v1/events?type=plan.stopped").get_json()["items"] == [event]
    assert pharmacy.get("/api/v1/events?cursor=made-up").status_code == 422


def test_answers_are_as_described(practice: Practice, pharmacy: Caller) -> None:
    practice.prescriber.issued()
    with receiver() as there:
        check(practice, "NewWebhookEndpoint", told(pharmacy, there))
    for name, path in {"EventPage": "events", "WebhookEndpointList": "webhook-endpoints"}.items():
        check(practice, name, pharmacy.get(f"/api/v1/{path}").get_json())
