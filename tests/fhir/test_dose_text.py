"""Dosages in words: each part where the published order has it."""

from typing import Any

import pytest

from medplan.fhir.dose_text import dosage_text, dosages_text

Json = Any
MG = "http://unitsofmeasure.org"


def mg(value: int) -> Json:
    """Milligrams."""
    return {"value": value, "unit": "mg", "system": MG, "code": "mg"}


def tablets(value: int) -> Json:
    """Tablets."""
    return {"value": value, "unit": "tablet"}


def dose(quantity: Json) -> Json:
    """An amount as a dosage has it."""
    return [{"doseQuantity": quantity}]


def timing(**repeat: Json) -> Json:
    """A timing."""
    return {"repeat": repeat}


EVERYTHING = {
    "method": {"text": "Infuse"},
    "doseAndRate": [
        {"doseQuantity": mg(500), "rateQuantity": {"value": 50, "unit": "mL/h", "system": MG}}
    ],
    "timing": timing(
        duration=2,
        durationUnit="h",
        frequency=1,
        period=1,
        periodUnit="d",
        when=["ACM"],
        offset=60,
        dayOfWeek=["mon", "thu"],
        boundsPeriod={"start": "2026-11-23", "end": "2026-11-29"},
        count=2,
    ),
    "route": {"text": "into a vein"},
    "site": {"text": "the left arm"},
    "asNeededCodeableConcept": {"text": "pain"},
    "maxDosePerPeriod": {
        "numerator": mg(1000),
        "denominator": {"value": 24, "unit": "h", "system": MG, "code": "h"},
    },
    "additionalInstruction": [{"text": "Lie down"}],
    "patientInstruction": "Call if it hurts.",
}


def test_every_part_stands_where_the_published_order_has_it() -> None:
    assert dosage_text(EVERYTHING) == (
        "Infuse 500 mg at 50 mL/h over 2 hours once a day 1 hour before breakfast "
        "on Monday and Thursday into a vein at the left arm as needed for pain "
        "from 23 Nov 2026 to 29 Nov 2026 (7 days) for 2 doses up to 1,000 mg in 24 hours. "
        "Lie down. Call if it hurts."
    )


PARTS: tuple[tuple[Json, str], ...] = (
    ({"doseAndRate": dose(tablets(2)), "timing": timing(frequency=1, period=1, periodUnit="d")},
     "2 tablets once a day."),
    ({"doseAndRate": dose(tablets(1)), "timing": timing(frequency=3, period=1, periodUnit="d")},
     "1 tablet 3 times a day."),
    ({"timing": timing(frequency=1, period=8, periodUnit="h")}, "every 8 hours."),
    ({"timing": timing(frequency=1, period=4, periodMax=6, periodUnit="h")}, "every 4 to 6 hours."),
    ({"timing": timing(frequency=2, frequencyMax=4, period=1, periodUnit="d")},
     "2 to 4 times a day."),
    ({"timing": timing(frequency=2, period=1, periodUnit="wk")}, "twice a week."),
    ({"timing": timing(frequency=1, period=3, periodUnit="mo")}, "every 3 months."),
    ({"timing": timing(when=["MORN", "HS"])}, "in the morning and before sleep."),
    ({"timing": timing(timeOfDay=["08:00:00", "20:30:00"])}, "at 08:00 and 20:30."),
    ({"timing": timing(boundsDuration={"value": 2, "unit": "wk", "system": MG})}, "for 2 weeks."),
    ({"timing": timing(boundsRange={"low": {"value": 5, "unit": "d", "system": MG},
                                    "high": {"value": 7, "unit": "d", "system": MG}})},
     "for 5 to 7 days."),
    ({"timing": timing(boundsPeriod={"start": "2026-11-23"})}, "from 23 Nov 2026."),
    ({"timing": {"code": {"text": "twice daily"}}}, "twice daily."),
    ({"doseAndRate": [{"doseRange": {"low": tablets(1), "high": tablets(2)}}]}, "1 to 2 tablets."),
    ({"doseAndRate": [{"rateRatio": {"numerator": {"value": 60, "unit": "mL", "system": MG},
                                     "denominator": {"value": 1, "unit": "h", "system": MG}}}]},
     "at 60 mL every hour."),
    ({"asNeededBoolean": True, "doseAndRate": dose(tablets(1))}, "1 tablet as needed."),
    ({"maxDosePerAdministration": tablets(2)}, "up to 2 tablets per dose."),
    ({"doseAndRate": [*dose(mg(500)), *dose(tablets(2))]}, "500 mg (2 tablets)."),
)  # fmt: skip


@pytest.mark.parametrize(("dosage", "text"), PARTS)
def test_each_part_is_said_in_plain_words(dosage: Json, text: str) -> None:
    assert dosage_text(dosage) == text


def test_what_comes_at_the_same_time_and_what_comes_after_are_told_apart() -> None:
    told = [
        {"sequence": 1, "method": {"text": "Take"}, "doseAndRate": dose(tablets(2)),
         "timing": timing(timeOfDay=["08:00:00"]), "patientInstruction": "With food."},
        {"sequence": 1, "method": {"text": "Take"}, "doseAndRate": dose(tablets(1)),
         "timing": timing(timeOfDay=["20:00:00"]), "patientInstruction": "With food."},
        {"sequence": 2, "method": {"text": "Take"}, "doseAndRate": dose(tablets(1)),
         "timing": timing(timeOfDay=["08:00:00"]),
         "patientInstruction": "Only if you agreed. With food."},
    ]  # fmt: skip

    assert dosages_text(told) == (
        "Take 2 tablets at 08:00 and take 1 tablet at 20:00; "
        "then take 1 tablet at 08:00 (Only if you agreed). With food."
    )
