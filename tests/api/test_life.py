"""What becomes of an issued plan, over HTTP, and what its calendar shows of it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from medplan.store.tables import AuditRow
from tests.api.practice import ACUTE, BEGUN, Practice, path_of

AMITRIPTYLINE = {"medicine": "amitriptyline", "regimen": "titration", "days": 42, "target_mg": "30"}
PARACETAMOL = {"medicine": "paracetamol", "regimen": "regular", "days": 14}
TITRATION = ACUTE | {"courses": [AMITRIPTYLINE, PARACETAMOL]}
TRAMADOL = ACUTE | {
    "courses": [
        {
            "medicine": "tramadol",
            "regimen": "short-course",
            "days": 10,
            "dose_mg": "100",
            "times_per_day": 2,
        }
    ]
}
STAMPS = re.compile(r"^(?:SEQUENCE|LAST-MODIFIED|DTSTAMP):.*\r\n", re.MULTILINE)


def act(practice: Practice, path: str, name: str, body: object = None) -> TestResponse:
    """Do something to a plan at the version that it has now."""
    etag = practice.prescriber.get(path).headers["ETag"]
    return practice.prescriber.post(f"{path}/{name}", body, etag=etag)


def done(practice: Practice, path: str, name: str, body: object = None) -> dict[str, Any]:
    """Do something that is allowed."""
    answer = act(practice, path, name, body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def on_day(practice: Practice, day: int) -> None:
    """Set the clock to a day of December 2026, in the morning where the patient is."""
    practice.clock.now = datetime(2026, 12, day, 20, tzinfo=UTC) - timedelta(days=1)


def unfolded(calendar: str) -> str:
    """A calendar with its folded lines joined."""
    return calendar.replace("\r\n ", "")


def events(calendar: str) -> dict[str, str]:
    """A calendar's events by UID, without what every new version of it may change: the stamps,
    and the number of the plan's revision in the text."""
    parts = re.findall(r"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", unfolded(calendar), re.DOTALL)
    found = {part.partition("UID:")[2].partition("\r\n")[0]: part for part in parts}
    return {
        uid: re.sub(r"Plan revision \d+", "Plan revision", STAMPS.sub("", part))
        for uid, part in found.items()
    }


def numbers(calendar: str, name: str) -> set[str]:
    """Every value that one property of the events has."""
    return set(re.findall(rf"^{name}:(.*)\r$", calendar, re.MULTILINE))


def dose(calendar: str, summary: str) -> list[str]:
    """The rule of every series with this title."""
    return [
        part.partition("RRULE:")[2].partition("\r\n")[0]
        for part in events(calendar).values()
        if f"SUMMARY:{summary}\r\n" in part
    ]


def test_a_feed_keeps_the_decided_dose_until_an_increase_is_recorded(practice: Practice) -> None:
    path = practice.prescriber.issued(TITRATION)
    feed = path_of(practice.prescriber.feed(path, detail="full")["url"])
    before = practice.nobody.get(feed).text
    assert dose(before, "Amitriptyline 10 mg") == ["FREQ=DAILY;COUNT=42"]
    assert "20 mg" not in before

    practice.clock.now = BEGUN + timedelta(days=8)
    revised = done(practice, path, "decisions", {"medicine": "amitriptyline", "choice": "increase"})
    after = practice.nobody.get(feed).text

    assert (revised["revision"], revised["status"]) == (2, "active")
    assert dose(after, "Amitriptyline 10 mg") == ["FREQ=DAILY;COUNT=7"]
    assert dose(after, "Amitriptyline 20 mg") == ["FREQ=DAILY;COUNT=35"]
    assert "30 mg" not in after
    assert (numbers(before, "SEQUENCE"), numbers(after, "SEQUENCE")) == ({"1"}, {"1", "2"})
    assert "20261130T033000Z" in numbers(after, "LAST-MODIFIED")
    was, now = events(before), events(after)
    kept = {uid for uid in was if "Paracetamol" in was[uid]}
    assert kept
    assert {uid: was[uid] for uid in kept} == {uid: now[uid] for uid in kept}
    changed = {uid for uid in was.keys() & now.keys() if was[uid] != now[uid]}
    assert {"COUNT=42" in was[uid] for uid in changed if "RRULE" in was[uid]} >= {True}


