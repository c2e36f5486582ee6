"""Every refusal is a problem document, tells nothing of what was sent, and stores nothing."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, table, text
from werkzeug.test import TestResponse

from tests.api.practice import ACUTE, Caller, Practice

Call = Callable[[Practice], TestResponse]
NO_OBJECTS: tuple[object, ...] = ([], [{}], "text", 1, True)
NO_PLAN = "/api/v1/plans/pln_01m80n8dx0frsvjy2aw4htpwqw"


def raw(caller: Caller, body: bytes, content_type: str | None = "application/json") -> TestResponse:
    """Send a body that is not the JSON of a document."""
    headers = {"Authorization": f"Bearer {caller.token}", "Idempotency-Key": "raw"}
    return caller.app.test_client().post(
        "/api/v1/plans", data=body, headers=headers, content_type=content_type
    )


CALLS: dict[str, tuple[int, Call]] = {
    "no such path": (404, lambda p: p.nobody.get("/nowhere")),
    "no such plan": (404, lambda p: p.prescriber.get(NO_PLAN)),
    "no such plan to issue": (404, lambda p: p.prescriber.post(f"{NO_PLAN}/issue", etag='"v1"')),
    "a path that is no id": (404, lambda p: p.prescriber.get("/api/v1/plans/1")),
    "an id that was never made": (404, lambda p: p.prescriber.get(f"{NO_PLAN[:-1]}u")),
    "no such medicine": (404, lambda p: p.prescriber.get("/api/v1/formulary/medicines/magic")),
    "wrong method": (405, lambda p: p.prescriber.send("PATCH", "/api/v1/plans")),
    "no token": (401, lambda p: p.nobody.get("/api/v1/plans")),
    "a token of nobody": (401, lambda p: Caller(p.app, "mpa_" + "A" * 51).get("/api/v1/plans")),
    "a token that is none": (401, lambda p: Caller(p.app, "secret").get("/api/v1/plans")),
    "a role that may not": (403, lambda p: p.pharmacist.post("/api/v1/plans", ACUTE)),
    "no key": (400, lambda p: p.prescriber.send("POST", "/api/v1/plans", ACUTE)),
    "a key that can't be seen": (
        400,
        lambda p: p.prescriber.send("POST", "/api/v1/plans", ACUTE, key="a b"),
    ),
    "not JSON": (400, lambda p: raw(p.prescriber, b"{")),
    "not UTF-8": (400, lambda p: raw(p.prescriber, b'{"a": "\xff"}')),
    "nested too deeply": (400, lambda p: raw(p.prescriber, b"[" * 100_000)),
    "another content type": (415, lambda p: raw(p.prescriber, b"a=b", "text/plain")),
    "no content type": (415, lambda p: raw(p.prescriber, b"{}", None)),
    "too large": (413, lambda p: raw(p.prescriber, b" " * 300_000)),
    "an unknown key": (422, lambda p: p.prescriber.post("/api/v1/plans", ACUTE | {"colour": 1})),
    "not a number": (422, lambda p: raw(p.prescriber, b'{"start": NaN}')),
    "an unknown filter": (422, lambda p: p.prescriber.get("/api/v1/plans?colour=red")),
    "a limit out of range": (422, lambda p: p.prescriber.get("/api/v1/plans?limit=201")),
    "a forged cursor": (422, lambda p: p.prescriber.get("/api/v1/plans?cursor=abc.def")),
    "a naive instant": (
        422,
        lambda p: p.prescriber.get("/api/v1/plans?updated_since=2026-11-22T00:00:00"),
    ),
    "days that end first": (
        422,
        lambda p: p.prescriber.get(f"{NO_PLAN}/doses?from=2026-11-24&to=2026-11-23"),
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_refusal_is_a_problem_document(practice: Practice, name: str) -> None:
    status, call = CALLS[name]

    answer = call(practice)

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    document = json.loads(answer.data)
    assert document["status"] == status
    assert document["type"].startswith("https://plans.example.org/problems/")
    assert document["trace_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_refusal_names_its_address_as_a_uri_without_ids(practice: Practice) -> None:
    answer = practice.prescriber.post(f"{NO_PLAN}/issue", etag='"v1"')

    assert answer.get_json()["instance"] == "/api/v1/plans/-/issue"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/plans/../../etc/passwd",
        "/api/v1/plans/..%2f..%2fetc%2fpasswd",
        "/api/v1/formulary/medicines/..%2f..%2fconfig.py",
        "/f/..%2f..%2fetc%2fpasswd.ics",
        "/f/%00.ics",
        "/f/mpf_%0d%0aX:1.ics",
        "/p/%2e%2e/weeks",
        "/assets/..%2f..%2fconfig.py",
        "/problems/..%2fconfig",
    ],
)
def test_a_path_leads_nowhere_but_to_what_is_named(practice: Practice, path: str) -> None:
    answer = practice.prescriber.get(path)

    assert answer.status_code == 404
    assert "root:" not in answer.text
    assert "X" not in answer.headers


def test_a_header_of_eight_kilobytes_is_not_repeated(practice: Practice) -> None:
    long = "a" * 8000
    answer = practice.prescriber.get("/api/v1/plans", X_Request_Id=long, traceparent=long)

    assert answer.status_code == 200
    assert long not in str(answer.headers)


def test_of_several_versions_that_were_read_one_must_be_the_current(practice: Practice) -> None:
    path = practice.prescriber.draft().headers["Location"]

    for etag in ('"v7", "v8"', 'W/"v1"', '"v01x"'):
        assert practice.prescriber.send("DELETE", path, etag=etag).status_code == 412, etag
    assert practice.prescriber.send("DELETE", path, etag='"v7", "v1"').status_code == 204


def test_a_wrong_method_is_told_which_ones_are_right(practice: Practice) -> None:
    allowed = practice.prescriber.send("PATCH", "/api/v1/plans").headers["Allow"]

    assert set(allowed.split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_missing_token_is_asked_for(practice: Practice) -> None:
    assert practice.nobody.get("/api/v1/plans").headers["WWW-Authenticate"] == "Bearer"


def test_every_fault_is_told_at_once_and_nothing_is_stored(practice: Practice) -> None:
    wrong = ACUTE | {"time_zone": "Pacific/Nowhere", "indication": "magic", "courses": []}

    answer = practice.prescriber.post("/api/v1/plans", wrong)

    assert answer.status_code == 422
    pointers = {e["pointer"] for e in answer.get_json()["errors"]}
    assert pointers == {"#/time_zone", "#/indication", "#/courses"}
    assert "canary" not in answer.text
    with practice.seen.engine.connect() as connection:
        for name in ("plan", "draft", "revision", "idempotency"):
            count = connection.execute(select(func.count()).select_from(table(name))).scalar()
            assert (name, count) == (name, 0)


def test_another_organisations_plan_is_not_found_like_one_that_never_was(
    practice: Practice,
) -> None:
    path = practice.prescriber.issued()
    feed = practice.prescriber.feed(path)
    same = {"X_Request_Id": "the-same"}
    theirs = practice.stranger.get(path, **same)
    never = practice.stranger.get(NO_PLAN, **same)

    assert (theirs.status_code, theirs.data) == (404, never.data)
    for shape in (".ics", "/text", "/supply", "/doses", "/revisions", "/revisions/1", "/feeds"):
        assert practice.stranger.get(f"{path}{shape}").status_code == 404, shape
    etag = practice.prescriber.get(path).headers["ETag"]
    assert practice.stranger.send("PUT", path, ACUTE, etag=etag).status_code == 404
    assert practice.stranger.send("DELETE", path, etag=etag).status_code == 404
    assert practice.stranger.post(f"{path}/issue", etag=etag).status_code == 404
    assert practice.stranger.post(f"{path}/feeds", {"name": "x"}).status_code == 404
    assert practice.stranger.send("DELETE", f"{path}/feeds/{feed['id']}").status_code == 404
    assert practice.stranger.post(f"{path}/feeds/{feed['id']}/rotate").status_code == 404
    assert practice.stranger.get("/api/v1/plans").get_json()["items"] == []


def test_a_cursor_of_another_organisation_or_filter_is_refused(practice: Practice) -> None:
    for _ in range(3):
        practice.prescriber.draft()
    onward = practice.prescriber.get("/api/v1/plans?limit=2").get_json()["next"]

    assert practice.prescriber.get(onward).status_code == 200
    assert practice.stranger.get(onward).status_code == 422
    assert practice.prescriber.get(f"{onward}&status=draft").status_code == 422


def test_a_pharmacist_reads_and_changes_nothing(practice: Practice) -> None:
    path = practice.prescriber.issued()
    etag = practice.pharmacist.get(path).headers["ETag"]

    assert practice.pharmacist.get(f"{path}/text").status_code == 200
    assert practice.pharmacist.get("/api/v1/formulary/sources").status_code == 200
    assert practice.pharmacist.send("POST", "/api/v1/previews", ACUTE).status_code == 403
    assert practice.pharmacist.send("PUT", path, ACUTE, etag=etag).status_code == 403
    assert practice.pharmacist.send("DELETE", path, etag=etag).status_code == 403
    assert practice.pharmacist.post(f"{path}/issue", etag=etag).status_code == 403
    assert practice.pharmacist.post(f"{path}/feeds", {"name": "x"}).status_code == 403
    assert practice.pharmacist.get(f"{path}/feeds").status_code == 403


@pytest.mark.parametrize("etag", ['"v2"', '"x"', 'W/"v1"', '"v1', '"v-1"', '"v99999999999"'])
def test_only_the_strong_tag_of_the_current_version_matches(practice: Practice, etag: str) -> None:
    path = practice.prescriber.draft().headers["Location"]

    assert practice.prescriber.send("DELETE", path, etag=etag).status_code in {412, 428}
    assert practice.prescriber.get(path).status_code == 200


def test_a_star_names_no_version_that_was_read(practice: Practice) -> None:
    path = practice.prescriber.draft().headers["Location"]

    assert practice.prescriber.send("DELETE", path, etag="*").status_code == 428


def test_a_request_id_is_kept_when_it_is_harmless(practice: Practice) -> None:
    kept = practice.nobody.get("/healthz", X_Request_Id="from-the-client.1")
    replaced = practice.nobody.get("/healthz", X_Request_Id="no spaces; please")

    assert kept.headers["X-Request-Id"] == "from-the-client.1"
    assert " " not in replaced.headers["X-Request-Id"]


def test_readiness_wants_the_newest_tables(practice: Practice) -> None:
    assert practice.nobody.get("/readyz").status_code == 200
    with practice.seen.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    late = practice.nobody.get("/readyz")

    assert (late.status_code, late.content_type) == (503, "application/problem+json")
    assert practice.nobody.get("/healthz").status_code == 200


def test_a_release_goes_on_while_the_next_one_has_brought_its_tables(practice: Practice) -> None:
    with practice.seen.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    assert practice.nobody.get("/readyz").get_json() == {"status": "ready"}
    assert practice.prescriber.issued()


def test_a_body_that_is_no_object_is_refused_by_every_operation(practice: Practice) -> None:
    plan = practice.prescriber.issued().rpartition("/")[2]
    tag = practice.prescriber.get(f"/api/v1/plans/{plan}").headers["ETag"]
    tried: list[str] = []
    for path, item in practice.nobody.get("/openapi.json").get_json()["paths"].items():
        for method, operation in item.items():
            if "requestBody" not in operation:
                continue
            there = path.replace("{plan_id}", plan).replace("{feed_id}", "fed_" + plan[4:])
            for body in NO_OBJECTS:
                answer = practice.prescriber.send(
                    method.upper(), there, body, key=f"key-{len(tried)}", etag=tag
                )
                told = (answer.status_code // 100, answer.content_type)
                assert told == (4, "application/problem+json"), (method, path, body)
                tried.append(answer.get_json()["type"].rpartition("/")[2])

    assert tried.count("invalid-request") > len(tried) / 2
