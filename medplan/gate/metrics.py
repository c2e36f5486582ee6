"""Counts for Prometheus: requests by route, and figures of the service when they are asked for.

A label is a route's pattern, a method, a status or a plan's status: never a path, an id or a name.
Whoever asks is on this machine or has the metrics token.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from hmac import compare_digest

from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from medplan.gate.context import Context
from medplan.gate.refusals import NoTokenError
from medplan.services.operation.figures import read_figures
from medplan.services.parts import Parts

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_NAME = "medplan.metrics"
_BUCKETS = (0.005, 0.01, 0.025, 0.06, 0.12, 0.25, 0.5, 1.0, 2.5, 10.0)
_HERE = frozenset({"127.0.0.1", "::1"})
_NO_ROUTE = "none"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """One application's counters."""

    def __init__(self, parts: Parts, clock: Callable[[], datetime], token: str | None) -> None:
        self.registry = CollectorRegistry()
        self.token = token
        self.requests = Counter(
            "medplan_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "medplan_request_seconds",
            "Time taken to answer.",
            ("method", "route"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.deprecated = Counter(
            "medplan_deprecated_requests",
            "Requests to operations that are deprecated.",
            ("method", "route"),
            registry=self.registry,
        )
        self.proof_failures = Counter(
            "medplan_proof_failures",
            "Plans that did not stand up to their proof.",
            registry=self.registry,
        )
        self.registry.register(_Figures(parts, clock))


class _Figures(Collector):
    """Reads the service's figures each time they are asked for."""

    def __init__(self, parts: Parts, clock: Callable[[], datetime]) -> None:
        self._parts, self._clock = parts, clock

    def describe(self) -> list[Metric]:
        """Name nothing beforehand, so that registering asks no database."""
        return []

    @override
    def collect(self) -> Iterator[Metric]:
        figures = read_figures(self._parts, self._clock())
        plans = GaugeMetricFamily("medplan_plans", "Plans by status.", labels=["status"])
        for status, count in sorted(figures.plans.items()):
            plans.add_metric([status], count)
        yield plans
        drafts = GaugeMetricFamily(
            "medplan_formulary_draft", "1 where nobody has signed it.", labels=["jurisdiction"]
        )
        for name, formulary in sorted(self._parts.formularies.items()):
            drafts.add_metric([name], int(formulary.status != "signed"))
        yield drafts
        for name, about, value in (
            ("overdue_stops", "Plans in force past a stop nobody acted on.", figures.overdue_stops),
            ("stale_feeds", "Live feeds behind what they show now.", figures.stale_feeds),
            ("outbox_age_seconds", "How long the oldest task has waited.", figures.outbox_age_s),
            ("outbox_dead", "Tasks that were given up.", figures.dead_tasks),
        ):
            yield GaugeMetricFamily(f"medplan_{name}", about, value=value)


def told_method() -> str:
    """Name the request's method, of those there are: somebody may send any word."""
    return request.method if request.method in _METHODS else "other"


def told_route() -> str:
    """Name the request's route by its pattern: its path may be a secret."""
    return _NO_ROUTE if request.url_rule is None else request.url_rule.rule


def install_metrics(app: Flask, context: Context, token: str | None) -> None:
    """Count every request of the application."""
    app.extensions[_NAME] = Metrics(context.parts, context.clock, token)
    app.before_request(_begin)
    app.after_request(_count)


def count_deprecated() -> None:
    """Count a request to an operation that is deprecated."""
    _metrics().deprecated.labels(request.method, told_route()).inc()


def count_proof_failure() -> None:
    """Count a plan that did not stand up to its proof."""
    _metrics().proof_failures.inc()


def expose() -> bytes:
    """Write every count for Prometheus.

    Raises:
        NoTokenError: whoever asks is elsewhere and has no metrics token.
    """
    metrics = _metrics()
    if metrics.token is None:
        allowed = request.remote_addr in _HERE and "X-Forwarded-For" not in request.headers
    else:
        sent = request.authorization
        given = "" if sent is None or sent.type != "bearer" else sent.token or ""
        allowed = compare_digest(given.encode(), metrics.token.encode())
    if not allowed:
        raise NoTokenError
    return generate_latest(metrics.registry)


def _begin() -> None:
    g.counted_from = time.perf_counter()


def _count(response: Response) -> Response:
    metrics, method, route = _metrics(), told_method(), told_route()
    metrics.requests.labels(method, route, str(response.status_code)).inc()
    metrics.seconds.labels(method, route).observe(time.perf_counter() - g.counted_from)
    return response


def _metrics() -> Metrics:
    found = current_app.extensions[_NAME]
    assert isinstance(found, Metrics)  # noqa: S101 - tells the type checker what install_metrics put
    return found