def test_staying_shows_the_same_dose_and_another_day_of_decision(practice: Practice) -> None:
    path = practice.prescriber.issued(TITRATION)
    practice.clock.now = BEGUN + timedelta(days=8)

    stayed = done(practice, path, "decisions", {"medicine": "amitriptyline", "choice": "stay"})

    days = [d["day"] for d in stayed["decisions"]]
    assert days[0] == "2026-12-07"


def test_planning_ahead_shows_conditional_steps_and_only_where_it_was_chosen(
    practice: Practice,
) -> None:
    path = practice.prescriber.issued(TITRATION)
    feed = path_of(practice.prescriber.feed(path, detail="full")["url"])
    wish = {"medicine": "amitriptyline", "advance": "planned"}

    chosen = done(practice, path, "advances", wish)
    ahead = practice.nobody.get(feed).text
    assert chosen["revision"] == 1
    assert dose(ahead, "Amitriptyline 20 mg (only if you agreed to go up)")
    assert numbers(ahead, "SEQUENCE") == {"1", "2"}
    done(practice, path, "advances", wish | {"advance": "decided"})
    assert "20 mg" not in practice.nobody.get(feed).text
    refused = act(practice, path, "advances", wish | {"medicine": "codeine"})
    assert refused.status_code == 422
    assert done(practice, path, "decisions", wish)["revision"] == 1  # the same by another door
    assert "20 mg" in practice.nobody.get(feed).text


def test_an_advance_decides_nothing(practice: Practice) -> None:
    path = practice.prescriber.issued(TITRATION)
    advance = {"advance": "planned"}
    for wish, pointers in (
        ({"choice": "increase", "reason": "Both."}, ["#/choice", "#/medicine", "#/reason"]),
        ({"medicine": "amitriptyline", "by": "prescriber"}, ["#/by"]),
    ):
        refused = act(practice, path, "decisions", advance | wish)
        assert [error["pointer"] for error in refused.get_json()["errors"]] == pointers
    for no_object in ([], ["choice"], "choice", 1):
        assert act(practice, path, "decisions", no_object).status_code == 422
    neither = act(practice, path, "decisions", {"medicine": "amitriptyline"}).get_json()
    assert [(e["pointer"], e["code"]) for e in neither["errors"]] == [("#/choice", "missing")]


def test_a_stop_shortens_the_series_and_adds_the_day(practice: Practice) -> None:
    path = practice.prescriber.issued()
    full = path_of(practice.prescriber.feed(path, detail="full", group="medicine")["url"])
    discreet = path_of(practice.prescriber.feed(path)["url"])
    before = events(practice.nobody.get(full).text)
    stop = {"medicine": "naproxen", "effective": "2026-11-26", "reason": "Stomach ache."}

    stopped = done(practice, path, "stops", stop)

    assert stopped["status"] == "active"
    after = events(practice.nobody.get(full).text)
    series = {uid for uid in before if "Naproxen 250" in before[uid] and "RRULE" in before[uid]}
    assert series
    for uid in series:
        assert before[uid].replace("COUNT=7", "COUNT=3") == after[uid]
    stops = [e for e in after.values() if "SUMMARY:STOP Naproxen" in e]
    assert [re.findall(r"DTSTART;VALUE=DATE:(\d+)", e) for e in stops] == [["20261126"]]
    changes = [e for e in events(practice.nobody.get(discreet).text).values() if "Plan change" in e]
    assert any("DTSTART;VALUE=DATE:20261126" in e for e in changes)
    assert "CANCELLED" not in practice.nobody.get(full).text


def test_a_stop_of_everything_stops_the_plan(practice: Practice) -> None:
    path = practice.prescriber.issued()

    stopped = done(practice, path, "stops", {"effective": "2026-11-26", "reason": "No pain left."})

    assert stopped["status"] == "stopped"
    assert act(practice, path, "holds").status_code == 409
    rows = practice.prescriber.get(f"{path}/revisions/2/changes").get_json()["items"]
    assert {(r["medicine"], r["kind"], r["from"]) for r in rows} == {
        ("paracetamol", "stopped", "2026-11-26"),
        ("naproxen", "stopped", "2026-11-26"),
    }


def test_a_stop_that_needs_a_taper_goes_on_until_it_is_over(practice: Practice) -> None:
    path = practice.prescriber.issued(TRAMADOL)
    stop = {"medicine": "tramadol", "effective": "2026-11-28", "reason": "Too drowsy."}

    stopped = done(practice, path, "stops", stop)

    assert (stopped["status"], stopped["end"]) == ("active", "2026-11-30")
    on_day(practice, 1)
    assert done(practice, path, "completions")["status"] == "completed"


