"""Tokens and passwords are nowhere but in the one answer that shows them."""

import io
import logging

import pytest
import structlog

from medplan.gate.doors import open_to_all
from medplan.gate.logs import MaskTokens, configure_logs
from tests.api.practice import ACUTE, Practice, path_of


def test_no_token_is_in_the_database(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    feed = practice.prescriber.feed(plan)
    rotated = practice.prescriber.post(f"{plan}/feeds/{feed['id']}/rotate").get_json()
    practice.nobody.get(path_of(rotated["url"]))
    practice.database.close()
    stored = practice.contents()

    for token in (practice.prescriber.token, feed["url"], rotated["url"], "invented password"):
        assert token is not None
        secret = token.rpartition("/")[2].removesuffix(".ics")
        assert secret.encode() not in stored
    assert b"mpf_" not in stored


def test_no_token_and_no_patient_is_in_the_logs(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    before = root.handlers[:]
    configure_logs()
    try:
        plan = practice.prescriber.issued()
        feed = practice.prescriber.feed(plan)
        practice.nobody.get(path_of(feed["url"]), X_Request_Id=str(practice.prescriber.token))
        practice.nobody.get(path_of(feed["url"]).replace("mpf_", "mpf_x"))
        practice.prescriber.post("/api/v1/plans", ACUTE | {"indication": "canary"})
        practice.app.view_functions["plans.list_plans"] = _fail
        assert practice.prescriber.get("/api/v1/plans").status_code == 500
        logging.getLogger("any.library").warning("opened %s", feed["url"])
    finally:
        root.handlers[:] = before
        structlog.reset_defaults()
    logged = capsys.readouterr().err

    assert '"route": "/f/<token>.ics"' in logged
    assert "mpf_***" in logged
    assert '"kind": "RuntimeError"' in logged
    for secret in (str(practice.prescriber.token), feed["url"].rpartition("/")[2][:-4], "canary"):
        assert secret not in logged


@open_to_all
def _fail() -> str:
    msg = "canary: a fault that repeats what was sent"
    raise RuntimeError(msg)


def test_the_filter_masks_what_looks_like_a_token_wherever_it_stands() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(MaskTokens())
    record = logging.LogRecord(
        "x", logging.INFO, "x", 1, "GET /f/%s.ics", ("mpf_Ab-9_z" + "0" * 45,), None
    )
    assert handler.filter(record)
    handler.emit(record)

    assert stream.getvalue() == "GET /f/mpf_***.ics\n"


def test_a_canary_is_in_no_log_metric_problem_or_file(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    root, asked = logging.getLogger(), ACUTE | {"indication": "canary"}
    before = root.handlers[:]
    configure_logs()
    try:
        plan = practice.prescriber.issued()
        token = practice.prescriber.feed(plan, name="phone")["url"].rpartition("/")[2][:-4]
        told = [
            practice.prescriber.post("/api/v1/plans", asked),
            practice.prescriber.post(f"{plan}/stops", {"medicine": "canary"}, etag='"v2"'),
            practice.prescriber.post(f"{plan}/canary"),
            practice.prescriber.get("/api/v1/plans?patient=invented:canary-8841&canary=1"),
            practice.prescriber.get(f"{plan}/doses?from=canary"),
            practice.nobody.get(f"/f/{token}x.ics"),
            practice.nobody.get("/api/v1/plans", Authorization=f"Bearer {token}"),
            practice.nobody.get("/metrics"),
        ]
    finally:
        root.handlers[:] = before
        structlog.reset_defaults()
    practice.database.close()
    seen = "".join(answer.text for answer in told) + capsys.readouterr().err

    assert [answer.status_code for answer in told] == [422, 422, 404, 422, 422, 404, 401, 200]
    for secret in ("canary-8841", "canary", token, str(practice.prescriber.token)):
        assert secret not in seen.replace("#/canary", "")
        assert secret.encode() not in practice.contents()
