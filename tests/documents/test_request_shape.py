"""What a request's text becomes, and which faults it can have before any medicine is looked up."""

import contextlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medplan.documents.json_text import JsonValue
from medplan.documents.request import read_request
from medplan.errors import InvalidRequestError
from medplan.formulary.model import Basis, Formulary, Stage
from medplan.model.request import (
    Acknowledgement,
    CourseRequest,
    DeclaredProduct,
    PatientFacts,
    PlanRequest,
    Routine,
    SlotDose,
    TakenMedicine,
    TaperRequest,
    WrittenStep,
)
from medplan.units import Slot
from tests.documents.invented import RIGHT, right_with, right_without

Formularies = Mapping[str, Formulary]

_TAPER = "/courses/2/taper"
_FIRST_STAGE = f"{_TAPER}/stages/0"


def _faults(text: str | bytes, formularies: Formularies) -> tuple[tuple[str, str], ...]:
    with pytest.raises(InvalidRequestError) as caught:
        read_request(text, formularies)
    return tuple((p.pointer, p.code) for p in caught.value.problems)


def test_a_right_request_is_read_whole(formularies: Formularies) -> None:
    request = read_request(json.dumps(RIGHT), formularies)

    assert request == PlanRequest(
        jurisdiction="NZ",
        start=date(2026, 11, 23),
        time_zone="Pacific/Auckland",
        indication="acute-low-back-pain",
        patient=PatientFacts(
            reference="local:8841",
            age_years=58,
            weight_kg=Decimal(80),
            sex="female",
            egfr=74,
            pregnancy_known=True,
            pregnancy_weeks=None,
            breastfeeding=False,
            systolic=128,
            diastolic=78,
            alcohol_units_week=4,
            smoker=False,
            conditions=("hypertension",),
            medicines=(
                TakenMedicine("ramipril"),
                TakenMedicine("class:ssri", date(2026, 11, 2)),
            ),
            allergies=(),
            red_flags=(),
        ),
        routine=Routine(morning=480, evening=1200, bedtime=1350),
        courses=(
            CourseRequest("paracetamol", "regular", days=5),
            CourseRequest("naproxen", "twice-daily", days=7, gastroprotection="auto"),
            CourseRequest(
                "diazepam",
                "taper",
                current=(
                    SlotDose(Slot.MORNING, Decimal(2)),
                    SlotDose(Slot.BEDTIME, Decimal(8)),
                ),
                used_days=300,
                halves=True,
                products=(DeclaredProduct("diazepam-tablet-2"),),
                taper=TaperRequest(
                    stages=(
                        Stage(14, reduce_mg=Decimal(1), until_mg=Decimal(4)),
                        Stage(14, reduce_percent=Decimal("12.5"), basis=Basis.ORIGINAL),
                    ),
                    slot_order=(Slot.MORNING, Slot.BEDTIME),
                    ends_in="stop",
                ),
            ),
            CourseRequest(
                "unlisted",
                "steps",
                name="prednisolone",
                products=(DeclaredProduct("prednisolone-tablet-5", Decimal(5), halves=False),),
                steps=(WrittenStep(7, (SlotDose(Slot.MORNING, Decimal(10)),)),),
                ends_in="review",
            ),
        ),
        acknowledged=(Acknowledgement("unlisted:prednisolone", "The clinic\nknows this one."),),
    )


def test_only_the_reference_and_the_age_of_a_patient_are_needed(formularies: Formularies) -> None:
    text = right_with("/patient", {"reference": "local:1", "age_years": 40})

    assert read_request(text, formularies).patient == PatientFacts("local:1", 40)


@pytest.mark.parametrize(
    "fact",
    ["weight_kg", "sex", "egfr", "breastfeeding", "systolic", "smoker", "conditions", "medicines"],
)
def test_a_null_fact_is_the_same_as_one_left_out(fact: str, formularies: Formularies) -> None:
    null = read_request(right_with(f"/patient/{fact}", None), formularies)
    absent = read_request(right_without(f"/patient/{fact}"), formularies)

    assert null == absent


