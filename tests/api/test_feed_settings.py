"""A feed is scoped, labelled, changed and given an end; its prescriber sees whether it is read."""

from datetime import timedelta
from typing import Any

import pytest

from medplan.ical.stamps import events_of
from medplan.services.calendars.feed_reading import write_fetches
from tests.api.practice import ACUTE, BEGUN, Practice, path_of
from tests.api.test_feeds import statements
from tests.api.test_life import done, numbers


def listed(practice: Practice, plan: str) -> dict[str, Any]:
    """The plan's first feed, as a prescriber sees it."""
    found: dict[str, Any] = practice.prescriber.get(f"{plan}/feeds").get_json()["items"][0]
    return found


def test_feeds_of_one_plan_show_different_things(practice: Practice) -> None:
    prescriber, nobody = practice.prescriber, practice.nobody
    plan = prescriber.issued()
    labelled = nobody.get(
        path_of(prescriber.feed(plan, labels={"naproxen": "blue"}, alarms=True)["url"])
    ).text
    one = nobody.get(
        path_of(prescriber.feed(plan, detail="full", medicines=["naproxen"])["url"])
    ).text
    apart = nobody.get(path_of(prescriber.feed(plan, detail="full", group="medicine")["url"])).text

    assert "blue" in labelled
    assert "BEGIN:VALARM" in labelled
    assert "aproxen" not in labelled
    assert "aproxen" in one
    assert "aracetamol" not in one
    assert "BEGIN:VALARM" not in one
    assert apart.count("BEGIN:VEVENT") > one.count("BEGIN:VEVENT")


def test_a_change_of_settings_renders_anew_and_counts_up(practice: Practice) -> None:
    prescriber, nobody = practice.prescriber, practice.nobody
    plan = prescriber.issued()
    feed = prescriber.feed(plan, detail="full")
    address = path_of(feed["url"])
    before = nobody.get(address)

    changed = prescriber.send("PATCH", f"{plan}/feeds/{feed['id']}", {"detail": "discreet"})

    after = nobody.get(address)
    assert (changed.status_code, changed.get_json()["detail"]) == (200, "discreet")
    assert "aproxen" not in after.text
    assert (numbers(before.text, "SEQUENCE"), numbers(after.text, "SEQUENCE")) == ({"1"}, {"2"})
    assert numbers(after.text, "LAST-MODIFIED") == {"20261122T033001Z"}
    since = before.headers["Last-Modified"]
    assert nobody.get(address, If_Modified_Since=since).status_code == 200


def test_another_name_or_end_leaves_the_bytes_alone(practice: Practice) -> None:
    prescriber, nobody = practice.prescriber, practice.nobody
    plan = prescriber.issued()
    feed = prescriber.feed(plan, labels={"naproxen": "blue"})
    before = nobody.get(path_of(feed["url"])).data

    change = {"name": "Dad's watch", "expires_at": "2027-03-01T00:00:00Z", "detail": "discreet"}
    changed = prescriber.send("PATCH", f"{plan}/feeds/{feed['id']}", change).get_json()

    assert (changed["name"], changed["expires_at"]) == ("Dad's watch", "2027-03-01T00:00:00.000Z")
    assert changed["labels"] == {"naproxen": "blue"}
    assert nobody.get(path_of(feed["url"])).data == before
    done(practice, plan, "stops", {"effective": "2026-11-26", "reason": "No pain left."})
    assert listed(practice, plan)["expires_at"] == "2027-03-01T00:00:00.000Z"


