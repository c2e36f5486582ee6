"""A plan's document: the contract's keys, the same bytes each time, and nothing lost."""

import copy
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from medplan.documents.json_text import JsonValue
from medplan.documents.plan import document_to_plan, dump_plan, plan_to_document, read_plan
from medplan.errors import InvalidRequestError
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
from medplan.units import Days, Slot
from tests.documents.plans import PLANS

MONDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 29)

PLAN = Plan(
    formulary=FormularyRef("NZ", "sha256:0a", "draft"),
    indication="acute-low-back-pain",
    start=MONDAY,
    end=SUNDAY,
    time_zone="Pacific/Auckland",
    facts=LimitFacts(58, Decimal("80.0"), None, ("hypertension",)),
    products=(
        PlanProduct(
            "naproxen-tablet-250",
            "naproxen",
            (("naproxen", Decimal(250)),),
            halves=False,
            measure_ml=None,
            declared=False,
        ),
    ),
    issuable=False,
    findings=(
        Finding(
            code="N07:naproxen",
            kind=FindingKind.INTERACTION,
            severity=Severity.MAJOR,
            medicines=("naproxen",),
            message="Naproxen with an SSRI bleeds more easily.",
            suggestion=None,
            sources=(Citation("medsafe-pacimol-datasheet-2021#4.5", Evidence.SEEN),),
        ),
    ),
    courses=(
        Course(
            medicine="naproxen",
            name=None,
            regimen="twice-daily",
            role=Role.PRESCRIBED,
            covers=(),
            ends_in=EndsIn.STOP,
            steps=(
                Step(
                    phase=Phase.FIXED,
                    days=Days(MONDAY, SUNDAY),
                    daily_mg=Decimal("5E+2"),
                    conditional=False,
                    when_required=False,
                    max_daily_mg=None,
                    min_interval_hours=Decimal("12.0"),
                    asked_percent=None,
                    actual_percent=Decimal("12.5"),
                    doses=(
                        Dose(
                            minute=480,
                            slot=Slot.MORNING,
                            mg=Decimal("250.00"),
                            products=(ProductUnits("naproxen-tablet-250", Decimal(1)),),
                            instruction="Take with food.",
                        ),
                    ),
                ),
            ),
        ),
    ),
    reviews=(Review(SUNDAY, ("naproxen",), "See whether it helped."),),
    decisions=(Decision(SUNDAY, "naproxen", ("stay", "stop"), "prescriber"),),
    checks=(
        Check(
            MONDAY,
            "naproxen",
            CheckTime.EARLY,
            (ChecklistItem("Black stools", CheckLevel.EMERGENCY, "Go to hospital."),),
        ),
    ),
    stops=(Stop("naproxen", SUNDAY, date(2026, 11, 30), "none", "It may simply stop."),),
    supply=(Supply("naproxen-tablet-250", Decimal(14), Days(MONDAY, SUNDAY)),),
    opioid_load=(OpioidLoad("CDC2022", Days(MONDAY, SUNDAY), Decimal("4.50")),),
    proof=(ProofRow("max_daily_mg", "naproxen", "1000", "500", "2026-11-23", holds=True),),
    self_care=("Keep moving.",),
    red_flags=("Numbness between the legs.",),
    emergency="Call 111.",
    sources=("medsafe-pacimol-datasheet-2021",),
)

