"""What every operation does beside its work: dry runs, warnings, traces, counts, its own pages."""

from datetime import date
from http import HTTPStatus
from typing import Any

import pytest
from flask import Response
from flask_smorest import Blueprint
from sqlalchemy import func, select

from medplan.api.conduct import Deprecation
from medplan.api.operation import Operation
from medplan.errors import MedplanError
from medplan.gate.problem_types import every_type
from medplan.store.tables import Row
from tests.api.practice import ACUTE, PUBLIC_URL, Practice, path_of

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def counts(practice: Practice) -> dict[str, int]:
    """How many rows each table has."""
    with practice.seen.reading.begin() as session:
        return {
            table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Row.metadata.sorted_tables
            if table.name != "audit"  # readings leave their lines
        }


def plan_of(document: dict[str, Any]) -> dict[str, Any]:
    """What a stored plan's answer says of the plan itself."""
    own = {"id", "created_at", "updated_at"}
    return {name: value for name, value in document.items() if name not in own}


def test_a_dry_run_answers_as_the_real_call_and_keeps_nothing(practice: Practice) -> None:
    prescriber = practice.prescriber
    before = counts(practice)
    tried = prescriber.post("/api/v1/plans?dry_run=true", ACUTE)
    assert counts(practice) == before
    drafted = prescriber.draft()
    assert (tried.status_code, tried.headers["Dry-Run"]) == (201, "true")
    assert plan_of(tried.get_json()) == plan_of(drafted.get_json())
    path, etag = drafted.headers["Location"], drafted.headers["ETag"]
    for way, body in (
        ("issue", None),
        ("amendments", {"request": ACUTE, "reason": "As before."}),
        ("stops", {"medicine": "naproxen", "reason": "Better.", "taper": "none"}),
    ):
        there = counts(practice)
        rehearsed = prescriber.post(f"{path}/{way}?dry_run=true", body, etag=etag)
        assert counts(practice) == there, way
        real = prescriber.post(f"{path}/{way}", body, etag=etag)
        assert rehearsed.data == real.data, way
        assert "Dry-Run" not in real.headers
        etag = real.headers["ETag"]


def test_a_preview_a_draft_and_an_issued_plan_are_the_same_plan(practice: Practice) -> None:
    preview = practice.prescriber.send("POST", "/api/v1/previews", ACUTE).get_json()
    path = practice.prescriber.issued()
    stored = practice.prescriber.get(path).get_json()

    assert {name: stored[name] for name in preview} == preview
    assert list(preview) == [name for name in stored if name in preview]


def test_everything_that_is_kept_can_be_tried_first(practice: Practice) -> None:
    description = practice.nobody.get("/openapi.json").get_json()
    writing = {
        operation["operationId"]: {p["name"] for p in operation.get("parameters", ())}
        for path in description["paths"].values()
        for method, operation in path.items()
        if method in {"post", "put", "patch", "delete"}
    }

    assert writing.pop("preview_plan") == set()
    assert [name for name, told in writing.items() if "dry_run" not in told] == []