def test_a_null_pregnancy_means_asked_and_not_pregnant(formularies: Formularies) -> None:
    null = read_request(right_with("/patient/pregnancy_weeks", None), formularies).patient
    absent = read_request(right_without("/patient/pregnancy_weeks"), formularies).patient

    assert (null.pregnancy_known, null.pregnancy_weeks) == (True, None)
    assert (absent.pregnancy_known, absent.pregnancy_weeks) == (False, None)


def test_a_weight_may_be_a_whole_number(formularies: Formularies) -> None:
    text = right_with("/patient/weight_kg", 80)

    assert read_request(text, formularies) == read_request(json.dumps(RIGHT), formularies)


def test_a_bare_stage_stands_for_a_taper(formularies: Formularies) -> None:
    bare: dict[str, JsonValue] = {
        "every_days": 14,
        "reduce_mg": "1",
        "floor_mg": "2",
        "ends_in": "review",
    }
    request = read_request(right_with(_TAPER, {**bare, "slot_order": ["bedtime"]}), formularies)

    assert request.courses[2].taper == TaperRequest(
        stages=(Stage(14, reduce_mg=Decimal(1)),),
        slot_order=(Slot.BEDTIME,),
        floor_mg=Decimal(2),
        ends_in="review",
    )


@pytest.mark.parametrize(
    "pointer",
    [
        "/jurisdiction",
        "/start",
        "/time_zone",
        "/indication",
        "/patient",
        "/courses",
        "/patient/reference",
        "/patient/age_years",
        "/courses/0/medicine",
        "/courses/1/regimen",
        "/courses/2/current/slots",
        "/courses/3/steps/0/days",
        "/courses/3/steps/0/slots",
        f"{_FIRST_STAGE}/every_days",
        "/acknowledged/0/code",
        "/acknowledged/0/reason",
    ],
)
def test_what_is_needed_is_missed_when_left_out_or_null(
    pointer: str, formularies: Formularies
) -> None:
    assert _faults(right_without(pointer), formularies) == ((pointer, "missing"),)
    assert _faults(right_with(pointer, None), formularies) == ((pointer, "missing"),)


