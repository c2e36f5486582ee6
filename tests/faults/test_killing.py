"""A process killed in the midst of a write loses nothing that it said was done."""

import pytest

from tests.api.practice import ACUTE, Practice
from tests.faults.killing import (
    AMENDMENT_POINTS,
    DRAFT_POINTS,
    KEY,
    Point,
    amendment,
    disagreements,
    killed_at,
)


@pytest.mark.parametrize("point", AMENDMENT_POINTS, ids=lambda point: point.name)
def test_a_killed_amendment_is_whole_or_never_was(practice: Practice, point: Point) -> None:
    path = practice.prescriber.issued()
    practice.prescriber.feed(path)
    etag = practice.prescriber.get(path).headers["ETag"]

    def send() -> object:
        return practice.prescriber.send(
            "POST", f"{path}/amendments", amendment(4), key=KEY, etag=etag
        )

    assert killed_at(practice, point, send)
    left = practice.prescriber.get(path).get_json()["revision"]
    assert left == (2 if point.name == "after commit" else 1)
    assert disagreements(practice) == []

    again = practice.prescriber.send("POST", f"{path}/amendments", amendment(4), key=KEY, etag=etag)
    assert (again.status_code, again.get_json()["revision"]) == (200, 2)
    assert again.headers.get("Idempotent-Replayed") == ("true" if left == 2 else None)
    assert disagreements(practice) == []


@pytest.mark.parametrize("point", DRAFT_POINTS, ids=lambda point: point.name)
def test_a_killed_draft_is_whole_or_never_was(practice: Practice, point: Point) -> None:
    def send() -> object:
        return practice.prescriber.send("POST", "/api/v1/plans", ACUTE, key=KEY)

    practice.prescriber.get("/api/v1/plans")  # an hour's first use of a token is written down
    assert killed_at(practice, point, send)
    left = practice.prescriber.get("/api/v1/plans").get_json()["items"]
    assert len(left) == (1 if point.name == "after commit" else 0)

    again = practice.prescriber.send("POST", "/api/v1/plans", ACUTE, key=KEY)
    assert again.status_code == 201
    assert len(practice.prescriber.get("/api/v1/plans").get_json()["items"]) == 1
    assert disagreements(practice) == []
