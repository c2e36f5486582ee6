"""Spans of OpenTelemetry, for deployments that ask for them (`MEDPLAN_TRACES_TO`).

A span holds words of closed lists only: a method, a route's pattern, a status, a statement's verb
and table, a task's topic, the kind of a fault. So no path, address, header, parameter, value or
message can be in one, and nothing needs to be taken out again; ready-made instrumentation records
addresses, which here are secrets. Needs what requirements-traces.txt installs.
"""

import re
from collections.abc import Callable
from contextvars import Token
from functools import cache, wraps
from typing import ParamSpec

from flask import (
    Flask,
    Response,
    g,
    request,
    request_finished,
    request_started,
    request_tearing_down,
)
from opentelemetry.context import Context, attach, detach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import (
    Span,
    SpanKind,
    StatusCode,
    format_span_id,
    format_trace_id,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext

from medplan.gate.headers import set_trace
from medplan.gate.metrics import told_method, told_route
from medplan.store.tables.base import Row

_FAULTS_FROM = 500
_NAME = "medplan.spans"
_STATEMENT = re.compile(
    r"\s*(SELECT|INSERT|UPDATE|DELETE)\b(?:.*?\b(?:FROM|INTO|(?<=UPDATE)) \"?([a-z_]+))?", re.DOTALL
)
_UPSTREAM = TraceContextTextMapPropagator()
_P = ParamSpec("_P")


class Spans:
    """Makes spans and hands them to a provider."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer(_NAME)

    def watch_requests(self, app: Flask) -> None:
        """Make a span of every request that Flask is asked; calendars' polls are not."""
        app.extensions[_NAME] = self  # a signal keeps nobody alive
        request_started.connect(self._begin, app)
        request_finished.connect(_note_answer, app)
        request_tearing_down.connect(_end, app)

    def watch_statements(self, engine: Engine) -> None:
        """Make a span of every statement that is part of something else."""
        event.listen(engine, "before_cursor_execute", self._begin_statement)
        event.listen(engine, "after_cursor_execute", _end_statement)
        event.listen(engine, "handle_error", _fail_statement)

    def around(self, name: str, work: Callable[_P, None]) -> Callable[_P, None]:
        """Give the same work, within a span of that name."""

        @wraps(work)
        def traced(*given: _P.args, **named: _P.kwargs) -> None:
            with self._tracer.start_as_current_span(
                name, kind=SpanKind.CONSUMER, record_exception=False, set_status_on_exception=False
            ) as span:
                try:
                    work(*given, **named)
                except Exception as error:
                    _fail(span, error)
                    raise

        return traced

    def _begin(self, _app: Flask, **_more: object) -> None:
        """Go on with the trace that the request is part of, or begin one."""
        sent = {"traceparent": request.headers.get("traceparent", "")}
        method, route = told_method(), told_route()
        span = self._tracer.start_span(
            f"{method} {route}",
            _UPSTREAM.extract(sent, Context()),
            SpanKind.SERVER,
            {"http.request.method": method, "http.route": route},
        )
        g.span, g.span_token = span, attach(set_span_in_context(span))
        own = span.get_span_context()
        set_trace(
            format_trace_id(own.trace_id), format_span_id(own.span_id), f"{own.trace_flags:02x}"
        )

    def _begin_statement(
        self, connection: Connection, _cursor: object, statement: str, *_more: object
    ) -> None:
        found = _STATEMENT.match(statement)
        if found is None or not get_current_span().is_recording():
            return  # a worker that only looks for work tells nobody
        verb, table = found.groups()
        known = {"db.operation.name": verb}
        if table in Row.metadata.tables:
            known["db.collection.name"] = table
        span = self._tracer.start_span(
            " ".join(known.values()), kind=SpanKind.CLIENT, attributes=known
        )
        connection.info.setdefault(_NAME, []).append(span)


@cache
def spans_to(address: str) -> Spans:
    """Make spans that are sent to an OTLP collector, by one thread of this process."""
    resource = Resource.create({SERVICE_NAME: "medplan"})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=address)))
    return Spans(provider)


def _note_answer(_app: Flask, response: Response, **_more: object) -> None:
    span: Span = g.span
    span.set_attribute("http.response.status_code", response.status_code)
    if response.status_code >= _FAULTS_FROM:
        span.set_status(StatusCode.ERROR)


def _end(_app: Flask, **_more: object) -> None:
    span: Span | None = g.pop("span", None)
    token: Token[Context] | None = g.pop("span_token", None)
    if span is not None and token is not None:
        detach(token)
        span.end()


def _fail(span: Span, error: BaseException) -> None:
    """Say what kind of fault it was; its message may hold what was sent."""
    span.set_attribute("error.type", type(error).__name__)
    span.set_status(StatusCode.ERROR)


def _end_statement(connection: Connection, *_more: object) -> None:
    open_spans: list[Span] = connection.info.get(_NAME, [])
    if open_spans:
        open_spans.pop().end()


def _fail_statement(failed: ExceptionContext) -> None:
    connection = failed.connection
    if connection is None or connection.invalidated:
        return
    open_spans: list[Span] = connection.info.get(_NAME, [])
    if open_spans:
        span = open_spans.pop()
        _fail(span, failed.original_exception)
        span.end()
