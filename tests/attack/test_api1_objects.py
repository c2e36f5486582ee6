"""OWASP API1, broken object level authorization: other people's objects by every way to name one.

Paths by every role: `tests/access/test_role_matrix.py`. Cursors and filters:
`tests/api/test_refusals.py`. Here: objects under the wrong parent, and in queries and bodies.
"""

import pytest

from tests.api.practice import Practice
from tests.attack.target import make_target


def test_a_feed_is_not_reached_through_another_plan(practice: Practice) -> None:
    target, other = make_target(practice), practice.prescriber.issued()
    feed = f"{other}/feeds/{target.names['feed_id']}"

    assert practice.prescriber.post(f"{feed}/rotate").status_code == 404
    assert practice.prescriber.send("PATCH", feed, {"name": "Mine"}).status_code == 404
    assert practice.prescriber.send("DELETE", feed).status_code == 404
    assert practice.nobody.get(f"/f/{target.feed_token}.ics").status_code == 200


def test_a_patients_link_ends_no_calendar_of_another_plan(practice: Practice) -> None:
    target, other = make_target(practice), practice.prescriber.issued()
    foreign = practice.prescriber.feed(other)["id"]

    for act in ("revoke", "rotate"):
        path = f"/p/{target.link_token}/feeds/{foreign}/{act}"
        form = {"key": f"an-invented-form-key-{act}", "version": "2"}
        assert practice.app.test_client().post(path, data=form).status_code in {403, 404, 409}
    feeds = practice.prescriber.get(f"{other}/feeds").get_json()["items"]
    assert [feed["revoked_at"] for feed in feeds] == [None]


@pytest.mark.parametrize("path", ["/api/v1/plans", "/fhir/R4/CarePlan"])
def test_a_filter_finds_nobody_elses_patient(practice: Practice, path: str) -> None:
    make_target(practice)
    found = practice.stranger.get(f"{path}?patient=invented:canary-8841")

    assert found.status_code == 200
    assert "pln_" not in found.text
    assert found.get_json().get("entry", []) == found.get_json().get("items", []) == []


def test_a_strangers_changes_and_packing_hold_nobody_elses_patient(practice: Practice) -> None:
    make_target(practice)

    for path in ("changes", "packing", "changes.csv", "packing.csv"):
        found = practice.stranger.get(f"/api/v1/{path}?from=2026-11-22&to=2026-11-29")
        assert found.status_code == 200
        assert "canary" not in found.text