def test_leaving_out_a_needed_taper_wants_a_reason_that_is_kept(practice: Practice) -> None:
    path = practice.prescriber.issued(TRAMADOL)
    stop = {
        "medicine": "tramadol",
        "effective": "2026-11-28",
        "reason": "Allergic.",
        "taper": "none",
    }

    refused = act(practice, path, "stops", stop)
    assert refused.status_code == 409
    left_open = refused.get_json()["findings"]
    assert "taper-left-out:tramadol:2026-11-28" in left_open
    told = {f["code"]: f for f in refused.get_json()["issues"]}
    assert list(told) == left_open
    assert told["taper-left-out:tramadol:2026-11-28"]["severity"] == "major"
    assert all(f["message"] and f["sources"] for f in told.values())
    assert practice.prescriber.get(path).get_json()["revision"] == 1
    reasons = [{"code": code, "reason": "A rash since yesterday."} for code in left_open]
    stopped = done(practice, path, "stops", stop | {"acknowledged": reasons})

    assert stopped["status"] == "stopped"
    assert reasons[0] in stopped["request"]["acknowledged"]
    assert reasons[0] in done(practice, path, "errors")["request"]["acknowledged"]
    stray = [{"code": "no:such", "reason": "There is no such finding."}]
    other = practice.prescriber.issued(TRAMADOL)
    wrong = act(practice, other, "stops", stop | {"acknowledged": stray})
    assert [e["pointer"] for e in wrong.get_json()["errors"]] == ["#/acknowledged/0/code"]


def test_a_hold_moves_later_steps_and_resuming_moves_them_back(practice: Practice) -> None:
    path = practice.prescriber.issued(TITRATION)
    feed = path_of(practice.prescriber.feed(path)["url"])

    hold = {"days": 14, "effective": "2026-11-28", "reason": "On holiday."}
    held = done(practice, path, "holds", hold)
    assert held["status"] == "on-hold"
    assert held["decisions"][0]["day"] == "2026-12-14"
    on_day(practice, 9)
    resumed = done(practice, path, "resumes")

    assert (resumed["status"], resumed["revision"]) == ("active", 3)
    assert resumed["courses"][0]["steps"][1]["first_day"] == "2026-12-09"
    assert act(practice, path, "resumes").status_code == 409
    assert numbers(practice.nobody.get(feed).text, "SEQUENCE") == {"1", "3"}


def test_an_amendment_changes_only_what_it_is_about(practice: Practice) -> None:
    path = practice.prescriber.issued(TITRATION)
    feed = path_of(practice.prescriber.feed(path, detail="full")["url"])
    practice.clock.now = BEGUN + timedelta(days=8)
    done(practice, path, "decisions", {"medicine": "amitriptyline", "choice": "increase"})
    before = events(practice.nobody.get(feed).text)
    longer = TITRATION | {"courses": [AMITRIPTYLINE, PARACETAMOL | {"days": 20}]}
    amendment = {"request": longer, "effective": "2026-12-02", "reason": "More pain."}

    done(practice, path, "amendments", amendment)

    after = events(practice.nobody.get(feed).text)
    same = {uid for uid in before if "SUMMARY:Amitriptyline" in before[uid]}
    assert {uid: before[uid] for uid in same} == {uid: after.get(uid) for uid in same}
    rows = practice.prescriber.get(f"{path}/revisions/3/changes").get_json()["items"]
    assert {r["medicine"]: (r["kind"], r["from"]) for r in rows} == {
        "amitriptyline": ("continued", "2026-11-23"),
        "paracetamol": ("changed", "2026-12-07"),
    }


def test_an_amendment_tells_every_fault_where_it_stands(practice: Practice) -> None:
    path = practice.prescriber.issued()
    another = ACUTE | {"patient": ACUTE["patient"] | {"reference": "invented:other"}}
    unknown = ACUTE | {"courses": [{"medicine": "nosuch", "regimen": "regular"}]}
    reasons = [{"code": "no:such", "reason": "There is no such finding."}]
    faults: dict[str, dict[str, Any]] = {
        "#/request/patient/reference": {"request": another},
        "#/request/courses/0/medicine": {"request": unknown},
        "#/request/acknowledged/0/code": {"request": ACUTE | {"acknowledged": reasons}},
        "#/acknowledged/0/code": {"request": ACUTE, "acknowledged": reasons},
    }

    for pointer, body in faults.items():
        refused = act(practice, path, "amendments", body | {"reason": "Because."})
        assert refused.status_code == 422, refused.text
        assert [e["pointer"] for e in refused.get_json()["errors"]] == [pointer]
    assert act(practice, path, "amendments", {"reason": "No request."}).status_code == 422


