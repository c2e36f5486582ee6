"""How the plan of one request differs between two formularies."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, reject, settings
from hypothesis import strategies as st

from medplan.clinical.comparing.formularies import (
    CourseChange,
    FindingChange,
    HeldDose,
    PlanChange,
    plan_change,
)
from medplan.clinical.make_plan import make_plan
from medplan.errors import InvalidRequestError, Problem
from medplan.formulary.difference import Change
from medplan.formulary.model import Formulary, Limit, Regimen, Severity
from medplan.model.plan import Role
from medplan.model.request import CourseRequest
from medplan.units import Days
from tests.clinical.requesting import MONDAY, asked, requests

FIVE_DAYS = Days(MONDAY, date(2026, 11, 27))
REQUEST = asked(CourseRequest("paracetamol", "regular", days=5))
REFUSED = (Problem("/courses/0/medicine", "unknown-medicine", "lacks it"),)


def with_regimen(whole: Formulary, regimen: Regimen) -> Formulary:
    """The formulary with paracetamol's regular regimen otherwise."""
    medicine = whole.medicines["paracetamol"]
    regimens = tuple(regimen if r.id == regimen.id else r for r in medicine.regimens)
    return replace(
        whole, medicines={**whole.medicines, medicine.id: replace(medicine, regimens=regimens)}
    )


def with_limit(whole: Formulary, limit: Limit) -> Formulary:
    """The formulary with one limit of paracetamol otherwise."""
    medicine = whole.medicines["paracetamol"]
    limits = tuple(limit if old.id == limit.id else old for old in medicine.limits)
    return replace(
        whole, medicines={**whole.medicines, medicine.id: replace(medicine, limits=limits)}
    )


def change(before: Formulary, after: Formulary) -> PlanChange:
    return plan_change("a case", make_plan(REQUEST, before), make_plan(REQUEST, after))


def test_another_usual_dose_changes_the_doses_and_says_which_ones(
    formularies: Mapping[str, Formulary],
) -> None:
    whole = formularies["NZ"]
    regular = whole.medicines["paracetamol"].regimen_by_id["regular"]
    lower = with_regimen(whole, replace(regular, dose_mg=Decimal(500)))

    found = change(whole, lower)

    assert found.changed
    assert found.courses == (
        CourseChange(
            "paracetamol",
            Role.PRESCRIBED,
            Change.CHANGED,
            ("daily dose", "single doses", "tablets"),
            (HeldDose(FIVE_DAYS, Decimal(4000)),),
            (HeldDose(FIVE_DAYS, Decimal(2000)),),
        ),
    )


def test_a_stricter_limit_adds_a_finding_and_keeps_the_plan_from_being_issued(
    formularies: Mapping[str, Formulary],
) -> None:
    whole = formularies["NZ"]
    limits = whole.medicines["paracetamol"].limits
    daily = next(x for x in limits if x.value == 4000)
    stricter = with_limit(whole, replace(daily, value=Decimal(3000)))

    found = change(whole, stricter)

    assert (found.issuable_before, found.issuable_after) == (True, False)
    assert found.courses == ()
    assert [(f.code, f.before, f.after) for f in found.findings] == [
        (f"{daily.id}:paracetamol", None, daily.severity)
    ]


def test_a_request_that_is_refused_has_a_plan_on_one_side_only(
    formularies: Mapping[str, Formulary],
) -> None:
    plan = make_plan(REQUEST, formularies["NZ"])

    gone = plan_change("a case", plan, REFUSED)
    come = plan_change("a case", REFUSED, plan)

    assert [c.change for c in gone.courses] == [Change.REMOVED] * len(plan.courses)
    assert [c.change for c in come.courses] == [Change.ADDED] * len(plan.courses)
    assert (gone.refused_after, gone.issuable_after) == (REFUSED, None)
    assert (come.refused_before, come.issuable_before) == (REFUSED, None)
    assert not plan_change("a case", REFUSED, REFUSED).changed


def test_another_severity_is_a_change_of_that_finding_alone(
    formularies: Mapping[str, Formulary],
) -> None:
    plan = make_plan(asked(CourseRequest("naproxen", "twice-daily", days=40)), formularies["NZ"])
    first, *others = plan.findings
    milder = replace(plan, findings=(replace(first, severity=Severity.INFO), *others))
    louder = replace(plan, findings=(replace(first, severity=Severity.BLOCK), *others))

    assert plan_change("a case", milder, louder).findings == (
        FindingChange(first.code, first.message, Severity.INFO, Severity.BLOCK),
    )


@settings(max_examples=40)
@given(data=st.data())
def test_a_plan_does_not_differ_from_itself(
    formularies: Mapping[str, Formulary], data: st.DataObject
) -> None:
    request = data.draw(requests(formularies))
    try:
        plan = make_plan(request, formularies[request.jurisdiction])
    except InvalidRequestError:
        reject()

    assert not plan_change("a case", plan, plan).changed
