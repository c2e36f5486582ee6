"""Requests at the same moment: one wins, the others are told so, and nothing is torn."""

from concurrent.futures import ThreadPoolExecutor

from tests.api.practice import Practice
from tests.faults.killing import amendment, disagreements


def test_of_twenty_amendments_of_one_version_one_wins(practice: Practice) -> None:
    path = practice.prescriber.issued()
    practice.prescriber.feed(path)
    etag = practice.prescriber.get(path).headers["ETag"]

    def amend(number: int) -> int:
        return practice.prescriber.send(
            "POST", f"{path}/amendments", amendment(4), key=f"amend-{number}", etag=etag
        ).status_code

    with ThreadPoolExecutor(20) as threads:
        statuses = sorted(threads.map(amend, range(20)))

    assert statuses == [200] + [412] * 19
    assert practice.prescriber.get(path).get_json()["revision"] == 2
    assert disagreements(practice) == []


def test_of_twenty_identical_amendments_all_are_told_the_same(practice: Practice) -> None:
    path = practice.prescriber.issued()
    etag = practice.prescriber.get(path).headers["ETag"]

    def amend(_number: int) -> tuple[int, bytes]:
        answer = practice.prescriber.send(
            "POST", f"{path}/amendments", amendment(4), key="once", etag=etag
        )
        return answer.status_code, answer.data

    with ThreadPoolExecutor(20) as threads:
        answers = set(threads.map(amend, range(20)))

    assert [status for status, _ in answers] == [200]
    assert disagreements(practice) == []


def test_feeds_made_and_changed_while_a_plan_is_amended_show_the_newest(
    practice: Practice,
) -> None:
    path = practice.prescriber.issued()
    first = practice.prescriber.feed(path)["id"]

    def amend(days: int) -> int:
        etag = practice.prescriber.get(path).headers["ETag"]
        return practice.prescriber.send(
            "POST", f"{path}/amendments", amendment(days), key=f"amend-{days}", etag=etag
        ).status_code

    def make(number: int) -> int:
        body = {"name": f"Phone {number}"}
        return practice.prescriber.send(
            "POST", f"{path}/feeds", body, key=f"feed-{number}"
        ).status_code

    def change(number: int) -> int:
        return practice.prescriber.send(
            "PATCH", f"{path}/feeds/{first}", {"alarms": number % 2 == 0}
        ).status_code

    with ThreadPoolExecutor(9) as threads:
        done = [
            threads.submit(what, number) for number in (4, 6, 7) for what in (amend, make, change)
        ]
        statuses = {one.result() for one in done}

    assert statuses <= {200, 201, 412}
    assert disagreements(practice) == []