@pytest.mark.parametrize(
    ("pointer", "value", "code"),
    [
        ("/jurisdiction", "FR", "not-in-list"),
        ("/jurisdiction", "nz", "not-in-list"),
        ("/start", "2027-02-30", "not-a-day"),
        ("/start", "2026-11-23T00:00", "not-a-day"),
        ("/start", "20261123", "not-a-day"),
        ("/start", "23/11/2026", "not-a-day"),
        ("/start", "0001-01-01", "out-of-range"),
        ("/start", "9999-12-31", "out-of-range"),
        ("/start", "1999-12-31", "out-of-range"),
        ("/start", 20261123, "wrong-type"),
        ("/time_zone", "Pacific/Atlantis", "unknown-zone"),
        ("/time_zone", "localtime", "unknown-zone"),
        ("/time_zone", "Factory", "unknown-zone"),
        ("/time_zone", "posix/Europe/London", "unknown-zone"),
        ("/time_zone", "right/Europe/London", "unknown-zone"),
        ("/time_zone", "/usr/share/zoneinfo/UTC", "unknown-zone"),
        ("/time_zone", "../../etc/passwd", "unknown-zone"),
        ("/time_zone", "europe/london", "unknown-zone"),
        ("/time_zone", "+13:00", "unknown-zone"),
        ("/time_zone", "Europe", "unknown-zone"),
        ("/time_zone", "", "unknown-zone"),
        ("/indication", "back-pain", "not-in-list"),
        ("/patient", [], "wrong-type"),
        ("/patient/reference", "", "bad-length"),
        ("/patient/reference", "   ", "bad-length"),
        ("/patient/reference", "x" * 101, "bad-length"),
        ("/patient/reference", "a\r\nBEGIN:VALARM", "bad-text"),
        ("/patient/reference", "a\u202eb", "bad-text"),
        ("/patient/reference", "a\u200bb", "bad-text"),
        ("/patient/reference", "a" + "\u0301" * 5, "bad-text"),
        ("/patient/reference", "\u2028line", "bad-text"),
        ("/patient/reference", 8841, "wrong-type"),
        ("/patient/age_years", "forty", "wrong-type"),
        ("/patient/age_years", True, "wrong-type"),
        ("/patient/age_years", -1, "out-of-range"),
        ("/patient/age_years", 131, "out-of-range"),
        ("/patient/age_years", 2**63, "bad-number"),
        ("/patient/weight_kg", "44 lb", "not-a-decimal"),
        ("/patient/weight_kg", "80kg", "not-a-decimal"),
        ("/patient/weight_kg", "1e2", "not-a-decimal"),
        ("/patient/weight_kg", "NaN", "not-a-decimal"),
        ("/patient/weight_kg", "7,5", "not-a-decimal"),
        ("/patient/weight_kg", " 80", "not-a-decimal"),
        ("/patient/weight_kg", "８0", "not-a-decimal"),
        ("/patient/weight_kg", "080", "not-a-decimal"),
        ("/patient/weight_kg", "8" * 40, "not-a-decimal"),
        ("/patient/weight_kg", "0." + "3" * 40, "not-a-decimal"),
        ("/patient/weight_kg", "0", "out-of-range"),
        ("/patient/weight_kg", 0, "out-of-range"),
        ("/patient/weight_kg", -80, "not-a-decimal"),
        ("/patient/weight_kg", "400.1", "out-of-range"),
        ("/patient/weight_kg", True, "wrong-type"),
        ("/patient/sex", "F", "not-in-list"),
        ("/patient/egfr", "74", "wrong-type"),
        ("/patient/egfr", 201, "out-of-range"),
        ("/patient/pregnancy_weeks", 46, "out-of-range"),
        ("/patient/pregnancy_weeks", False, "wrong-type"),
        ("/patient/breastfeeding", 0, "wrong-type"),
        ("/patient/smoker", "no", "wrong-type"),
        ("/patient/systolic", 1280, "out-of-range"),
        ("/patient/diastolic", 128, "contradiction"),
        ("/patient/alcohol_units_week", 501, "out-of-range"),
        ("/patient/conditions", "hypertension", "wrong-type"),
        ("/patient/conditions/0", "a bit poorly", "not-in-list"),
        ("/patient/conditions/0", 7, "wrong-type"),
        ("/patient/conditions/0", None, "missing"),
        ("/patient/conditions", ["hypertension"] * 101, "bad-length"),
        ("/patient/medicines/0", "class:sweets", "not-in-list"),
        ("/patient/medicines/0", "class:", "not-in-list"),
        ("/patient/medicines/0", 5, "wrong-type"),
        ("/patient/medicines/0", "x" * 101, "bad-length"),
        ("/patient/medicines/1/name", "class:sweets", "not-in-list"),
        ("/patient/medicines/1/stopped_on", "yesterday", "not-a-day"),
        ("/patient/medicines/1/dose", "5", "unknown-key"),
        ("/patient/allergies", ["cats"], "not-in-list"),
        ("/patient/name", "Kim", "unknown-key"),
        ("/routine/morning", "24:00", "not-a-clock-time"),
        ("/routine/morning", "8:00", "not-a-clock-time"),
        ("/routine/morning", 480, "wrong-type"),
        ("/routine/evening", "07:59", "contradiction"),
        ("/routine/tea", "16:00", "unknown-key"),
        ("/courses", [], "bad-length"),
        ("/courses", {}, "wrong-type"),
        ("/courses/0", "paracetamol", "wrong-type"),
        ("/courses/0/colour", None, "unknown-key"),
        ("/courses/0/days", 0, "out-of-range"),
        ("/courses/0/days", -3, "out-of-range"),
        ("/courses/0/days", 10_000, "out-of-range"),
        ("/courses/0/days", "5", "wrong-type"),
        ("/courses/0/days", True, "wrong-type"),
        ("/courses/0/dose_mg", "0", "out-of-range"),
        ("/courses/0/dose_mg", "-500", "not-a-decimal"),
        ("/courses/0/dose_mg", "100000.1", "out-of-range"),
        ("/courses/0/dose_mg", "500 mg", "not-a-decimal"),
        ("/courses/0/dose_mg", "Infinity", "not-a-decimal"),
        ("/courses/0/dose_mg", 500, "wrong-type"),
        ("/courses/0/times_per_day", 25, "out-of-range"),
        ("/courses/0/every_hours", 5, "out-of-range"),
        ("/courses/0/first_day", "2026-13-01", "not-a-day"),
        ("/courses/0/slots", {}, "missing"),
        ("/courses/0/slots", {"morning": None}, "missing"),
        ("/courses/0/slots", ["morning"], "wrong-type"),
        ("/courses/0/when_required", "yes", "wrong-type"),
        ("/courses/0/laxative", "senna", "not-in-list"),
        ("/courses/2/halves", 1, "wrong-type"),
        ("/courses/2/current", {"slots": {}, "since": 3}, "unknown-key"),
        ("/courses/2/current/slots/midnight", "5", "unknown-key"),
        ("/courses/2/current/slots/morning", "0", "out-of-range"),
        ("/courses/2/used_days", 0, "out-of-range"),
        ("/courses/2/products", [], "bad-length"),
        ("/courses/2/products/0", 2, "wrong-type"),
        (_TAPER, [], "wrong-type"),
        (f"{_TAPER}/stages", [], "bad-length"),
        (f"{_TAPER}/stages/0", 5, "wrong-type"),
        (f"{_TAPER}/slot_order", [], "bad-length"),
        (f"{_TAPER}/slot_order/0", "midnight", "not-in-list"),
        (f"{_TAPER}/slot_order/1", "morning", "duplicate"),
        (f"{_TAPER}/floor_mg", "0", "out-of-range"),
        (f"{_TAPER}/ends_in", "continues", "not-in-list"),
        (f"{_TAPER}/reduce_mg", "5", "unknown-key"),
        (f"{_FIRST_STAGE}/every_days", 0, "out-of-range"),
        (f"{_FIRST_STAGE}/reduce_percent", "25", "contradiction"),
        (f"{_FIRST_STAGE}/reduce_mg", "ten", "not-a-decimal"),
        (f"{_FIRST_STAGE}/basis", "current", "contradiction"),
        (f"{_FIRST_STAGE}/until_percent", "30", "contradiction"),
        (f"{_TAPER}/stages/1/until_mg", "1", "contradiction"),
        (f"{_TAPER}/stages/1/reduce_percent", "120", "out-of-range"),
        (f"{_TAPER}/stages/1/basis", "remaining", "not-in-list"),
        ("/courses/3/products/0/halves", "no", "wrong-type"),
        ("/courses/3/products/0/price", "2", "unknown-key"),
        ("/courses/3/steps", [], "bad-length"),
        ("/courses/3/steps/0/days", 0, "out-of-range"),
        ("/courses/3/steps/0/slots", {}, "missing"),
        ("/courses/3/ends_in", "never", "not-in-list"),
        ("/acknowledged/0/reason", "because", "bad-length"),
        ("/acknowledged/0/reason", "because          ", "bad-length"),
        ("/acknowledged/0/reason", "x" * 1001, "bad-length"),
        ("/colour", "red", "unknown-key"),
    ],
)
def test_one_wrong_value_is_one_problem_at_its_place(
    pointer: str, value: JsonValue, code: str, formularies: Formularies
) -> None:
    places = dict(_faults(right_with(pointer, value), formularies))

    expected = {place: c for place, c in places.items() if place.startswith(pointer)}
    assert places == expected
    assert code in places.values()


