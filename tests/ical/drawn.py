"""Six weeks of four medicines each, drawn from a country's formulary; always the same plans."""

import json
import random
from collections.abc import Iterator, Mapping

from medplan.documents.request import read_request
from medplan.errors import InvalidRequestError
from medplan.formulary.model import Formulary, Medicine, RegimenKind
from medplan.model.plan import Plan
from medplan.services.planning import plan_and_prove
from tests.cases.expectations import ZONES

_DAYS = 42
_LENGTHS = (3, 5, 7, 10, 14, 21, 28, _DAYS)


def drawn_plans(formularies: Mapping[str, Formulary], country: str, number: int) -> list[Plan]:
    """So many plans of just six weeks."""
    draw = random.Random(country)  # noqa: S311 - nothing is kept secret with it
    plans = _plans(formularies, country, draw)
    return [next(plans) for _ in range(number)]


def _plans(
    formularies: Mapping[str, Formulary], country: str, draw: random.Random
) -> Iterator[Plan]:
    medicines = [m for m in formularies[country].medicines.values() if m.regimens]
    while True:
        first, *others = draw.sample(medicines, 4)
        courses = [_course(first, _DAYS, draw)]
        courses += [_course(one, draw.choice(_LENGTHS), draw) for one in others]
        try:
            read = read_request(_text(country, courses), formularies)
        except InvalidRequestError:
            continue  # a regimen that has no such length
        plan = plan_and_prove(read, formularies[country])
        if (plan.end - plan.start).days == _DAYS - 1:
            yield plan


def _course(medicine: Medicine, days: int, draw: random.Random) -> Mapping[str, object]:
    regimen = draw.choice(medicine.regimens)
    length = _DAYS if regimen.kind is RegimenKind.TITRATION else days
    return {"medicine": medicine.id, "regimen": regimen.id, "days": length}


def _text(country: str, courses: list[Mapping[str, object]]) -> str:
    return json.dumps(
        {
            "jurisdiction": country,
            "start": "2026-11-23",
            "time_zone": ZONES[country],
            "indication": "other",
            "patient": {"reference": "invented:drawn", "age_years": 45},
            "courses": courses,
        }
    )
