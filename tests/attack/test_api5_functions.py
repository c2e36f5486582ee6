"""OWASP API5, broken function level authorization: other methods, other doors, other roles.

Every role at every operation: `tests/access/test_role_matrix.py`.
"""

import pytest

from tests.api.practice import PUBLIC_URL, Practice
from tests.attack.target import browser_of, make_target

ADMINS = (("GET", "/api/v1/users"), ("POST", "/api/v1/users"), ("GET", "/api/v1/webhook-endpoints"))


@pytest.mark.parametrize(("method", "path"), ADMINS)
def test_an_admins_operation_is_not_a_prescribers(
    practice: Practice, method: str, path: str
) -> None:
    assert practice.prescriber.send(method, path, {}, key="k").status_code == 403


@pytest.mark.parametrize(
    "header", ["X-HTTP-Method-Override", "X-Method-Override", "X-Original-URL", "X-Rewrite-URL"]
)
def test_a_header_makes_no_other_method_or_path_of_a_request(
    practice: Practice, header: str
) -> None:
    plan = practice.prescriber.draft().headers["Location"]
    value = plan if "URL" in header else "DELETE"
    practice.prescriber.send("POST", "/api/v1/previews", {}, **{header: value})
    practice.pharmacist.get(plan, **{header: value})

    assert practice.prescriber.get(plan).status_code == 200


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "PATCH", "FOO"])
def test_a_method_that_a_path_does_not_have_is_refused(practice: Practice, method: str) -> None:
    answer = practice.prescriber.send(method, "/api/v1/plans")

    assert answer.status_code in {400, 405, 501}
    assert str(practice.prescriber.token) not in answer.text


def test_a_path_written_otherwise_goes_round_no_door(practice: Practice) -> None:
    ways = (
        "//api/v1/plans",
        "/api/v1/plans/",
        "/API/V1/PLANS",
        "/api/v1/./plans",
        "/api/v1/plans;x",
        "/api/v1/plans%2f",
        "/f/../api/v1/plans",
        "/assets/x/..%2f..%2fapi/v1/plans",
    )
    for way in ways:
        answer = practice.app.test_client().get("/", environ_overrides={"PATH_INFO": way})
        assert answer.status_code in {401, 404}, way


def test_a_get_changes_nothing(practice: Practice) -> None:
    """Whoever follows a link, by hand or by program, has done nothing."""
    target, browser = make_target(practice), browser_of(practice)
    before = practice.prescriber.get(target.plan).headers["ETag"]
    for method, rule, _ in target.routes():
        if method == "POST":
            for asked in (browser.client, practice.app.test_client()):
                answer = asked.get(target.path(rule), base_url=PUBLIC_URL)
                assert answer.status_code < 500, rule

    assert practice.prescriber.get(target.plan).headers["ETag"] == before
    assert practice.nobody.get(f"/f/{target.feed_token}.ics").status_code == 200
