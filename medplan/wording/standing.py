"""Where a plan stands in its life, for a reader who sees nothing but the plan's words.

Knows the statuses by their words only.
"""

from collections.abc import Mapping

_SAID: Mapping[str, str] = {
    "draft": "DRAFT: nobody has issued this plan. Do not follow it.",
    "on-hold": (
        "ON HOLD: keep to the present doses. Later steps wait until the prescriber goes on with "
        "the plan."
    ),
    "stopped": "STOPPED: take no more of these medicines than is shown below.",
    "completed": "COMPLETED: there is nothing more to take from this plan.",
    "entered-in-error": (
        "ENTERED IN ERROR: do not follow this plan. It was a mistake and shows no doses any more."
    ),
}


def standing_sentence(status: str) -> str | None:
    """Say what a reader must know of a plan's status; None of a plan that is simply followed."""
    return _SAID.get(status)
