"""Every dose on its day, at the instant at which it is really taken."""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from medplan.documents.json_text import JsonValue
from medplan.documents.request import read_request
from medplan.formulary.model import Formulary
from medplan.model.plan import Plan
from medplan.services.planning import plan_and_prove
from medplan.services.records.dated import dated_doses
from medplan.units import Days
from tests.api.practice import ACUTE


def made(formularies: Mapping[str, Formulary], **changes: JsonValue) -> Plan:
    """The plan of the invented request, changed."""
    document: dict[str, Any] = ACUTE | changes
    request = read_request(json.dumps(document), formularies)
    return plan_and_prove(request, formularies["NZ"])


def test_doses_come_by_day_time_and_medicine(formularies: Mapping[str, Formulary]) -> None:
    plan = made(formularies)

    found = dated_doses(plan, Days(date(2026, 11, 23), date(2026, 11, 23)))

    assert [(d.dose.minute, d.course.medicine) for d in found] == sorted(
        (d.dose.minute, d.course.medicine) for d in found
    )
    assert {d.day for d in found} == {date(2026, 11, 23)}


def test_the_doses_add_up_to_the_supply(formularies: Mapping[str, Formulary]) -> None:
    plan = made(formularies)
    taken: defaultdict[str, Decimal] = defaultdict(Decimal)
    for dated in dated_doses(plan, Days(plan.start, plan.end)):
        for part in dated.dose.products:
            taken[part.product] += part.units

    assert taken == {row.product: row.units for row in plan.supply}


@pytest.mark.parametrize(
    ("start", "offsets"),
    [
        ("2027-04-03", ["+13:00", "+12:00"]),  # clocks go back on 4 April
        ("2026-09-26", ["+12:00", "+13:00"]),  # and forward on 27 September
    ],
)
def test_an_instant_carries_the_offset_of_its_day(
    formularies: Mapping[str, Formulary], start: str, offsets: list[str]
) -> None:
    plan = made(formularies, start=start)
    first = date.fromisoformat(start)

    found = dated_doses(plan, Days(first, first + timedelta(1)))

    evening = [d for d in found if d.course.medicine == "naproxen" and d.dose.minute == 20 * 60]
    assert [str(d.instant)[-6:] for d in evening] == offsets


def test_a_when_required_medicine_has_one_row_a_day_without_a_time(
    formularies: Mapping[str, Formulary],
) -> None:
    course: dict[str, JsonValue] = {
        "medicine": "paracetamol",
        "regimen": "when-required",
        "days": 3,
    }
    plan = made(formularies, courses=[course])

    found = dated_doses(plan, Days(plan.start, plan.end))

    assert [(d.day.day, d.instant) for d in found] == [(23, None), (24, None), (25, None)]