def test_a_plan_keeps_its_zone_once_a_day_of_it_is_over(practice: Practice) -> None:
    """Evening doses in London and morning doses in Auckland lie an hour apart, not a night."""
    path = practice.prescriber.issued()
    moved = {"request": ACUTE | {"time_zone": "Europe/London"}, "reason": "Flies to London."}

    refused = act(practice, path, "amendments", moved | {"effective": "2026-11-25"})
    done(practice, path, "amendments", moved | {"effective": "2026-11-23"})

    assert [(e["pointer"], e["code"]) for e in refused.get_json()["errors"]] == [
        ("#/request/time_zone", "contradiction")
    ]
    assert practice.prescriber.get(path).get_json()["time_zone"] == "Europe/London"


def test_a_plan_entered_in_error_shows_no_schedule_any_more(practice: Practice) -> None:
    path = practice.prescriber.issued()
    feed = path_of(practice.prescriber.feed(path, detail="full")["url"])

    wrong = done(practice, path, "errors", {"reason": "Meant for somebody else."})

    shown = events(practice.nobody.get(feed).text)
    assert wrong["status"] == "entered-in-error"
    assert ["SUMMARY:No current schedule" in event for event in shown.values()] == [True]
    assert act(practice, path, "errors").status_code == 409
    assert "No current schedule" in practice.prescriber.get(f"{path}.ics").text


def test_a_plan_entered_in_error_has_nothing_to_follow_in_any_shape(practice: Practice) -> None:
    path = practice.prescriber.issued()
    shapes = ("doses", "supply", "supply-periods", "questions")
    practice.clock.now += timedelta(days=2)
    assert all(practice.prescriber.get(f"{path}/{s}").get_json()["items"] for s in shapes)

    done(practice, path, "errors", {"reason": "Meant for somebody else."})

    for shape in shapes:
        assert practice.prescriber.get(f"{path}/{shape}").get_json() == {"items": []}, shape
    assert practice.prescriber.get(f"{path}.csv").text.count("\r\n") == 1
    text = practice.prescriber.get(f"{path}/text").text
    assert text.startswith("ENTERED IN ERROR: do not follow this plan.")
    assert "naproxen" not in text.partition("STOPS")[2]
    assert practice.prescriber.get(f"{path}.pdf").status_code == 409
    assert practice.prescriber.get(path).get_json()["courses"]  # what it was stays to be seen


def test_the_words_of_a_plan_say_first_where_it_stands(practice: Practice) -> None:
    draft = practice.prescriber.draft().headers["Location"]
    path = practice.prescriber.issued()

    def said(place: str) -> str:
        return practice.prescriber.get(f"{place}/text").text.partition(" ")[0]

    found = [said(draft), said(path)]
    practice.clock.now += timedelta(days=2)
    done(practice, path, "stops", {"reason": "Better."})
    found.append(said(path))

    assert found == ["DRAFT:", "Plan", "STOPPED:"]


def test_a_plan_with_doses_left_is_not_completed(practice: Practice) -> None:
    path = practice.prescriber.issued()

    refused = act(practice, path, "completions")

    assert refused.status_code == 409
    assert refused.get_json()["type"] == "https://plans.example.org/problems/doses-left"


def test_a_draft_can_only_be_issued(practice: Practice) -> None:
    path = practice.prescriber.draft().headers["Location"]

    for name, body in (
        ("stops", {"reason": "Because."}),
        ("holds", None),
        ("resumes", None),
        ("decisions", {"medicine": "naproxen", "choice": "stay"}),
        ("amendments", {"request": ACUTE, "reason": "Because."}),
        ("advances", {"medicine": "naproxen", "advance": "planned"}),
        ("completions", None),
        ("errors", None),
    ):
        assert act(practice, path, name, body).status_code == 409, name


