"""OWASP API8, security misconfiguration: what every answer carries, whoever asks, from where."""

import json

import pytest

from medplan.gate.doors import open_to_all
from tests.api.practice import PUBLIC_URL, Practice
from tests.attack.target import Target, browser_of, make_target

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'")


def answers(target: Target) -> dict[str, tuple[int, dict[str, str]]]:
    """One answer of every kind: 2xx, 3xx, 4xx, 5xx; pages, feeds, files, FHIR, problems."""
    practice, browser = target.practice, browser_of(target.practice)
    practice.app.view_functions["plans.list_plans"] = _fail
    etag = practice.nobody.get(f"/f/{target.feed_token}.ics").headers["ETag"]
    found = {
        path: browser.get(path)
        for path in (
            "/login",
            "/account",
            "/plans/new",
            "/healthz",
            "/readyz",
            "/openapi.json",
            "/docs",
            "/problems",
            "/nothing-here",
            f"/f/{target.feed_token}.ics",
            f"/f/{target.feed_token}",
            "/f/x.ics",
            f"/f/{target.feed_token}/qr.svg",
            f"/f/{target.feed_token}/plan.ics",
            f"/p/{target.link_token}",
            f"/p/{target.link_token}/plan.pdf",
            "/p/x",
            "/metrics",
            "/fhir/R4/metadata",
            "/fhir/R4/CarePlan",
            "/api/v1/plans",
            "/cds-services",
            "/.well-known/smart-configuration",
            f"/plans/{target.names['plan_id']}",
        )
    }
    found |= {
        "fault": practice.prescriber.get("/api/v1/plans"),
        "plan": practice.prescriber.get(target.plan),
        "csv": practice.prescriber.get(f"{target.plan}.csv"),
        "unchanged": practice.nobody.get(f"/f/{target.feed_token}.ics", If_None_Match=etag),
        "led in": practice.app.test_client().get("/account", base_url=PUBLIC_URL),
        "refused": practice.prescriber.send("POST", "/api/v1/previews", {}),
        "wrong method": practice.prescriber.send("DELETE", "/healthz"),
        "too large": practice.prescriber.send("POST", "/api/v1/previews", "x" * 300_000),
        "token": practice.nobody.send("POST", "/oauth/token"),
    }
    return {name: (one.status_code, dict(one.headers)) for name, one in found.items()}


@open_to_all
def _fail() -> str:
    msg = "canary: a fault that repeats what was sent"
    raise RuntimeError(msg)


def test_every_kind_of_answer_keeps_browsers_modest(practice: Practice) -> None:
    found = answers(make_target(practice))

    assert {status // 100 for status, _ in found.values()} == {2, 3, 4, 5}
    for name, (_, headers) in found.items():
        assert ALWAYS.items() <= headers.items(), name
        assert all(part in headers["Content-Security-Policy"] for part in POLICY), name
        assert not {"Access-Control-Allow-Origin", "X-Powered-By"} & set(headers), name
        assert (
            "no-store" in headers["Cache-Control"]
            or "/f/" in name
            or name in {"unchanged", "/docs", "/problems"}
        ), name


def test_every_text_says_its_letters(practice: Practice) -> None:
    for name, (status, headers) in answers(make_target(practice)).items():
        kind = headers.get("Content-Type", "")
        text = kind.startswith("text/") or kind.endswith("xml")
        assert not text or "charset=utf-8" in kind, (name, status)


@pytest.mark.parametrize(
    "path", ["/", "/fhir/R4/metadata", "/openapi.json", "/problems", "//x", "/login"]
)
def test_a_host_header_is_repeated_nowhere(practice: Practice, path: str) -> None:
    client = practice.app.test_client()
    sent = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil"}
    environ = {"PATH_INFO": path, "HTTP_HOST": "evil.example"}
    answer = client.get("/", environ_overrides=environ, headers=sent)

    assert "evil" not in answer.text
    assert "evil" not in str(answer.headers)


def test_another_origin_is_told_nothing(practice: Practice) -> None:
    for method in ("GET", "OPTIONS"):
        answer = practice.prescriber.send(
            method,
            "/api/v1/plans",
            Origin="https://evil.example",
            Access_Control_Request_Method="POST",
        )
        assert not [name for name, _ in answer.headers.items() if name.startswith("Access-Control")]


def test_a_fault_says_nothing_of_itself(practice: Practice) -> None:
    practice.app.view_functions["plans.list_plans"] = _fail
    answer = practice.prescriber.get("/api/v1/plans")

    assert answer.status_code == 500
    assert set(json.loads(answer.data)) == {
        "type",
        "title",
        "status",
        "detail",
        "trace_id",
        "instance",
    }
    assert not [
        word for word in ("canary", "Traceback", "RuntimeError", ".py") if word in answer.text
    ]


def test_no_file_is_read_by_its_path(practice: Practice) -> None:
    for name in ("..%2f..%2fconfig.py", "%2e%2e/config.py", "/etc/passwd", "page.css%00.js", ""):
        for folder in ("/docs/", "/assets/x/"):
            answer = practice.nobody.get(folder + name)
            assert answer.status_code == 404, name


def test_a_page_that_was_asked_for_in_the_clear_is_neither_given_nor_led_on(
    practice: Practice,
) -> None:
    for path in ("/login", "/api/v1/plans", "/healthz"):
        answer = practice.prescriber.get(path, X_Forwarded_Proto="http")
        assert "Location" not in answer.headers, path
        assert answer.status_code in {400, 403, 404, 426}, path
