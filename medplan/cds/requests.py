"""What an EHR sends with a hook, and what it says became of cards: read strictly where we use it.

Other members belong to the hook's own specification and are left alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from medplan.documents.json_text import JsonValue
from medplan.errors import InvalidRequestError, Problem

_OUTCOMES = {"accepted", "overridden"}
_MOST_FEEDBACK = 100
_LONGEST_CARD = 100


@dataclass(frozen=True, slots=True)
class Feedback:
    """What became of one card, and everything that was said of it."""

    card: str
    outcome: str
    document: dict[str, JsonValue]


def read_orders(document: JsonValue, hook: str) -> JsonValue:
    """The draft orders of a hook as one Bundle, with the patient whom the EHR sent along.

    Raises:
        InvalidRequestError: it is another hook, or brings no orders.
    """
    sent = document if isinstance(document, dict) else {}
    context = sent.get("context")
    orders = context.get("draftOrders") if isinstance(context, dict) else None
    entries = orders.get("entry") if isinstance(orders, dict) else None
    problems = []
    if sent.get("hook") != hook:
        problems.append(Problem("/hook", "not-in-list", f"{hook} is needed"))
    if not isinstance(entries, list):
        detail = "a Bundle with entries is needed"
        problems.append(Problem("/context/draftOrders", "missing", detail))
    if problems or not isinstance(entries, list):
        raise InvalidRequestError(problems)
    return {"resourceType": "Bundle", "type": "collection", "entry": [*_prefetched(sent), *entries]}


def read_feedback(document: JsonValue) -> list[Feedback]:
    """What became of cards.

    Raises:
        InvalidRequestError: every entry that is none, at once.
    """
    sent = document.get("feedback") if isinstance(document, dict) else None
    if not isinstance(sent, list) or not 0 < len(sent) <= _MOST_FEEDBACK:
        detail = f"1 to {_MOST_FEEDBACK} entries are needed"
        raise InvalidRequestError([Problem("/feedback", "bad-length", detail)])
    found, problems = [], []
    for n, entry in enumerate(sent):
        card = entry.get("card") if isinstance(entry, dict) else None
        outcome = str(entry.get("outcome")) if isinstance(entry, dict) else None
        known = isinstance(card, str) and 0 < len(card) <= _LONGEST_CARD and outcome in _OUTCOMES
        if isinstance(entry, dict) and known:
            found.append(Feedback(str(card), str(outcome), entry))
        else:
            detail = f"card and outcome ({', '.join(sorted(_OUTCOMES))}) are needed"
            problems.append(Problem(f"/feedback/{n}", "invalid", detail))
    if problems:
        raise InvalidRequestError(problems)
    return found


def _prefetched(sent: dict[str, JsonValue]) -> Iterator[JsonValue]:
    prefetch = sent.get("prefetch")
    patient = prefetch.get("patient") if isinstance(prefetch, dict) else None
    if isinstance(patient, dict):
        yield {"resource": patient}
