"""A list of plans: its filters, its pages, and what it costs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from medplan.store.ids import PLAN, new_id, read_id, write_id
from medplan.store.tables import PlanRow, UserRow
from tests.api.practice import ACUTE, BEGUN, Practice


def add_plan(practice: Practice, **columns: object) -> str:
    """Add a bare plan of the prescriber's organisation; give its outward id."""
    practice.clock.now += timedelta(milliseconds=5)
    with practice.seen.writing.begin() as session:
        user = session.scalars(
            select(UserRow).where(UserRow.email == "prescriber@example.org")
        ).one()
        row = PlanRow(
            organisation_id=user.organisation_id,
            id=new_id(practice.clock.now),
            **{
                "status": "draft",
                "patient_reference": "invented:canary-8841",
                "version": 1,
                "created_by": user.id,
                "created_at": practice.clock.now,
                "updated_at": practice.clock.now,
            }
            | columns,
        )
        session.add(row)
        return write_id(PLAN, row.id)


def page(practice: Practice, path: str) -> dict[str, Any]:
    """Read a page."""
    answer = practice.prescriber.get(path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def ids(found: dict[str, Any]) -> list[str]:
    """The plans of a page."""
    return [item["id"] for item in found["items"]]


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(there=st.integers(1, 9), limit=st.integers(1, 4), added=st.lists(st.integers(0, 3)))
def test_paging_shows_each_plan_once_while_others_are_added(
    practice: Practice, there: int, limit: int, added: list[int]
) -> None:
    before = set(ids(page(practice, "/api/v1/plans?limit=200")))
    wanted = before | {add_plan(practice) for _ in range(there)}
    seen: list[str] = []
    path: str | None = f"/api/v1/plans?limit={limit}"
    pauses = iter(added)
    while path is not None:
        found = page(practice, path)
        seen += ids(found)
        path = found["next"]
        for _ in range(next(pauses, 0)):
            add_plan(practice)

    assert seen == sorted(wanted, reverse=True)


def test_the_page_before_a_page_is_the_one_it_was_reached_from(practice: Practice) -> None:
    made = [add_plan(practice) for _ in range(5)][::-1]
    first = page(practice, "/api/v1/plans?limit=2")
    second = page(practice, first["next"])
    newest = add_plan(practice)

    assert (ids(first), ids(second), first["prev"]) == (made[:2], made[2:4], None)
    back = page(practice, second["prev"])
    assert ids(back) == made[:2]
    assert ids(page(practice, back["next"])) == made[2:4]
    assert ids(page(practice, back["prev"])) == [newest]
    assert page(practice, page(practice, second["next"])["prev"])["items"] == second["items"]


def test_the_links_stand_in_the_header_too(practice: Practice) -> None:
    for _ in range(3):
        add_plan(practice)
    first = practice.prescriber.get("/api/v1/plans?limit=1")
    second = practice.prescriber.get(first.get_json()["next"])
    told = second.get_json()

    assert first.headers["Link"] == f'<{first.get_json()["next"]}>; rel="next"'
    assert second.headers["Link"] == f'<{told["prev"]}>; rel="prev", <{told["next"]}>; rel="next"'


NARROWED = {
    "status=active": {"one", "two"},
    "review_before=2026-12-02": {"one"},
    "review_before=2026-12-01": set(),
    "stop_before=2027-01-01": {"two"},
    "status=active&review_before=2027-01-01&stop_before=2026-12-31": {"two"},
    "patient=invented%3Aother": {"two"},
    "patient=invented%3Anobody": set(),
    "updated_since=2026-12-24T00:00:00Z": {"two"},
}


def test_filters_narrow_the_list(practice: Practice) -> None:
    named = {
        add_plan(practice, status="active", next_review=date(2026, 12, 1)): "one",
        add_plan(
            practice,
            status="active",
            patient_reference="invented:other",
            next_review=date(2026, 12, 20),
            next_stop=date(2026, 12, 30),
            updated_at=BEGUN + timedelta(40),
        ): "two",
        add_plan(practice): "three",
    }
    found = {
        query: {named[item] for item in ids(page(practice, f"/api/v1/plans?{query}"))}
        for query in NARROWED
    }

    assert found == NARROWED


def test_a_plan_says_when_it_is_next_reviewed_and_stopped(practice: Practice) -> None:
    path = practice.prescriber.issued()
    plan = practice.prescriber.get(path).get_json()
    (summary,) = page(practice, "/api/v1/plans")["items"]

    assert summary["next_review"] == min(r["day"] for r in plan["reviews"])
    assert summary["next_stop"] == min(s["last_dose_day"] for s in plan["stops"])
    assert (summary["first_day"], summary["last_day"]) == (plan["start"], plan["end"])
    etag = practice.prescriber.get(path).headers["ETag"]
    practice.clock.now += timedelta(6)
    stop = {"medicine": "naproxen", "reason": "Better.", "taper": "none"}
    assert practice.prescriber.post(f"{path}/stops", stop, etag=etag).status_code == 200
    (after,) = page(practice, "/api/v1/plans")["items"]
    revised = practice.prescriber.get(path).get_json()
    today = "2026-11-28"
    assert after["next_stop"] == min(
        (s["last_dose_day"] for s in revised["stops"] if s["last_dose_day"] >= today), default=None
    )


@contextmanager
def counted(practice: Practice) -> Iterator[list[str]]:
    """Count the statements that the database is sent."""
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(practice.database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(practice.database.engine, "before_cursor_execute", note)


def test_a_longer_list_takes_no_more_statements(practice: Practice) -> None:
    add_plan(practice)
    page(practice, "/api/v1/plans")  # an hour's first use of a token is written down
    with counted(practice) as for_one:
        page(practice, "/api/v1/plans?limit=200")
    for n in range(30):
        add_plan(practice, patient_reference=f"invented:{n}")
    with counted(practice) as for_many:
        assert len(page(practice, "/api/v1/plans?limit=200")["items"]) == 31

    assert len(for_many) == len(for_one)


def test_a_page_holds_1_to_200(practice: Practice) -> None:
    for limit in ("0", "201", "1_0", "+5", "5.0", "", "٣"):
        answer = practice.prescriber.get(f"/api/v1/plans?{urlencode({'limit': limit})}")

        assert answer.status_code == 422, limit
        assert [e["pointer"] for e in answer.get_json()["errors"]] == ["#/limit"]


def test_every_list_reads_its_query_to_the_letter(practice: Practice) -> None:
    days = "from=2026-11-23&to=2026-11-29"
    for path, place, code in (
        ("/plans?limit=1_0", "limit", "wrong-type"),
        (f"/changes?{days}&limit=1_0", "limit", "wrong-type"),
        (f"/packing?{days}&limit=201", "limit", "out-of-range"),
        ("/events?limit=%205", "limit", "wrong-type"),
        ("/shortages?product=naproxen-tablet-250&limit=+5", "limit", "wrong-type"),
        ("/changes?from=2026-1-5&to=2026-01-09", "from", "not-a-day"),
        ("/packing.csv?from=2026-01-05&to=2026-02-30", "to", "not-a-day"),
        ("/changes.csv?from=1999-12-31&to=2000-01-01", "from", "out-of-range"),
        ("/plans?updated_since=20261122T000000Z", "updated_since", "not-an-instant"),
        ("/plans?updated_since=2026-W47-7T00:00:00Z", "updated_since", "not-an-instant"),
        ("/plans?updated_since=0001-01-01T00:00:00%2B14:00", "updated_since", "not-an-instant"),
        ("/plans?updated_since=9999-12-31T23:59:59-14:00", "updated_since", "not-an-instant"),
    ):
        answer = practice.prescriber.get(f"/api/v1{path}")
        assert answer.status_code == 422, path
        found = [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]]
        assert found == [(f"#/{place}", code)], path
    for since in ("2026-11-22T00:00:00Z", "2026-11-22T13:00%2B13:00", "2026-11-22t00:00:00.5z"):
        assert practice.prescriber.get(f"/api/v1/plans?updated_since={since}").status_code == 200


def test_a_cursor_names_no_patient_and_belongs_to_its_filters(practice: Practice) -> None:
    for _ in range(2):
        add_plan(practice)
    onward = page(practice, f"/api/v1/plans?limit=1&patient={ACUTE['patient']['reference']}")[
        "next"
    ]
    cursor = onward.partition("cursor=")[2]

    assert practice.prescriber.get(f"/api/v1/plans?limit=1&cursor={cursor}").status_code == 422
    assert practice.stranger.get(onward).status_code == 422
    assert isinstance(read_id(PLAN, ids(page(practice, onward))[0]), UUID)


def test_a_list_of_revisions_reads_none_of_the_documents_that_they_hold(practice: Practice) -> None:
    path = practice.prescriber.issued()
    with counted(practice) as sent:
        rows = page(practice, f"{path}/revisions")["items"]

    assert [row["number"] for row in rows] == [1]
    assert [text for text in sent if re.search(r"\brevision\.(plan|request)\b", text)] == []