def test_a_dry_run_drops_makes_and_ends_nothing(practice: Practice) -> None:
    prescriber = practice.prescriber
    draft = prescriber.draft()
    plan = prescriber.issued()
    feed = prescriber.feed(plan)
    units = {"day": "2026-11-22", "supplied": [{"product": "naproxen-tablet-250", "units": "5"}]}
    here = f"{plan}/feeds/{feed['id']}"
    before = counts(practice), prescriber.get(f"{plan}/feeds").data

    for caller, method, path, body in (
        (prescriber, "DELETE", draft.headers["Location"], None),
        (prescriber, "PUT", draft.headers["Location"], ACUTE),
        (prescriber, "POST", f"{plan}/feeds", {"name": "Tried"}),
        (prescriber, "PATCH", here, {"detail": "full"}),
        (prescriber, "POST", f"{here}/rotate", None),
        (prescriber, "DELETE", here, None),
        (prescriber, "POST", f"{plan}/patient-links", {"name": "Tried"}),
        (prescriber, "POST", f"{plan}/check-ins", {"noticed": []}),
        (practice.pharmacist, "POST", f"{plan}/dispenses", units),
        (practice.pharmacist, "POST", f"{plan}/counter-checks", {"verdict": "verified"}),
    ):
        tried = caller.send(
            method, f"{path}?dry_run=true", body, key="tried", etag=draft.headers["ETag"]
        )
        assert (tried.status_code // 100, tried.headers.get("Dry-Run")) == (2, "true"), tried.text
        assert (counts(practice), prescriber.get(f"{plan}/feeds").data) == before, path
    assert prescriber.get(draft.headers["Location"]).headers["ETag"] == draft.headers["ETag"]
    assert practice.nobody.get(path_of(feed["url"])).status_code == 200


def test_what_a_query_string_says_beyond_what_is_known_is_refused(practice: Practice) -> None:
    draft = practice.prescriber.draft()
    path, etag = draft.headers["Location"], draft.headers["ETag"]
    for answer in (
        practice.prescriber.post("/api/v1/plans?dryrun=true&a/b=1", ACUTE),
        practice.prescriber.send("DELETE", f"{path}?dryrun=true&a/b=1", etag=etag),
        practice.prescriber.get(f"{path}?dryrun=true&a/b=1"),
    ):
        assert answer.status_code == 422
        assert [(e["pointer"], e["code"]) for e in answer.get_json()["errors"]] == [
            ("#/a~1b", "unknown-key"),
            ("#/dryrun", "unknown-key"),
        ]
    assert practice.prescriber.get("/api/v1/plans").get_json()["items"][0]["id"] == path[14:]


@pytest.mark.parametrize("said", ["dry_run=yes", "dry_run=true&dry_run=false", "dry_run="])
def test_a_dry_run_is_asked_for_plainly(practice: Practice, said: str) -> None:
    answer = practice.prescriber.post(f"/api/v1/plans?{said}", ACUTE)

    assert answer.status_code == 422
    assert practice.prescriber.get("/api/v1/plans").get_json()["items"] == []


def test_an_operation_can_say_that_it_will_be_withdrawn(practice: Practice) -> None:
    blueprint = Blueprint("old", __name__)
    gone = Deprecation(date(2026, 12, 1), date(2027, 12, 1), f"{PUBLIC_URL}/docs")

    @Operation(blueprint, "GET", "/old", answer=None, guarded=False, deprecation=gone)
    def read_old() -> Response:
        """Read what is old."""
        return Response(status=HTTPStatus.OK)

    practice.app._got_first_request = False  # noqa: SLF001 - a route is added to a running app
    practice.app.register_blueprint(blueprint)
    answer = practice.nobody.get("/old")

    assert answer.headers["Deprecation"] == "@1796083200"
    assert answer.headers["Sunset"] == "Wed, 01 Dec 2027 00:00:00 GMT"
    assert answer.headers["Link"] == f'<{PUBLIC_URL}/docs>; rel="deprecation"'
    metrics = practice.nobody.get("/metrics").text
    assert 'medplan_deprecated_requests_total{method="GET",route="/old"} 1.0' in metrics


def test_a_plan_whose_version_is_known_is_not_sent_again(practice: Practice) -> None:
    drafted = practice.prescriber.draft()
    path, etag = drafted.headers["Location"], drafted.headers["ETag"]

    for known in (etag, f"W/{etag}", f'"v9", {etag}', "*"):
        answer = practice.prescriber.get(path, If_None_Match=known)
        told = (answer.status_code, answer.data, answer.headers["ETag"])
        assert told == (304, b"", etag), known
    changed = practice.prescriber.send("PUT", path, ACUTE, etag=etag)
    again = practice.prescriber.get(path, If_None_Match=etag)
    assert (again.status_code, again.headers["ETag"]) == (200, changed.headers["ETag"])
    assert again.data == changed.data
    assert practice.stranger.get(path, If_None_Match="*").status_code == 404


def test_a_kind_of_refusal_has_one_title(practice: Practice) -> None:
    plan = practice.prescriber.get("/api/v1/plans/pln_01m80n8dx0frsvjy2aw4htpwqw").get_json()
    address = practice.prescriber.get("/api/v1/no-such-thing").get_json()

    assert plan["type"] == address["type"]
    assert plan["title"] == address["title"]


def test_a_trace_goes_on_and_a_forged_one_does_not(practice: Practice) -> None:
    traced = practice.nobody.get("/healthz", traceparent=TRACE, X_Request_Id="mine-1")
    forged = practice.nobody.get("/healthz", traceparent=f"{TRACE}\N{BULLET}", X_Request_Id="a b")

    version, trace, part, flags = traced.headers["traceparent"].split("-")
    assert (version, trace, flags) == ("00", "4bf92f3577b34da6a3ce929d0e0e4736", "01")
    assert part != "00f067aa0ba902b7"
    assert traced.headers["X-Request-Id"] == "mine-1"
    assert "traceparent" not in forged.headers
    assert forged.headers["X-Request-Id"] != "a b"


def test_every_problem_has_a_page_and_every_refusal_a_status(practice: Practice) -> None:
    refused = practice.prescriber.get("/api/v1/plans/pln_01m80n8dx0frsvjy2aw4htpwqw").get_json()
    assert refused["type"] == f"{PUBLIC_URL}/problems/not-found"
    for code, kind in every_type().items():
        page = practice.nobody.get(f"/problems/{code}")
        assert page.status_code == 200
        assert kind.title in page.text.replace("&#39;", "'")
    assert practice.nobody.get("/problems").text.count("<dt>") == len(every_type())
    assert practice.nobody.get("/problems/none").status_code == 404
    never = {
        "error",
        "invalid-formulary",
        "task",
        "unwritable",
        "outside",
        "audit-heads",
    }  # not over HTTP
    never |= {"client-refused", "scope-refused"}  # told in OAuth's own way
    assert codes(MedplanError) - never <= set(every_type())


def codes(base: type[MedplanError]) -> set[str]:
    """The codes of an error and all kinds of it that ours are."""
    found = {base.code} if base.__module__.startswith("medplan.") else set()
    return found.union(*(codes(kind) for kind in base.__subclasses__()))


def test_the_description_is_browsed_with_our_own_files_only(practice: Practice) -> None:
    page = practice.nobody.get("/docs")
    files = [part.split('"')[0] for part in page.text.split('src="')[1:]]

    assert page.status_code == 200
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert "://" not in page.text
    assert len(files) == 2
    for file in (*files, "/docs/swagger-ui.css"):
        assert practice.nobody.get(file).status_code == 200
    assert practice.nobody.get("/docs/index.html").status_code == 404


def test_metrics_count_and_name_nobody(practice: Practice) -> None:
    path = practice.prescriber.issued()
    feed = practice.prescriber.feed(path)
    practice.nobody.get("/no/such/canary-path")
    practice.nobody.send("CANARY", "/healthz")
    told = practice.nobody.get("/metrics").text

    assert 'medplan_plans{status="active"} 1.0' in told
    assert 'route="/api/v1/plans/<plan:plan_id>/issue",status="200"} 1.0' in told
    assert 'medplan_requests_total{method="GET",route="none",status="404"} 1.0' in told
    for name in ("overdue_stops", "stale_feeds", "outbox_age_seconds", "proof_failures_total"):
        assert f"medplan_{name}" in told
    for secret in ("canary", "CANARY", path.rpartition("/")[2], feed["url"].rpartition("/")[2]):
        assert secret not in told


def test_metrics_are_for_this_machine(practice: Practice) -> None:
    client = practice.app.test_client()

    assert client.get("/metrics").status_code == 200
    for elsewhere in (
        {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
    ):
        assert client.get("/metrics", **elsewhere).status_code == 401
