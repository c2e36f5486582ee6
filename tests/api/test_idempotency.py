"""A POST that is sent again changes nothing."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select, table

from tests.api.practice import ACUTE, Practice

PLANS = "/api/v1/plans"


def count(practice: Practice, name: str) -> int:
    """How many rows a table has."""
    with practice.seen.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table(name))).scalar_one())


def test_a_repeat_is_told_the_same_and_stores_nothing(practice: Practice) -> None:
    prescriber = practice.prescriber
    first = prescriber.send("POST", PLANS, ACUTE, key="one")
    audited = count(practice, "audit")
    again = prescriber.send("POST", PLANS, ACUTE, key="one")

    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert (count(practice, "plan"), count(practice, "audit")) == (1, audited)


def test_the_key_of_another_body_is_refused(practice: Practice) -> None:
    prescriber = practice.prescriber
    prescriber.send("POST", PLANS, ACUTE, key="one")

    other = prescriber.send("POST", PLANS, ACUTE | {"start": "2026-11-24"}, key="one")

    assert other.status_code == 422
    assert other.get_json()["type"] == "https://plans.example.org/problems/idempotency-key-reused"
    assert count(practice, "plan") == 1


def test_a_refused_request_may_be_mended_under_its_key(practice: Practice) -> None:
    prescriber = practice.prescriber
    assert prescriber.send("POST", PLANS, ACUTE | {"courses": []}, key="one").status_code == 422

    assert prescriber.send("POST", PLANS, ACUTE, key="one").status_code == 201


def test_a_key_belongs_to_one_caller_and_one_route(practice: Practice) -> None:
    mine = practice.prescriber.send("POST", PLANS, ACUTE, key="one")
    theirs = practice.stranger.send("POST", PLANS, ACUTE, key="one")
    path = mine.headers["Location"]
    issued = practice.prescriber.send("POST", f"{path}/issue", key="one", etag=mine.headers["ETag"])

    assert theirs.get_json()["id"] != mine.get_json()["id"]
    assert issued.status_code == 200


def test_issuing_again_tells_the_first_answer_although_the_version_moved_on(
    practice: Practice,
) -> None:
    drafted = practice.prescriber.draft()
    path, etag = drafted.headers["Location"], drafted.headers["ETag"]
    first = practice.prescriber.send("POST", f"{path}/issue", key="issue", etag=etag)
    again = practice.prescriber.send("POST", f"{path}/issue", key="issue", etag=etag)

    assert (again.status_code, again.data) == (200, first.data)
    assert count(practice, "revision") == 1


def test_fifty_identical_posts_at_once_make_one_plan(practice: Practice) -> None:
    with ThreadPoolExecutor(50) as threads:
        answers = list(
            threads.map(
                lambda _: practice.prescriber.send("POST", PLANS, ACUTE, key="one"), range(50)
            )
        )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert count(practice, "plan") == 1


def test_of_twenty_changes_of_one_version_one_wins(practice: Practice) -> None:
    drafted = practice.prescriber.draft()
    path, etag = drafted.headers["Location"], drafted.headers["ETag"]
    with ThreadPoolExecutor(20) as threads:
        answers = list(
            threads.map(
                lambda _: practice.prescriber.send("PUT", path, ACUTE, etag=etag), range(20)
            )
        )

    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 19