def test_an_act_wants_a_key_and_the_version_that_was_read(practice: Practice) -> None:
    prescriber = practice.prescriber
    path = prescriber.issued()
    etag = prescriber.get(path).headers["ETag"]
    stop = {"medicine": "naproxen", "effective": "2026-11-26", "reason": "Stomach ache."}

    assert prescriber.post(f"{path}/stops", stop).status_code == 428
    assert prescriber.send("POST", f"{path}/stops", stop, etag=etag).status_code == 400
    assert prescriber.post(f"{path}/stops", stop, etag='"v1"').status_code == 412
    first = prescriber.send("POST", f"{path}/stops", stop, etag=etag, key="once")
    again = prescriber.send("POST", f"{path}/stops", stop, etag=etag, key="once")

    assert (first.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert first.data == again.data
    assert first.headers["ETag"] != etag
    assert len(prescriber.get(f"{path}/revisions").get_json()["items"]) == 2
    assert practice.stranger.post(f"{path}/stops", stop, etag=etag).status_code == 404
    assert practice.pharmacist.post(f"{path}/stops", stop, etag=etag).status_code == 403


@pytest.mark.parametrize("effective", ["2020-01-01", "2026-11-22", "2026-12-31", "2090-01-01"])
def test_an_act_on_a_day_outside_the_plan_is_refused(practice: Practice, effective: str) -> None:
    path = practice.prescriber.issued()
    stop = {"effective": effective, "reason": "Out of range."}

    assert act(practice, path, "stops", stop).status_code in {200, 422}
    body = {"medicine": "naproxen", "choice": "increase", "effective": effective}
    assert act(practice, path, "decisions", body).status_code in {409, 422}


def test_a_revision_says_who_did_what_from_when_and_why(practice: Practice) -> None:
    path = practice.prescriber.issued()
    stop = {"medicine": "naproxen", "effective": "2026-11-26", "reason": "Stomach ache."}
    done(practice, path, "stops", stop)

    rows = practice.prescriber.get(f"{path}/revisions").get_json()["items"]
    told = [(r["number"], r["act"], r["effective"], r["reason"]) for r in rows]
    assert told == [(1, "issue", None, "issued"), (2, "stop", "2026-11-26", "Stomach ache.")]
    with practice.seen.reading.begin() as session:
        acts = session.scalars(select(AuditRow.act).where(AuditRow.act.like("plan.%"))).all()
    assert sorted(set(acts)) == ["plan.draft", "plan.issue", "plan.read", "plan.stop"]


def test_the_first_revision_is_all_new(practice: Practice) -> None:
    path = practice.prescriber.issued()

    rows = practice.prescriber.get(f"{path}/revisions/1/changes").get_json()["items"]

    assert {(r["kind"], tuple(r["before"])) for r in rows} == {("new", ())}
    assert practice.prescriber.get(f"{path}/revisions/2/changes").status_code == 404


def test_a_resync_goes_on_from_what_is_taken_and_never_up(practice: Practice) -> None:
    path = practice.prescriber.issued(TRAMADOL)
    wish = {"medicine": "tramadol", "effective": "2026-11-26", "reason": "Says so at the visit."}

    lower = done(practice, path, "resyncs", wish | {"taking": {"daily_mg": "100"}})
    assert lower["revision"] == 2
    assert [s["daily_mg"] for s in lower["courses"][0]["steps"]][:2] == ["200", "100"]
    higher = {"slots": {"morning": "100", "evening": "100"}}
    refused = act(practice, path, "resyncs", wish | {"taking": higher})
    assert (refused.status_code, refused.get_json()["errors"][0]["pointer"]) == (
        422,
        "#/taking/slots",
    )
    both = act(practice, path, "resyncs", wish | {"taking": {"daily_mg": "50", **higher}})
    assert both.get_json()["errors"][0]["pointer"] == "#/taking/slots"
    none = done(practice, path, "resyncs", wish | {"taking": {"daily_mg": "0"}})
    assert none["status"] == "stopped"
    rows = practice.prescriber.get(f"{path}/revisions").get_json()["items"]
    assert [row["act"] for row in rows] == ["issue", "resync", "resync"]


def test_missed_days_are_told_when_a_hold_ends(practice: Practice) -> None:
    path = practice.prescriber.issued(TRAMADOL)
    done(practice, path, "holds", {"days": 14, "effective": "2026-11-26"})

    missed = {"effective": "2026-12-04", "missed_days": 7}
    refused = act(practice, path, "resumes", missed)

    assert refused.status_code == 422
    assert refused.get_json()["errors"] == [
        {
            "pointer": "#/missed_days",
            "code": "tolerance-lost",
            "detail": "after 7 days without Tramadol its old dose is not offered again: stop it, "
            "or amend the plan with a dose to begin with",
        }
    ]