def test_an_end_that_nobody_chose_moves_with_the_plan(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    practice.prescriber.feed(plan)
    longer = ACUTE | {"courses": [{"medicine": "paracetamol", "regimen": "regular", "days": 21}]}

    done(practice, plan, "amendments", {"request": longer, "reason": "Longer."})

    assert listed(practice, plan)["expires_at"] == "2027-01-12T23:59:59.000Z"


@pytest.mark.parametrize(
    ("wish", "pointer"),
    [
        ({"medicines": ["codeine"]}, "#/medicines/0"),
        ({"medicines": []}, "#/medicines"),
        ({"labels": {"codeine": "red"}}, "#/labels"),
        ({"labels": {"naproxen": "a label that is far too long"}}, "#/labels/naproxen"),
        ({"labels": ["naproxen"]}, "#/labels"),
        ({"expires_at": "2026-11-01T00:00:00Z"}, "#/expires_at"),
        ({"expires_at": "2036-11-01T00:00:00Z"}, "#/expires_at"),
        ({"group": "colour"}, "#/group"),
    ],
)
def test_a_wish_that_can_not_be_is_refused(
    practice: Practice, wish: dict[str, Any], pointer: str
) -> None:
    plan = practice.prescriber.issued()
    feed = practice.prescriber.feed(plan)

    for answer in (
        practice.prescriber.post(f"{plan}/feeds", {"name": "Mum"} | wish),
        practice.prescriber.send("PATCH", f"{plan}/feeds/{feed['id']}", wish),
    ):
        assert answer.status_code == 422, answer.text
        assert [e["pointer"] for e in answer.get_json()["errors"]] == [pointer]


def test_a_prescriber_sees_whether_a_calendar_has_picked_up_the_plan(practice: Practice) -> None:
    prescriber, nobody = practice.prescriber, practice.nobody
    plan = prescriber.issued()
    address = path_of(prescriber.feed(plan)["url"])

    def told() -> tuple[object, ...]:
        feed = listed(practice, plan)
        return feed["last_fetched"], feed["served_revision"], feed["stale"], feed["freshness"]

    assert told() == (None, None, True, "this calendar has never been fetched")
    etag = nobody.get(address).headers["ETag"]
    hour = "2026-11-22T03:00:00.000Z"
    assert told() == (hour, 1, False, "this calendar shows revision 1 (last fetched 0 h ago)")
    done(practice, plan, "stops", {"effective": "2026-11-26", "reason": "No pain left."})
    practice.clock.now = BEGUN + timedelta(hours=30)
    late = "this calendar has not picked up revision 2 (last fetched 30 h ago)"
    assert told() == (hour, 1, True, late)
    nobody.send("HEAD", address)
    assert told() == (hour, 1, True, late)
    assert nobody.get(address, If_None_Match=etag).status_code == 200
    assert told()[1:3] == (2, False)
    feed = listed(practice, plan)["id"]
    prescriber.send("PATCH", f"{plan}/feeds/{feed}", {"detail": "full"})
    assert told()[1:] == (
        2,
        True,
        "this calendar has not picked up its latest change (last fetched 0 h ago)",
    )
    nobody.get(address)
    assert told()[2] is False


@pytest.mark.parametrize(("days", "doses"), [(60, True), (75, False)])
def test_a_feed_shows_sixty_days_of_the_past(practice: Practice, days: int, *, doses: bool) -> None:
    plan = practice.prescriber.issued()
    practice.clock.now = BEGUN + timedelta(days=days)
    feed = practice.prescriber.feed(plan, expires_at="2027-06-01T00:00:00Z")

    shown = practice.nobody.get(path_of(feed["url"])).text

    assert ("DTSTART;TZID=" in shown) is doses


@pytest.mark.only_on("sqlite")
def test_polls_write_once_an_hour_and_never_while_they_are_answered(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    address = path_of(practice.prescriber.feed(plan)["url"])
    parts = practice.app.extensions["medplan"].parts

    with statements(practice.database.engine) as polled:
        for minute in range(20):
            practice.clock.now = BEGUN + timedelta(minutes=minute)
            practice.nobody.get(address)
    with statements(practice.database.engine) as written:
        write_fetches(parts)
        write_fetches(parts)

    assert {text.partition(" ")[0] for text in polled} == {"SELECT"}
    assert len(polled) == 20
    assert written.count("COMMIT") == 1
    assert sum(text.startswith("UPDATE feed ") for text in written) == 1


def test_a_new_address_has_been_fetched_by_nobody(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    feed = practice.prescriber.feed(plan)
    practice.nobody.get(path_of(feed["url"]))
    listed(practice, plan)

    practice.prescriber.post(f"{plan}/feeds/{feed['id']}/rotate")

    assert listed(practice, plan)["last_fetched"] is None


def test_a_revoked_feed_keeps_no_bytes(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    feed = practice.prescriber.feed(plan)
    practice.prescriber.send("DELETE", f"{plan}/feeds/{feed['id']}")

    with practice.seen.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM feed_body").scalar() == 0


def test_reading_renders_nothing(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    address = path_of(practice.prescriber.feed(practice.prescriber.issued())["url"])

    def refuse(*_given: object) -> bytes:
        msg = "a feed was rendered while it was read"
        raise AssertionError(msg)

    monkeypatch.setattr("medplan.ical.rendering.render_calendar", refuse)
    got = practice.nobody.get(address)

    assert got.status_code == 200
    again = practice.nobody.get(address, If_None_Match=got.headers["ETag"])
    assert (again.status_code, again.headers["ETag"]) == (304, got.headers["ETag"])


def test_a_cancellation_takes_back_the_files_of_every_revision(practice: Practice) -> None:
    prescriber, nobody = practice.prescriber, practice.nobody
    plan = prescriber.issued()
    feed = path_of(prescriber.feed(plan, group="medicine", medicines=["naproxen"])["url"])
    ways = (f"{plan}.ics?detail=full", f"{plan}.ics", f"{feed.removesuffix('.ics')}/plan.ics")
    files = [nobody.get(w).text if "/f/" in w else prescriber.get(w).text for w in ways]
    done(practice, plan, "stops", {"effective": "2026-11-26", "reason": "No pain left."})
    files += [nobody.get(w).text if "/f/" in w else prescriber.get(w).text for w in ways]

    twin = prescriber.get(f"{plan}/cancel.ics")

    assert twin.headers["Content-Disposition"] == 'attachment; filename="cancel.ics"'
    assert {uid for file in files for uid in numbers(file, "UID")} <= numbers(twin.text, "UID")
    assert numbers(files[0], "UID") != numbers(files[3], "UID")
    assert (numbers(twin.text, "STATUS"), numbers(twin.text, "SEQUENCE")) == ({"CANCELLED"}, {"3"})
    assert "METHOD:CANCEL" in twin.text
    assert "aproxen" not in twin.text
    assert "BEGIN:VALARM" in files[0]
    assert "BEGIN:VALARM" not in twin.text
    assert "BEGIN:VALARM" not in prescriber.get(f"{plan}.ics?alarms=0").text


def test_a_revision_leaves_alone_what_it_does_not_change(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    address = path_of(practice.prescriber.feed(plan, detail="full")["url"])
    before = practice.nobody.get(address).data
    practice.clock.now = BEGUN + timedelta(hours=1)
    done(
        practice,
        plan,
        "stops",
        {"medicine": "paracetamol", "effective": "2026-11-25", "reason": "No pain left."},
    )

    after = practice.nobody.get(address).data

    old, new = ({e.uid: e for e in events_of(body)} for body in (before, after))
    unchanged = [uid for uid in new if uid in old and new[uid] == old[uid]]
    assert unchanged
    assert any(b"Naproxen 250 mg" in new[uid].octets for uid in unchanged)
    changed = [event.stamp for uid, event in new.items() if uid not in unchanged]
    assert {(s.revision, s.sequence, s.at) for s in changed} == {
        (2, 2, practice.clock.now),
    }