def test_a_stage_without_a_cut_or_with_a_percentage_of_nothing_is_told(
    formularies: Formularies,
) -> None:
    assert _faults(right_without(f"{_FIRST_STAGE}/reduce_mg"), formularies) == (
        (_FIRST_STAGE, "missing"),
    )
    assert _faults(right_without(f"{_TAPER}/stages/1/basis"), formularies) == (
        (f"{_TAPER}/stages/1/basis", "missing"),
    )


def test_every_stage_but_the_last_says_where_it_ends(formularies: Formularies) -> None:
    assert _faults(right_without(f"{_FIRST_STAGE}/until_mg"), formularies) == (
        (_FIRST_STAGE, "missing"),
    )


def test_a_bare_stage_is_the_last_one(formularies: Formularies) -> None:
    bare: JsonValue = {"every_days": 7, "reduce_mg": "1", "until_mg": "4"}

    assert _faults(right_with(_TAPER, bare), formularies) == (
        (f"{_TAPER}/until_mg", "contradiction"),
    )


def test_faults_in_different_courses_are_told_together(formularies: Formularies) -> None:
    text = right_with(
        "/courses",
        [
            {"medicine": "paracetamol", "regimen": "regular", "days": 0, "colour": "red"},
            {"medicine": "naproxen", "regimen": "twice-daily", "days": 5, "dose_mg": "ten"},
            {"medicine": "acetaminofen", "regimen": "regular", "days": 5},
            {"medicine": "naproxen", "regimen": "whenever", "days": 5},
        ],
    )

    assert _faults(text, formularies) == (
        ("/courses/0/colour", "unknown-key"),
        ("/courses/0/days", "out-of-range"),
        ("/courses/1/dose_mg", "not-a-decimal"),
        ("/courses/2/medicine", "unknown-medicine"),
        ("/courses/3/regimen", "unknown-regimen"),
    )