DOCUMENT: dict[str, JsonValue] = {
    "formulary": {"jurisdiction": "NZ", "version": "sha256:0a", "status": "draft"},
    "indication": "acute-low-back-pain",
    "start": "2026-11-23",
    "end": "2026-11-29",
    "time_zone": "Pacific/Auckland",
    "patient_facts": {
        "age_years": 58,
        "weight_kg": "80",
        "egfr": None,
        "conditions": ["hypertension"],
    },
    "issuable": False,
    "findings": [
        {
            "code": "N07:naproxen",
            "kind": "interaction",
            "severity": "major",
            "medicines": ["naproxen"],
            "message": "Naproxen with an SSRI bleeds more easily.",
            "suggestion": None,
            "sources": [{"id": "medsafe-pacimol-datasheet-2021#4.5", "evidence": "seen"}],
            "acknowledged": None,
        }
    ],
    "courses": [
        {
            "medicine": "naproxen",
            "regimen": "twice-daily",
            "role": "prescribed",
            "covers": None,
            "first_day": "2026-11-23",
            "last_day": "2026-11-29",
            "ends_in": "stop",
            "first_free_day": "2026-11-30",
            "steps": [
                {
                    "phase": "fixed",
                    "first_day": "2026-11-23",
                    "last_day": "2026-11-29",
                    "daily_mg": "500",
                    "conditional": False,
                    "when_required": False,
                    "max_daily_mg": None,
                    "min_interval_hours": "12",
                    "asked_percent": None,
                    "actual_percent": "12.50",
                    "doses": [
                        {
                            "at": "08:00",
                            "slot": "morning",
                            "mg": "250",
                            "products": [{"product": "naproxen-tablet-250", "units": "1"}],
                            "instruction": "Take with food.",
                        }
                    ],
                }
            ],
        }
    ],
    "products": [
        {
            "id": "naproxen-tablet-250",
            "medicine": "naproxen",
            "contains": [{"ingredient": "naproxen", "mg": "250"}],
            "halves": False,
            "measure_ml": None,
            "declared": False,
        }
    ],
    "reviews": [{"day": "2026-11-29", "medicines": ["naproxen"], "why": "See whether it helped."}],
    "decisions": [
        {
            "day": "2026-11-29",
            "medicine": "naproxen",
            "options": ["stay", "stop"],
            "by": "prescriber",
        }
    ],
    "checks": [
        {
            "day": "2026-11-23",
            "medicine": "naproxen",
            "when": "early",
            "items": [{"text": "Black stools", "level": "emergency", "action": "Go to hospital."}],
        }
    ],
    "stops": [
        {
            "medicine": "naproxen",
            "last_dose_day": "2026-11-29",
            "first_free_day": "2026-11-30",
            "taper": "none",
            "text": "It may simply stop.",
        }
    ],
    "supply": [
        {
            "product": "naproxen-tablet-250",
            "units": "14",
            "from": "2026-11-23",
            "to": "2026-11-29",
            "packs": None,
        }
    ],
    "opioid_load": [
        {
            "authority": "CDC2022",
            "first_day": "2026-11-23",
            "last_day": "2026-11-29",
            "ome_mg": "4.5",
        }
    ],
    "proof": [
        {
            "invariant": "max_daily_mg",
            "subject": "naproxen",
            "limit": "1000",
            "worst": "500",
            "at": "2026-11-23",
            "holds": True,
        }
    ],
    "self_care": ["Keep moving."],
    "red_flags": ["Numbness between the legs."],
    "emergency": "Call 111.",
    "sources": ["medsafe-pacimol-datasheet-2021"],
}


def _faults(document: JsonValue) -> tuple[tuple[str, str], ...]:
    with pytest.raises(InvalidRequestError) as caught:
        document_to_plan(document)
    return tuple((p.pointer, p.code) for p in caught.value.problems)


def test_a_plan_is_written_key_for_key_as_the_contract_has_it() -> None:
    assert json.dumps(plan_to_document(PLAN)) == json.dumps(DOCUMENT)


def test_an_unlisted_medicine_has_its_name_and_a_companion_what_it_covers() -> None:
    course = Course(
        "unlisted",
        "prednisolone",
        "steps",
        Role.GASTROPROTECTION,
        ("naproxen",),
        EndsIn.REVIEW,
        PLAN.courses[0].steps,
    )
    plan = Plan(**{f: getattr(PLAN, f) for f in PLAN.__slots__} | {"courses": (course,)})

    (written,) = json.loads(dump_plan(plan))["courses"]
    assert list(written)[:5] == ["medicine", "name", "regimen", "role", "covers"]
    assert (written["name"], written["covers"]) == ("prednisolone", ["naproxen"])


@given(PLANS)
def test_every_plan_survives_its_document(plan: Plan) -> None:
    assert document_to_plan(plan_to_document(plan)) == plan


@given(PLANS)
def test_the_same_plan_is_always_the_same_bytes(plan: Plan) -> None:
    text = dump_plan(plan)

    assert dump_plan(read_plan(text.encode())) == text
    assert text.endswith("}\n")


def _each_key(value: JsonValue, pointer: str = "") -> list[str]:
    if isinstance(value, list):
        return [p for n, item in enumerate(value) for p in _each_key(item, f"{pointer}/{n}")]
    if not isinstance(value, dict):
        return []
    return [
        found
        for key, below in value.items()
        for found in (f"{pointer}/{key}", *_each_key(below, f"{pointer}/{key}"))
    ]


