"""Any plan that the types allow, sensible or not: documents must carry it unharmed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from hypothesis import strategies as st

from medplan.documents.fields import zone_names
from medplan.formulary.model import (
    CheckLevel,
    CheckTime,
    Citation,
    Evidence,
    FindingKind,
    Severity,
)
from medplan.model.plan import (
    Check,
    ChecklistItem,
    Course,
    Decision,
    Dose,
    EndsIn,
    Finding,
    FormularyRef,
    LimitFacts,
    OpioidLoad,
    Phase,
    Plan,
    PlanProduct,
    ProductUnits,
    ProofRow,
    Review,
    Role,
    Step,
    Stop,
    Supply,
)
from medplan.units import MINUTES_PER_DAY, Days, Slot

T = TypeVar("T")

_WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
_DAY = st.dates(date(2000, 1, 1), date(2101, 12, 31))
_DAYS = st.builds(lambda first, n: Days(first, first + timedelta(n)), _DAY, st.integers(0, 729))
_AMOUNTS = st.decimals(0, 9_999_999, places=4)
_PERCENTS = st.decimals(0, 100, places=2)


def _few(items: st.SearchStrategy[T], least: int = 0) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(items, min_size=least, max_size=2).map(tuple)


def _maybe(item: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | item


_DOSES = st.builds(
    Dose,
    minute=_maybe(st.integers(0, MINUTES_PER_DAY - 1)),
    slot=_maybe(st.sampled_from(Slot)),
    mg=_AMOUNTS,
    products=_few(st.builds(ProductUnits, _WORDS, _AMOUNTS)),
    instruction=_WORDS,
)
_STEPS = st.builds(
    Step,
    phase=st.sampled_from(Phase),
    days=_DAYS,
    daily_mg=_AMOUNTS,
    conditional=st.booleans(),
    when_required=st.booleans(),
    max_daily_mg=_maybe(_AMOUNTS),
    min_interval_hours=_maybe(_AMOUNTS),
    asked_percent=_maybe(_PERCENTS),
    actual_percent=_maybe(_PERCENTS),
    doses=_few(_DOSES),
)
_COURSES = st.builds(
    Course,
    medicine=_WORDS,
    name=_maybe(_WORDS),
    regimen=_WORDS,
    role=st.sampled_from(Role),
    covers=_few(_WORDS),
    ends_in=st.sampled_from(EndsIn),
    steps=_few(_STEPS, least=1).map(lambda s: tuple(sorted(s, key=lambda x: x.days.first))),
).filter(lambda c: c.steps[0].days.first <= c.steps[-1].days.last)
_FINDINGS = st.builds(
    Finding,
    code=_WORDS,
    kind=st.sampled_from(FindingKind),
    severity=st.sampled_from(Severity),
    medicines=_few(_WORDS),
    message=_WORDS,
    suggestion=_maybe(_WORDS),
    sources=_few(st.builds(Citation, _WORDS, st.sampled_from(Evidence))),
    acknowledged=_maybe(_WORDS),
)


def _spanned(plan: Plan) -> Plan:
    """The plan with the first and last day that its courses give it: a document holds both."""
    if not plan.courses:
        return plan
    first = min(c.days.first for c in plan.courses)
    return replace(plan, start=min(plan.start, first), end=max(c.days.last for c in plan.courses))


_ITEMS = st.builds(ChecklistItem, _WORDS, st.sampled_from(CheckLevel), _WORDS)

PLANS = st.builds(
    Plan,
    formulary=st.builds(FormularyRef, _WORDS, _WORDS, _WORDS),
    indication=_WORDS,
    start=_DAY,
    end=_DAY,
    time_zone=st.sampled_from(sorted(zone_names())),
    facts=st.builds(
        LimitFacts, st.integers(0, 130), _maybe(_AMOUNTS), _maybe(st.integers(0, 200)), _few(_WORDS)
    ),
    products=_few(
        st.builds(
            PlanProduct,
            id=_WORDS,
            medicine=_WORDS,
            contains=_few(st.tuples(_WORDS, _AMOUNTS)),
            halves=st.booleans(),
            measure_ml=_maybe(_AMOUNTS),
            declared=st.booleans(),
        )
    ),
    issuable=st.booleans(),
    findings=_few(_FINDINGS),
    courses=_few(_COURSES),
    reviews=_few(st.builds(Review, _DAY, _few(_WORDS), _WORDS)),
    decisions=_few(st.builds(Decision, _DAY, _WORDS, _few(_WORDS), _WORDS)),
    checks=_few(st.builds(Check, _DAY, _WORDS, st.sampled_from(CheckTime), _few(_ITEMS))),
    stops=_few(st.builds(Stop, _WORDS, _DAY, _DAY, _WORDS, _WORDS)),
    supply=_few(st.builds(Supply, _WORDS, _AMOUNTS, _DAYS, _maybe(st.integers(0, 99)))),
    opioid_load=_few(st.builds(OpioidLoad, _WORDS, _DAYS, _AMOUNTS)),
    proof=_few(st.builds(ProofRow, _WORDS, _WORDS, _WORDS, _WORDS, _WORDS, holds=st.booleans())),
    self_care=_few(_WORDS),
    red_flags=_few(_WORDS),
    emergency=_WORDS,
    sources=_few(_WORDS),
).map(_spanned)
