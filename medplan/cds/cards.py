"""Cards from a plan: what was found, with its sources, and the proved schedule as a suggestion.

Pure. A card never acts by itself: there are no system actions, and a plan with a block suggests
nothing.
"""

from collections.abc import Mapping
from uuid import NAMESPACE_URL, uuid5

from medplan.documents.json_text import JsonValue
from medplan.formulary.model import Severity
from medplan.model.plan import Finding, Plan
from medplan.services.clients.drafted_orders import Drafted

Card = dict[str, JsonValue]

_LONGEST_SUMMARY = 140
_INDICATORS: Mapping[Severity, str] = {
    Severity.BLOCK: "critical",
    Severity.MAJOR: "warning",
    Severity.WARN: "warning",
    Severity.INFO: "info",
}
_REASONS: list[JsonValue] = [
    {"code": "weighed", "system": "urn:medplan:override", "display": "Weighed and agreed"},
    {"code": "not-applicable", "system": "urn:medplan:override", "display": "Does not apply"},
]


def cards(drafted: Drafted, public_url: str) -> list[Card]:
    """What an EHR shows: a card for each finding, and one with the schedule where there is one."""
    if drafted.plan is None:
        return [_unread(drafted, public_url)]
    plan = drafted.plan
    found = [_finding(n, finding, plan, public_url) for n, finding in enumerate(plan.findings)]
    blocked = any(finding.severity is Severity.BLOCK for finding in plan.findings)
    proved = all(row.holds for row in plan.proof)
    if drafted.problems:
        return [_unread(drafted, public_url), *found]
    return found if blocked or not proved else [*found, _schedule(drafted, plan, public_url)]


def _finding(place: int, finding: Finding, plan: Plan, public_url: str) -> Card:
    sources = ", ".join(f"{s.source} ({s.evidence.value})" for s in finding.sources)
    advice = "" if finding.suggestion is None else f"\n\n{finding.suggestion}"
    card = _card(
        f"{public_url}#{finding.code}/{place}",
        finding.message,
        f"{finding.message}{advice}\n\nSources: {sources or 'none'}.",
        _INDICATORS[finding.severity],
        _source(plan, public_url),
    )
    return card | ({"overrideReasons": _REASONS} if finding.severity is Severity.MAJOR else {})


def _schedule(drafted: Drafted, plan: Plan, public_url: str) -> Card:
    actions: list[JsonValue] = [
        {"type": "create", "description": "The order with its dated doses.", "resource": request}
        for request in drafted.requests
    ]
    label = f"Use the schedule from {plan.start} to {plan.end}"
    key = f"{public_url}#schedule"
    minded = "".join(f"\n- {warning}" for warning in drafted.warnings)
    card = _card(
        key,
        f"A dated schedule from {plan.start} to {plan.end}, proved dose by dose",
        "Every dose, stop and review on its day. Limits, gaps and tablets were proved by code of "
        "their own." + (f"\n\nTo be minded:{minded}" if minded else ""),
        "info",
        _source(plan, public_url),
    )
    suggestion: JsonValue = {"label": label, "uuid": _name(label), "actions": actions}
    links: list[JsonValue] = [_link(drafted, public_url)]
    return card | {
        "suggestions": [suggestion],
        "selectionBehavior": "at-most-one",
        "links": links,
    }


def _link(drafted: Drafted, public_url: str) -> Card:
    """Where the plan is, or a new one is written. An absolute link: medplan is no app that an EHR
    launches by SMART, so the page asks whoever follows it to sign in."""
    if drafted.plan_id is None:
        return {"label": "Write a plan", "url": f"{public_url}/plans/new", "type": "absolute"}
    return {
        "label": "Open the plan",
        "url": f"{public_url}/plans/{drafted.plan_id}",
        "type": "absolute",
    }


def _unread(drafted: Drafted, public_url: str) -> Card:
    detail = "\n".join(f"- {problem}" for problem in drafted.problems) or "- no order to plan"
    source: Card = {"label": "medplan", "url": public_url}
    summary = "medplan did not understand these orders and suggests nothing"
    return _card(f"{public_url}#unread", summary, detail, "info", source)


def _card(key: str, summary: str, detail: str, indicator: str, source: Card) -> Card:
    short = summary if len(summary) <= _LONGEST_SUMMARY else f"{summary[: _LONGEST_SUMMARY - 1]}…"
    return {
        "uuid": _name(key),
        "summary": short,
        "detail": detail,
        "indicator": indicator,
        "source": source,
    }


def _source(plan: Plan, public_url: str) -> Card:
    """Which formulary the card rests on, and that nobody has signed it where nobody has."""
    found = plan.formulary
    return {"label": f"medplan, {found.jurisdiction} formulary ({found.status})", "url": public_url}


def _name(key: str) -> str:
    return str(uuid5(NAMESPACE_URL, key))
