"""Spans tell how long what took, and hold no secret and nobody's name."""

import re

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from config import Config
from medplan.building import spans_of
from medplan.gate.spans import Spans
from medplan.worker import Worker, handlers_within
from tests.api.conftest import peopled, practice
from tests.api.machines import parts_of
from tests.api.practice import Practice
from tests.attack.target import make_target

__all__ = ["peopled", "practice"]

CANARY = "canary-8841"
_TRACE = "0af7651916cd43dd8448eb211c80319c"


class Watched:
    """A practice whose spans are kept here."""

    def __init__(self, practice: Practice) -> None:
        self._kept = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self._kept))
        self.practice, self.spans = practice, Spans(provider)
        self.spans.watch_requests(practice.app)
        self.spans.watch_statements(parts_of(practice).database.engine)

    def made(self) -> list[ReadableSpan]:
        """Every span so far, in the order of their ends; they are forgotten here."""
        found = list(self._kept.get_finished_spans())
        self._kept.clear()
        return found


@pytest.fixture
def watched(practice: Practice) -> Watched:
    """A practice with spans; its application and database end with it."""
    return Watched(practice)


def told(span: ReadableSpan) -> tuple[str, dict[str, object]]:
    return span.name, dict(span.attributes or {})


def test_a_request_is_a_span_of_its_trace_and_its_statements_are_within(watched: Watched) -> None:
    sent = f"00-{_TRACE}-b7ad6b7169203331-01"
    answer = watched.practice.prescriber.get("/api/v1/plans?limit=5", traceparent=sent)

    *statements, request = watched.made()
    assert told(request) == (
        "GET /api/v1/plans",
        {
            "http.request.method": "GET",
            "http.route": "/api/v1/plans",
            "http.response.status_code": 200,
        },
    )
    assert request.context is not None
    own = f"{request.context.span_id:016x}"
    assert answer.headers["traceparent"] == f"00-{_TRACE}-{own}-01"
    assert [told(span) for span in statements if span.name.endswith(" plan")] == [
        ("SELECT plan", {"db.operation.name": "SELECT", "db.collection.name": "plan"})
    ]
    assert {span.parent.span_id for span in statements if span.parent} == {request.context.span_id}
    assert {span.context.trace_id for span in statements if span.context} == {int(_TRACE, 16)}


def test_a_request_without_a_trace_begins_one_that_its_answer_names(watched: Watched) -> None:
    answer = watched.practice.nobody.get("/nothing-there")

    (request,) = watched.made()
    assert request.context is not None
    assert told(request)[0] == "GET none"
    assert f"{request.context.trace_id:032x}" == answer.headers["traceparent"].split("-")[1]


def test_no_secret_and_nothing_that_was_sent_is_in_any_span(watched: Watched) -> None:
    target = make_target(watched.practice)
    secrets = (target.feed_token, target.link_token, str(watched.practice.prescriber.token), CANARY)
    for secret in secrets:
        for path in (f"/f/{secret}x.ics", f"/f/{secret}", f"/p/{secret}", f"/{secret}?a={secret}"):
            watched.practice.nobody.get(path, X_Request_Id=secret, tracestate=f"a={secret}")
        watched.practice.prescriber.get(f"/api/v1/plans?patient={secret}&limit={secret}")
        watched.practice.prescriber.send("POST", "/api/v1/previews", {"start": secret})

    spans = "".join(span.to_json() for span in watched.made())
    assert "/f/<token>" in spans
    assert [secret for secret in secrets if secret in spans] == []
    assert re.findall(r"mp[a-z]_\w+|pln_\w+|naproxen", spans) == []


def test_a_task_is_a_span_and_looking_for_one_is_none(watched: Watched) -> None:
    watched.practice.prescriber.issued()
    watched.made()
    worker = Worker(parts_of(watched.practice), handlers_within(watched.spans))

    assert worker.work_once()
    assert not worker.work_once()
    *statements, task = watched.made()
    assert told(task) == ("task event", {})
    assert "SELECT event" in [span.name for span in statements]


def test_of_work_that_fails_only_the_kind_is_told(watched: Watched) -> None:
    def fail() -> None:
        raise RuntimeError(CANARY)

    with pytest.raises(RuntimeError):
        watched.spans.around("task event", fail)()

    (span,) = watched.made()
    assert told(span) == ("task event", {"error.type": "RuntimeError"})
    assert CANARY not in span.to_json()


def test_nobody_who_does_not_ask_for_spans_gets_any() -> None:
    assert spans_of(Config()) is None
