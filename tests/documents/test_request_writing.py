"""A request that is written is read back as the same request."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

from medplan.documents.request import read_kept_request, read_request
from medplan.documents.request_writing import dump_request
from medplan.errors import InvalidRequestError
from medplan.formulary.model import Formulary
from medplan.model.request import (
    Acknowledgement,
    CourseRequest,
    PlanRequest,
    Routine,
    TakenMedicine,
)
from tests.clinical.requesting import WELL, asked


def readable(formularies: Mapping[str, Formulary]) -> Iterator[PlanRequest]:
    """The request of every case that is one at all."""
    for path in sorted(Path("tests/cases").glob("*/*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        with suppress(InvalidRequestError):
            yield read_request(json.dumps(case["request"]), formularies)


def test_a_written_request_is_read_back_as_itself(formularies: Mapping[str, Formulary]) -> None:
    found = list(readable(formularies))

    assert [read_kept_request(dump_request(request)) for request in found] == found
    assert len(found) > 300


def test_what_is_unknown_stays_unknown_and_what_is_none_stays_none() -> None:
    patient = replace(
        WELL,
        pregnancy_known=False,
        conditions=None,
        medicines=(TakenMedicine("warfarin", date(2026, 11, 1)), TakenMedicine("class:ssri")),
    )
    request = replace(
        asked(CourseRequest("naproxen", "twice-daily"), patient=patient),
        routine=Routine(morning=450),
        acknowledged=(Acknowledgement("x:y", "A reason of some length."),),
    )

    assert read_kept_request(dump_request(request)) == request
    asked_and_not = replace(request, patient=replace(patient, pregnancy_known=True))
    assert read_kept_request(dump_request(asked_and_not)) == asked_and_not
