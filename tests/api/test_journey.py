"""From a request to a calendar on a phone, over HTTP, on a real database file."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from medplan.documents.plan import document_to_plan, dump_plan
from medplan.store.tables import AuditRow, DraftRow
from tests.api.practice import ACUTE, BEGUN, CHILD, UNLISTED, Practice, path_of

LIFE = ("id", "status", "revision", "created_at", "updated_at", "request")


def plan_part(body: dict[str, Any], *more: str) -> str:
    """The plan inside an answer, as the text that was made."""
    kept = {name: value for name, value in body.items() if name not in (*LIFE, *more)}
    return dump_plan(document_to_plan(kept))


def test_a_plan_goes_from_draft_to_a_feed_that_is_read_and_revoked(practice: Practice) -> None:
    prescriber, nobody = practice.prescriber, practice.nobody
    drafted = prescriber.draft()
    path = drafted.headers["Location"]
    assert (drafted.get_json()["status"], drafted.get_json()["revision"]) == ("draft", None)

    issued = prescriber.post(f"{path}/issue", etag=drafted.headers["ETag"])
    assert (issued.status_code, issued.get_json()["status"]) == (200, "active")
    assert issued.get_json()["revision"] == 1

    feed = prescriber.feed(path)
    feed_path = path_of(feed["url"])
    first = nobody.get(feed_path)
    assert first.status_code == 200
    assert first.data.startswith(b"BEGIN:VCALENDAR\r\n")

    again = nobody.get(feed_path, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")

    revoked = prescriber.send("DELETE", f"{path}/feeds/{feed['id']}")
    assert revoked.status_code == 204
    assert nobody.get(feed_path).status_code == 404
    assert prescriber.get(f"{path}/feeds").get_json()["items"][0]["revoked_at"] is not None


def test_preview_draft_and_revision_hold_the_same_plan_byte_for_byte(practice: Practice) -> None:
    prescriber = practice.prescriber
    preview = prescriber.send("POST", "/api/v1/previews", ACUTE)
    path = prescriber.issued()
    stored = prescriber.get(path).get_json()
    revision = prescriber.get(f"{path}/revisions/1").get_json()

    assert preview.text == plan_part(stored)
    assert preview.text == plan_part(
        revision,
        "number",
        "act",
        "effective",
        "made_at",
        "made_by",
        "reason",
        "formulary_version",
        "tzdata_version",
    )


def test_what_is_kept_of_a_plan_is_answered_as_it_stands_behind_its_life(
    practice: Practice,
) -> None:
    prescriber = practice.prescriber
    preview = prescriber.send("POST", "/api/v1/previews", ACUTE)
    path = prescriber.issued()
    for answer in (prescriber.get(path), prescriber.get(f"{path}/revisions/1")):
        assert answer.text.endswith("," + preview.text.removeprefix("{"))
        members = json.loads(
            answer.text, object_pairs_hook=lambda pairs: [name for name, _ in pairs]
        )
        assert len(members) == len(set(members))


def test_a_preview_answers_200_also_when_the_plan_is_blocked(practice: Practice) -> None:
    answer = practice.prescriber.send("POST", "/api/v1/previews", CHILD)

    assert answer.status_code == 200
    assert answer.get_json()["issuable"] is False


def test_a_preview_stores_nothing(practice: Practice) -> None:
    practice.prescriber.send("POST", "/api/v1/previews", ACUTE)

    assert practice.prescriber.get("/api/v1/plans").get_json()["items"] == []
    with practice.seen.reading.begin() as session:
        assert "plan.draft" not in set(session.scalars(select(AuditRow.act)))


def test_every_change_leaves_its_line_and_no_refusal_does(practice: Practice) -> None:
    prescriber = practice.prescriber
    path = prescriber.issued()
    feed = prescriber.feed(path)
    prescriber.post(f"{path}/feeds/{feed['id']}/rotate")
    prescriber.send("DELETE", f"{path}/feeds/{feed['id']}")
    prescriber.send("DELETE", f"{path}/feeds/{feed['id']}")
    other = prescriber.draft()
    place, etag = other.headers["Location"], other.headers["ETag"]
    etag = prescriber.send("PUT", place, ACUTE, etag=etag).headers["ETag"]
    prescriber.send("DELETE", place, etag='"v1"')
    prescriber.send("DELETE", place, etag=etag)

    plan, dropped = path.rpartition("/")[2], place.rpartition("/")[2]
    with practice.seen.reading.begin() as session:
        lines = session.execute(
            select(AuditRow.act, AuditRow.subject).where(AuditRow.user_id.is_not(None))
        ).all()
    assert sorted(lines) == sorted(
        [
            ("plan.draft", plan),
            ("plan.issue", plan),
            ("feed.create", feed["id"]),
            ("feed.rotate", feed["id"]),
            ("feed.revoke", feed["id"]),
            ("plan.draft", dropped),
            ("plan.replace-draft", dropped),
            ("plan.delete-draft", dropped),
        ]
    )


def test_a_draft_that_would_now_be_another_plan_must_be_saved_again(practice: Practice) -> None:
    prescriber = practice.prescriber
    drafted = prescriber.draft()
    path = drafted.headers["Location"]
    with practice.seen.writing.begin() as session:
        draft = session.scalars(select(DraftRow)).one()
        draft.plan = draft.plan.replace("sha256:", "sha256:of-an-older-formulary-")

    refused = prescriber.post(f"{path}/issue", etag=drafted.headers["ETag"])
    assert refused.status_code == 409
    assert refused.get_json()["type"] == "https://plans.example.org/problems/plan-changed"
    saved = prescriber.send("PUT", path, ACUTE, etag=drafted.headers["ETag"])
    assert prescriber.post(f"{path}/issue", etag=saved.headers["ETag"]).status_code == 200


def test_a_blocked_draft_is_kept_but_never_issued(practice: Practice) -> None:
    drafted = practice.prescriber.draft(CHILD)
    path = drafted.headers["Location"]

    refused = practice.prescriber.post(f"{path}/issue", etag=drafted.headers["ETag"])

    assert refused.status_code == 409
    assert refused.get_json()["type"] == "https://plans.example.org/problems/open-findings"
    blocks = [f["code"] for f in drafted.get_json()["findings"] if f["severity"] == "block"]
    assert set(blocks) <= set(refused.get_json()["findings"])
    assert practice.prescriber.get(path).get_json()["status"] == "draft"


def test_a_major_finding_is_issued_with_a_reason_that_is_kept(practice: Practice) -> None:
    prescriber = practice.prescriber
    drafted = prescriber.draft(UNLISTED)
    path, etag = drafted.headers["Location"], drafted.headers["ETag"]
    majors = [f["code"] for f in drafted.get_json()["findings"] if f["severity"] == "major"]
    reasons = [{"code": code, "reason": "Checked by hand, as agreed."} for code in majors]
    assert majors

    assert prescriber.post(f"{path}/issue", etag=etag).status_code == 409
    issued = prescriber.post(f"{path}/issue", {"acknowledged": reasons}, etag=etag)

    assert issued.status_code == 200, issued.text
    assert issued.get_json()["request"]["acknowledged"] == reasons
    kept = {f["code"]: f["acknowledged"] for f in issued.get_json()["findings"]}
    assert {kept[code] for code in majors} == {"Checked by hand, as agreed."}
    preview = prescriber.send("POST", "/api/v1/previews", UNLISTED | {"acknowledged": reasons})
    assert preview.text == plan_part(issued.get_json())


def test_a_reason_for_a_finding_that_is_not_there_is_refused(practice: Practice) -> None:
    drafted = practice.prescriber.draft()
    path = drafted.headers["Location"]
    reasons = [{"code": "no:such", "reason": "It is not there at all."}]

    refused = practice.prescriber.post(
        f"{path}/issue", {"acknowledged": reasons}, etag=drafted.headers["ETag"]
    )

    assert refused.status_code == 422
    assert [(e["pointer"], e["code"]) for e in refused.get_json()["errors"]] == [
        ("#/acknowledged/0/code", "not-a-major-finding")
    ]


@pytest.mark.parametrize("act", ["issue", "stops"])
def test_of_two_reasons_for_one_finding_none_is_lost(practice: Practice, act: str) -> None:
    drafted = practice.prescriber.draft()
    reasons = [
        {"code": "one:finding", "reason": "A reason of its own."},
        {"code": "another:finding", "reason": "A reason of its own."},
        {"code": "one:finding", "reason": "Another reason for it."},
    ]
    body = {"acknowledged": reasons} | ({"reason": "Better."} if act == "stops" else {})

    refused = practice.prescriber.post(
        f"{drafted.headers['Location']}/{act}", body, etag=drafted.headers["ETag"]
    )

    assert refused.status_code == 422
    assert [(e["pointer"], e["code"]) for e in refused.get_json()["errors"]] == [
        ("#/acknowledged/2/code", "repeated")
    ]


def test_a_draft_is_replaced_and_dropped_only_at_the_version_that_was_read(
    practice: Practice,
) -> None:
    prescriber = practice.prescriber
    drafted = prescriber.draft()
    path, first = drafted.headers["Location"], drafted.headers["ETag"]
    longer = ACUTE | {"courses": [{"medicine": "paracetamol", "regimen": "regular", "days": 9}]}

    replaced = prescriber.send("PUT", path, longer, etag=first)
    assert (replaced.status_code, replaced.get_json()["end"]) == (200, "2026-12-01")
    stale = prescriber.send("PUT", path, ACUTE, etag=first)
    assert (stale.status_code, stale.get_json()["current_etag"]) == (412, replaced.headers["ETag"])
    assert prescriber.send("DELETE", path).status_code == 428
    assert prescriber.send("DELETE", path, etag=first).status_code == 412
    assert prescriber.send("DELETE", path, etag=replaced.headers["ETag"]).status_code == 204
    assert prescriber.get(path).status_code == 404


def test_what_is_issued_is_neither_changed_nor_dropped(practice: Practice) -> None:
    prescriber = practice.prescriber
    path = prescriber.issued()
    etag = prescriber.get(path).headers["ETag"]

    assert prescriber.send("PUT", path, ACUTE, etag=etag).status_code == 409
    assert prescriber.send("DELETE", path, etag=etag).status_code == 409
    assert prescriber.post(f"{path}/issue", etag=etag).status_code == 409


def test_a_draft_has_no_feed_and_no_calendar(practice: Practice) -> None:
    path = practice.prescriber.draft().headers["Location"]

    assert practice.prescriber.post(f"{path}/feeds", {"name": "Mum"}).status_code == 409
    assert practice.prescriber.get(f"{path}.ics").status_code == 409


def test_the_same_plan_comes_in_other_shapes(practice: Practice) -> None:
    prescriber = practice.prescriber
    path = prescriber.issued()

    calendar = prescriber.get(f"{path}.ics")
    assert calendar.headers["Content-Disposition"] == 'attachment; filename="plan.ics"'
    assert b"BEGIN:VALARM" in calendar.data
    assert prescriber.get(f"{path}/text").text.startswith("Plan from Monday 23 November 2026")
    supply = {
        row["product"]: row["units"] for row in prescriber.get(f"{path}/supply").get_json()["items"]
    }
    assert supply["naproxen-tablet-250"] == "14"
    doses = prescriber.get(f"{path}/doses?from=2026-11-24&to=2026-11-24").get_json()["items"]
    assert {d["day"] for d in doses} == {"2026-11-24"}
    assert [d["instant"] for d in doses if d["medicine"] == "naproxen"] == [
        "2026-11-24T08:00:00+13:00",
        "2026-11-24T20:00:00+13:00",
    ]
    assert prescriber.get(f"{path}/doses?from=2030-01-01").get_json() == {"items": []}


def test_plans_are_listed_newest_first_page_by_page(practice: Practice) -> None:
    prescriber = practice.prescriber
    made = []
    for minute in range(5):
        practice.clock.now = BEGUN + timedelta(minutes=minute)
        made.append(prescriber.draft().get_json()["id"])

    seen, onward = [], "/api/v1/plans?limit=2"
    while onward:
        page = prescriber.get(onward).get_json()
        seen += [item["id"] for item in page["items"]]
        onward = page["next"]

    assert seen == made[::-1]
    since = (BEGUN + timedelta(minutes=3)).isoformat().replace("+00:00", "Z")
    late = prescriber.get(f"/api/v1/plans?updated_since={since}").get_json()["items"]
    assert [item["id"] for item in late] == made[:2:-1]
    assert prescriber.get("/api/v1/plans?status=active").get_json()["items"] == []
    found = prescriber.get("/api/v1/plans?patient=invented:canary-8841").get_json()["items"]
    assert len(found) == len(made)


def test_a_feed_ends_thirty_days_after_its_plan(practice: Practice) -> None:
    path = practice.prescriber.issued()
    feed = practice.prescriber.feed(path)
    feed_path = path_of(feed["url"])

    listed = practice.prescriber.get(f"{path}/feeds").get_json()["items"]
    assert listed[0]["expires_at"] == "2026-12-29T23:59:59.000Z"
    practice.clock.now = datetime(2026, 12, 29, 23, 59, 58, tzinfo=UTC)
    assert practice.nobody.get(feed_path).status_code == 200
    practice.clock.now = datetime(2026, 12, 29, 23, 59, 59, tzinfo=UTC)
    assert practice.nobody.get(feed_path).status_code == 404