def test_faults_of_the_text_and_of_the_shape_are_told_together(formularies: Formularies) -> None:
    text = (
        '{"jurisdiction": "XX", "start": NaN, "time_zone": "UTC", "indication": "other",'
        ' "patient": {"reference": "a", "reference": "b", "age_years": 1.5},'
        ' "courses": [{"medicine": "paracetamol", "regimen": "regular", "days": 1e400}]}'
    )

    assert _faults(text, formularies) == (
        ("/courses/0/days", "bad-number"),
        ("/jurisdiction", "not-in-list"),
        ("/patient/age_years", "wrong-type"),
        ("/patient/reference", "duplicate-key"),
        ("/start", "bad-number"),
    )


@pytest.mark.parametrize("text", ["null", "[]", "5", '"plan"', "true"])
def test_a_request_is_an_object(text: str, formularies: Formularies) -> None:
    assert _faults(text, formularies) == (("", "wrong-type"),)


def test_a_jurisdiction_that_is_not_loaded_is_refused(formularies: Formularies) -> None:
    only_gb = {"GB": formularies["GB"]}

    assert _faults(json.dumps(RIGHT), only_gb) == (("/jurisdiction", "not-in-list"),)


def test_a_flood_of_unknown_keys_is_told_up_to_a_bound(formularies: Formularies) -> None:
    flood: JsonValue = {f"k{n}": 1 for n in range(5000)}
    faults = _faults(right_with("/routine", flood), formularies)

    assert len(faults) == 501
    assert faults[0] == ("", "too-many-problems")


def test_no_message_repeats_what_was_sent(formularies: Formularies) -> None:
    secret = "Wednesday Addams"
    document = json.loads(right_with("/patient/sex", secret))
    document["patient"] |= {"egfr": secret, "conditions": [secret], "weight_kg": secret}
    document |= {"start": secret, "time_zone": secret, "indication": secret}
    with pytest.raises(InvalidRequestError) as caught:
        read_request(json.dumps(document), formularies)

    assert len(caught.value.problems) == 7
    assert secret not in str(caught.value)


_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["", "0", "NaN", "1e9", "morning", "2026-11-23", "original"])
)
_ANYTHING = st.recursive(
    _LEAVES,
    lambda v: (
        st.lists(v, max_size=3)
        | st.dictionaries(st.sampled_from(["slots", "stages", "morning", "id", "x", "_schema"]), v)
    ),
    max_leaves=6,
)
_POINTERS = st.sampled_from(
    [f"/{key}" for key in RIGHT]
    + [f"/patient/{key}" for key in RIGHT["patient"]]
    + [f"/courses/{n}/{key}" for n, course in enumerate(RIGHT["courses"]) for key in course]
    + [f"{_FIRST_STAGE}/{key}" for key in ("every_days", "reduce_mg", "until_mg", "basis")]
)


@given(pointer=_POINTERS, value=_ANYTHING)
def test_any_value_in_any_place_is_read_or_refused(
    pointer: str, value: JsonValue, formularies: Formularies
) -> None:
    with contextlib.suppress(InvalidRequestError):
        read_request(right_with(pointer, value), formularies)
