"""What a case file expects, held against the plan that was made; a case says what, never how.

A case is one JSON file: `id`, `title`, `source`, `request`, `expect`, and for the project's own
cases `proves` (rules, limits and other rows that must speak), `spares` (rows that must stay silent:
the near misses) and `also_in` (other countries in which the same request must do the same).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import NotRequired, TypedDict

from medplan.documents.request import read_request
from medplan.errors import InvalidRequestError
from medplan.formulary.model import Formulary, Severity
from medplan.model.plan import Plan
from medplan.model.request import Acknowledgement, PlanRequest
from medplan.services.planning import plan_and_prove
from tests.cases.courses import CourseWish, RoleWish, course_differences, role_differences
from tests.cases.days import DayWish, day_differences
from tests.cases.patterns import Pattern, fits, one_of

ZONES = {"NZ": "Pacific/Auckland", "GB": "Europe/London"}
_REASON = "Talked over with the patient: the benefit is greater."
_DONE, _INVALID, _NOT_ISSUABLE = 0, 2, 3


class Wishes(TypedDict, total=False):
    """Everything `expect` may hold; a missing key asks for nothing."""

    exit: int | list[int]
    issuable: bool
    courses: Mapping[str, CourseWish]
    supply: Mapping[str, str]
    no_course: list[str]
    findings: list[Pattern]
    absent: list[Pattern]
    roles: Mapping[str, RoleWish]
    reviews: list[DayWish]
    decisions: list[tuple[str, str]]
    checks: list[DayWish]
    opioid_load: list[tuple[str, str, str]]
    pointers: list[str]


class Case(TypedDict):
    """One case file."""

    id: str
    title: str
    source: str
    request: dict[str, object]
    expect: Wishes
    acknowledge: NotRequired[str]
    proves: NotRequired[list[str]]
    spares: NotRequired[list[str]]
    also_in: NotRequired[list[str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request: the exit code of the command line, and the plan or the pointers."""

    exit: int
    plan: Plan | None = None
    pointers: tuple[str, ...] = ()


def load_cases(folder: Path) -> list[Case]:
    """Every case of a folder, in the order of their names."""
    return [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]


def countries(case: Case) -> list[str]:
    """The jurisdictions in which the case is to be tried."""
    return [str(case["request"].get("jurisdiction")), *case.get("also_in", [])]


def outcome(case: Case, country: str, formularies: Mapping[str, Formulary]) -> Outcome:
    """Read, plan and prove the case's request in one country."""
    request = case["request"]
    if country in case.get("also_in", []):
        request = request | {"jurisdiction": country, "time_zone": ZONES[country]}
    try:
        read = read_request(json.dumps(request), formularies)
        plan = _planned(read, case, formularies)
    except InvalidRequestError as error:
        return Outcome(_INVALID, pointers=tuple(p.pointer for p in error.problems))
    return Outcome(_DONE if plan.issuable else _NOT_ISSUABLE, plan)


def differences(case: Case, came: Outcome) -> list[str]:
    """In what the outcome is not as the case expects; empty when it is."""
    wish = case["expect"]
    allowed = wish.get("exit", [_DONE, _NOT_ISSUABLE])
    if not one_of(allowed, came.exit):
        said = sorted(f.code for f in came.plan.findings if f.open) if came.plan else came.pointers
        return [f"exit {came.exit} and not {allowed}: {said}"]
    if came.plan is None:
        return list(_pointer_differences(wish, came.pointers))
    return [
        *_plan_differences(wish, came.plan),
        *course_differences(wish.get("courses", {}), came.plan),
        *role_differences(wish.get("roles", {}), came.plan),
        *day_differences(wish.get("reviews", []), wish.get("checks", []), came.plan),
        *_spoken(case, came.plan),
    ]


def _planned(read: PlanRequest, case: Case, formularies: Mapping[str, Formulary]) -> Plan:
    formulary = formularies[read.jurisdiction]
    plan = plan_and_prove(read, formulary)
    if case.get("acknowledge") != "majors":
        return plan
    majors = sorted(f.code for f in plan.findings if f.severity is Severity.MAJOR)
    agreed = tuple(Acknowledgement(code, _REASON) for code in majors)
    return plan_and_prove(replace(read, acknowledged=agreed), formulary)


def _pointer_differences(wish: Wishes, pointers: tuple[str, ...]) -> Iterator[str]:
    for wanted in wish.get("pointers", []):
        if not any(pointer.startswith(wanted) for pointer in pointers):
            yield f"no problem at {wanted}, only at {pointers}"


def _plan_differences(wish: Wishes, plan: Plan) -> Iterator[str]:
    if wish.get("issuable", plan.issuable) != plan.issuable:
        yield f"issuable is {plan.issuable}"
    for pattern in wish.get("findings", []):
        if not any(fits(pattern, found) for found in plan.findings):
            yield f"no finding like {pattern} among {[f.code for f in plan.findings]}"
    for pattern in wish.get("absent", []):
        yield from (f"unwanted {f.severity} {f.code}" for f in plan.findings if fits(pattern, f))
    for medicine in wish.get("no_course", []):
        if any(course.medicine == medicine for course in plan.courses):
            yield f"a course of {medicine} that nothing asks for"
    yield from _numbers(wish, plan)


def _numbers(wish: Wishes, plan: Plan) -> Iterator[str]:
    for product, units in wish.get("supply", {}).items():
        got = sum((row.units for row in plan.supply if row.product == product), Decimal(0))
        if got != Decimal(units):
            yield f"supply of {product} is {got} and not {units}"
    for day, medicine in wish.get("decisions", []):
        if not any(d.day.isoformat() == day and d.medicine == medicine for d in plan.decisions):
            yield f"no decision on {medicine} on {day}"
    for authority, day, mg in wish.get("opioid_load", []):
        loads = [
            row.ome_mg
            for row in plan.opioid_load
            if row.authority == authority
            and row.days.first.isoformat() <= day <= row.days.last.isoformat()
        ]
        if not any(load == Decimal(mg) for load in loads):
            yield f"opioid load by {authority} on {day} is {loads} and not {mg}"


def _spoken(case: Case, plan: Plan) -> Iterator[str]:
    """Rows named by the case: `row` or `row:medicine`, as a finding's code begins."""
    codes = [f"{found.code}:" for found in plan.findings]
    for row in case.get("proves", []):
        if not any(code.startswith(f"{row}:") for code in codes):
            yield f"{row} says nothing"
    for row in case.get("spares", []):
        if any(code.startswith(f"{row}:") for code in codes):
            yield f"{row} speaks and should not"