def _changed(pointer: str, *, put: JsonValue = None, leave_out: bool = False) -> JsonValue:
    document = copy.deepcopy(DOCUMENT)
    holder: JsonValue = document
    *path, last = pointer.removeprefix("/").split("/")
    for token in path:
        holder = holder[int(token)] if isinstance(holder, list) else _member(holder, token)
    assert isinstance(holder, dict)
    if leave_out:
        del holder[last]
    else:
        holder[last] = put
    return document


def _member(holder: JsonValue, key: str) -> JsonValue:
    assert isinstance(holder, dict)
    return holder[key]


@pytest.mark.parametrize("pointer", _each_key(DOCUMENT))
def test_every_key_of_a_document_is_needed_and_of_its_own_type(pointer: str) -> None:
    assert (pointer, "missing") in _faults(_changed(pointer, leave_out=True))
    assert {code for _, code in _faults(_changed(pointer, put=Decimal(1)))} <= {
        "wrong-type",
        "missing",
        "contradiction",
    }


@pytest.mark.parametrize(
    "pointer",
    [
        "",
        "/formulary",
        "/patient_facts",
        "/findings/0",
        "/findings/0/sources/0",
        "/courses/0",
        "/courses/0/steps/0",
        "/courses/0/steps/0/doses/0",
        "/courses/0/steps/0/doses/0/products/0",
        "/products/0",
        "/products/0/contains/0",
        "/reviews/0",
        "/decisions/0",
        "/checks/0",
        "/checks/0/items/0",
        "/stops/0",
        "/supply/0",
        "/opioid_load/0",
        "/proof/0",
    ],
)
def test_an_unknown_key_anywhere_is_refused(pointer: str) -> None:
    place = f"{pointer}/colour"

    assert _faults(_changed(place, put=None)) == ((place, "unknown-key"),)


@pytest.mark.parametrize(
    ("pointer", "value", "code"),
    [
        ("/start", "2026-02-30", "bad-value"),
        ("/time_zone", "Pacific/Aland", "bad-value"),
        ("/time_zone", "../Auckland", "bad-value"),
        ("/start", "20261123", "bad-value"),
        ("/start", "2026-11-24", "contradiction"),
        ("/end", "2027-12-31", "contradiction"),
        ("/end", "2026-11-22", "contradiction"),
        ("/courses/0/role", "extra", "bad-value"),
        ("/courses/0/steps/0/daily_mg", "-500", "bad-value"),
        ("/courses/0/steps/0/daily_mg", "5e2", "bad-value"),
        ("/courses/0/steps/0/doses/0/at", "24:00", "bad-value"),
        ("/courses/0/steps/0/last_day", "2026-11-22", "contradiction"),
        ("/courses/0/first_day", "2026-11-22", "contradiction"),
        ("/courses/0/last_day", "2026-11-30", "contradiction"),
        ("/courses/0/last_day", "9999-12-31", "contradiction"),
        ("/courses/0/first_free_day", "2026-11-29", "contradiction"),
        ("/courses/0/first_free_day", "0001-01-01", "contradiction"),
        ("/courses/0/steps", [], "missing"),
        ("/supply/0/to", "2026-11-01", "contradiction"),
        ("/self_care", [1], "wrong-type"),
        ("/findings", ["x"], "wrong-type"),
    ],
)
def test_a_value_that_cannot_stand_in_a_plan_is_refused_at_its_place(
    pointer: str, value: JsonValue, code: str
) -> None:
    faults = _faults(_changed(pointer, put=value))

    assert code in {c for place, c in faults if place.startswith(pointer)}


def test_a_word_that_is_none_is_refused_at_its_number_in_the_list() -> None:
    assert _faults(_changed("/self_care", put=["Rest.", 1])) == (("/self_care/1", "wrong-type"),)


def test_steps_that_run_backwards_are_refused_at_the_courses_days() -> None:
    document: Any = copy.deepcopy(DOCUMENT)
    steps = document["courses"][0]["steps"]
    steps.append(steps[0] | {"first_day": "0001-01-01", "last_day": "0001-01-01"})

    faults = _faults(document)

    assert ("/courses/0/last_day", "contradiction") in faults


@pytest.mark.parametrize("document", [None, [], "plan", {}])
def test_what_is_no_plan_at_all_is_refused(document: JsonValue) -> None:
    assert _faults(document)
