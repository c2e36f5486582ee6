"""While the database takes no changes, plans and calendars are still shown and nothing is torn."""

import pytest
from sqlalchemy import select

from medplan.services.audit.checking import check_audit
from medplan.services.audit.lines import write_late
from medplan.store.tables import AuditRow
from tests.api.practice import ACUTE, Practice, path_of
from tests.faults.killing import amendment, disagreements
from tests.faults.refusing import away, refusing_changes


def lines(practice: Practice) -> list[str]:
    with practice.seen.reading.begin() as session:
        return list(session.scalars(select(AuditRow.act).order_by(AuditRow.at, AuditRow.number)))


def test_changes_are_refused_whole_and_made_once_the_database_takes_them_again(
    practice: Practice,
) -> None:
    path = practice.prescriber.issued()
    practice.prescriber.feed(path)
    etag = practice.prescriber.get(path).headers["ETag"]

    def amend() -> tuple[int, str | None, str | None]:
        answer = practice.prescriber.send(
            "POST", f"{path}/amendments", amendment(4), key="again", etag=etag
        )
        return answer.status_code, answer.headers.get("Retry-After"), answer.content_type

    with refusing_changes(practice):
        assert amend() == (503, "2", "application/problem+json")
        drafted = practice.prescriber.post("/api/v1/plans", ACUTE)
        assert (drafted.status_code, drafted.get_json()["status"]) == (503, 503)
    assert disagreements(practice) == []
    assert amend()[0] == 200
    assert practice.prescriber.get(path).get_json()["revision"] == 2
    assert disagreements(practice) == []


def test_calendars_are_served_all_the_while(practice: Practice) -> None:
    feed = path_of(practice.prescriber.feed(practice.prescriber.issued())["url"])
    etag = practice.nobody.get(feed).headers["ETag"]

    with refusing_changes(practice):
        assert practice.nobody.get(feed).status_code == 200
        assert practice.nobody.get(feed, If_None_Match=etag).status_code == 304


def test_a_plan_can_be_read_and_the_reading_is_written_down_later(practice: Practice) -> None:
    path = practice.prescriber.issued()
    before = lines(practice)

    with refusing_changes(practice):
        for _ in range(30):
            assert practice.prescriber.get(path).status_code == 200
        assert practice.nobody.get("/readyz").get_json() == {"status": "degraded"}
        assert len(practice.database.late) > 0
    assert practice.nobody.get("/readyz").get_json() == {"status": "ready"}

    assert len(practice.database.late) == 0
    assert lines(practice) == [*before, *["plan.read"] * 30]
    assert list(check_audit(practice.seen).faults) == []


def test_lines_that_can_still_not_be_written_go_on_waiting(practice: Practice) -> None:
    path = practice.prescriber.issued()
    with refusing_changes(practice):
        for _ in range(30):
            practice.prescriber.get(path)
        waiting = len(practice.database.late)
        with pytest.raises(Exception, match=r"read-only|full"):
            write_late(practice.database)
        assert len(practice.database.late) == waiting


def test_a_readings_line_that_comes_late_has_the_time_of_the_reading(practice: Practice) -> None:
    path = practice.prescriber.issued()
    with refusing_changes(practice):
        for _ in range(30):
            practice.prescriber.get(path)
        waiting = practice.database.late.take()
    assert {line.at for line in waiting} == {practice.clock.now}
    practice.database.late.give_back(waiting)
    write_late(practice.database)
    assert lines(practice)[-1] == "plan.read"


@pytest.mark.only_on("postgresql")
def test_whoever_asks_while_the_database_is_away_is_told_to_come_back(practice: Practice) -> None:
    path = practice.prescriber.issued()
    feed = path_of(practice.prescriber.feed(path)["url"])
    asked = ((practice.nobody, feed), (practice.prescriber, path))

    with away(practice):
        answers = [who.get(there) for who, there in asked]
        ready = practice.nobody.get("/readyz")
    told = [(a.status_code, a.headers.get("Retry-After"), a.content_type) for a in answers]
    assert told == [(503, "2", "application/problem+json")] * 2
    assert ready.status_code == 503
    assert [who.get(there).status_code for who, there in asked] == [200, 200]
