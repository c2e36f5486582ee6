"""OWASP API6, unrestricted access to sensitive business flows: steps skipped, repeated, hurried.

Repeats under one key and changes at once: `tests/api/test_idempotency.py`. Blocked and major
findings: `tests/api/test_journey.py`.
"""

from tests.api.practice import ACUTE, CHILD, Practice


def test_no_step_of_a_plans_life_is_skipped(practice: Practice) -> None:
    drafted = practice.prescriber.draft()
    path, etag = drafted.headers["Location"], drafted.headers["ETag"]
    acts = {
        "stops": {"reason": "x"},
        "holds": {"reason": "x", "days": 7},
        "completions": {"reason": "x"},
    }
    for act, body in acts.items():
        assert practice.prescriber.post(f"{path}/{act}", body, etag=etag).status_code == 409
    for way in ("feeds", "patient-links"):
        assert practice.prescriber.post(f"{path}/{way}", {"name": "x"}).status_code == 409


def test_what_is_blocked_is_issued_by_no_acknowledgement(practice: Practice) -> None:
    drafted = practice.prescriber.draft(CHILD)
    codes = [finding["code"] for finding in drafted.get_json()["findings"]]
    body = {"acknowledged": [{"code": code, "reason": "Trust me."} for code in codes]}
    path, etag = drafted.headers["Location"], drafted.headers["ETag"]

    assert practice.prescriber.post(f"{path}/issue", body, etag=etag).status_code in {409, 422}
    assert practice.prescriber.get(path).get_json()["status"] == "draft"


def test_an_old_version_issues_nothing(practice: Practice) -> None:
    drafted = practice.prescriber.draft()
    path, etag = drafted.headers["Location"], drafted.headers["ETag"]
    assert (
        practice.prescriber.send(
            "PUT", path, ACUTE | {"start": "2026-11-25"}, etag=etag
        ).status_code
        == 200
    )

    assert practice.prescriber.post(f"{path}/issue", etag=etag).status_code == 412


def test_a_dry_run_can_not_be_taken_for_the_real_thing(practice: Practice) -> None:
    drafted = practice.prescriber.draft()
    path, etag = drafted.headers["Location"], drafted.headers["ETag"]
    tried = practice.prescriber.post(f"{path}/issue?dry_run=true", etag=etag)

    assert tried.status_code == 200
    assert practice.prescriber.get(path).get_json()["status"] == "draft"
    twice = practice.prescriber.post(f"{path}/issue?dry_run=true&dry_run=false", etag=etag)
    assert twice.status_code == 422
