"""Reviews and side-effect checks that a case expects within some days."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypedDict

from medplan.model.plan import Plan
from tests.cases.patterns import one_of

DayWish = TypedDict(
    "DayWish", {"medicine": str, "when": str | list[str], "from": str, "to": str}, total=False
)
_FIRST, _LAST = "", "9999"


def day_differences(
    reviews: Iterable[DayWish], checks: Iterable[DayWish], plan: Plan
) -> Iterator[str]:
    """The reviews and checks that are not there."""
    for wish in reviews:
        if not any(wish["medicine"] in r.medicines and _within(r.day, wish) for r in plan.reviews):
            yield f"no review like {wish}"
    for wish in checks:
        if not any(
            check.medicine == wish["medicine"]
            and one_of(wish.get("when", check.when.value), check.when.value)
            and _within(check.day, wish)
            for check in plan.checks
        ):
            yield f"no side-effect check like {wish}"


def _within(day: date, wish: DayWish) -> bool:
    return wish.get("from", _FIRST) <= day.isoformat() <= wish.get("to", _LAST)
