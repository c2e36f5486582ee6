"""What is watched is what medplan counts, and whoever is called finds a page about it."""

import json
import re
from pathlib import Path

import yaml

from tests.api.practice import Practice

DEPLOY = Path(__file__).parents[2] / "deploy"
RUNBOOK = Path(__file__).parents[2] / "docs" / "runbook.md"
# Told by Prometheus itself and by node_exporter's systemd collector.
OTHERS = {"up", "node_systemd_unit_state"}
_METRIC = re.compile(r"\b(?:medplan_[a-z_]+|node_[a-z_]+|up(?=\{))")


def rules() -> list[dict[str, str]]:
    document = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))
    return [rule for group in document["groups"] for rule in group["rules"]]


def panels() -> list[str]:
    document = json.loads((DEPLOY / "grafana" / "medplan.json").read_text(encoding="utf-8"))
    return [target["expr"] for panel in document["panels"] for target in panel["targets"]]


def counted(practice: Practice) -> set[str]:
    """Name every series that /metrics gives, or says that it would."""
    told = practice.nobody.get("/metrics").text
    kinds = dict(re.findall(r"^# TYPE (\S+) (\w+)$", told, re.MULTILINE))
    buckets = {f"{name}_bucket" for name, kind in kinds.items() if kind == "histogram"}
    return kinds.keys() | buckets


def test_every_metric_that_is_watched_is_exported(practice: Practice) -> None:
    there = counted(practice) | OTHERS
    wanted = {name for rule in rules() for name in _METRIC.findall(rule["expr"])}
    shown = {name for expression in panels() for name in _METRIC.findall(expression)}

    assert wanted - there == set()
    assert shown - there == set()
    assert {name for name in there if name.startswith("medplan_")} - wanted - {
        f"medplan_{name}_created"
        for name in ("requests", "request_seconds", "deprecated_requests", "proof_failures")
    } <= {"medplan_request_seconds"}


def test_everybody_who_is_called_finds_what_to_do() -> None:
    headings = re.findall(r"^## (Medplan\w+)$", RUNBOOK.read_text(encoding="utf-8"), re.MULTILINE)

    assert [rule["alert"] for rule in rules()] == headings


def test_a_formulary_that_nobody_signed_is_told(practice: Practice) -> None:
    told = practice.nobody.get("/metrics").text

    assert 'medplan_formulary_draft{jurisdiction="NZ"} 1.0' in told
