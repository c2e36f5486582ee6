"""The shape of a whole request: kinds and ranges, field for field contract section 2."""

from datetime import date
from itertools import pairwise

from marshmallow import ValidationError, post_load, validates_schema
from typing_extensions import override

from medplan.documents.course_schema import FIRST_START, LAST_START, CourseSchema
from medplan.documents.faults import Fault
from medplan.documents.fields import Amount, Clock, Day, Strict, Text, Whole, Word, YesNo, Zone
from medplan.documents.shapes import Loaded, Many, Object, StrictSchema, frozen
from medplan.model.request import Acknowledgement, PatientFacts, Routine, TakenMedicine
from medplan.units import Slot

_FIRST_STOP = date(1900, 1, 1)
_MOST_FACTS = 100
_MOST_COURSES = 20


class StoppedMedicineSchema(StrictSchema):
    """A medicine with the day it was stopped."""

    name = Text(required=True)
    stopped_on = Day(_FIRST_STOP, LAST_START)

    @post_load
    def make(self, read: Loaded, **_options: object) -> TakenMedicine:
        """The medicine as a value."""
        return TakenMedicine(**read)


class Taken(Strict[TakenMedicine]):
    """A generic name or `class:…`, or an object that adds when it was stopped."""

    def __init__(self) -> None:
        super().__init__(required=True, type=["string", "object"])
        self._name, self._stopped = Text(required=True), StoppedMedicineSchema()

    @override
    def read(self, value: object) -> TakenMedicine:
        if isinstance(value, str):
            return TakenMedicine(self._name.deserialize(value))
        if not isinstance(value, dict):
            raise ValidationError(Fault("wrong-type", "a name or an object is needed"))
        medicine: TakenMedicine = self._stopped.load(value)
        return medicine


class PatientSchema(StrictSchema):
    """Who the plan is for; what is left out is unknown."""

    reference = Text(required=True)
    age_years = Whole(0, 130, required=True)
    weight_kg = Amount(400, or_whole=True)
    sex = Word("female", "male", "other")
    egfr = Whole(0, 200)
    pregnancy_weeks = Whole(0, 45)
    breastfeeding = YesNo()
    systolic = Whole(40, 300)
    diastolic = Whole(20, 200)
    alcohol_units_week = Whole(0, 500)
    smoker = YesNo()
    conditions = Many(Text(required=True), 0, _MOST_FACTS)
    medicines = Many(Taken(), 0, _MOST_FACTS)
    allergies = Many(Text(required=True), 0, _MOST_FACTS)
    red_flags = Many(Text(required=True), 0, _MOST_FACTS)

    @validates_schema(skip_on_field_errors=False)
    def check_pressure(self, read: Loaded, **_options: object) -> None:
        """The lower pressure is the lower one."""
        systolic, diastolic = read.get("systolic"), read.get("diastolic")
        if systolic is not None and diastolic is not None and diastolic >= systolic:
            fault = Fault("contradiction", "must be below the systolic pressure")
            raise ValidationError({"diastolic": [fault]})

    @post_load
    def make(self, read: Loaded, **_options: object) -> PatientFacts:
        """The patient as a value; a null pregnancy means asked and not pregnant."""
        return PatientFacts(pregnancy_known="pregnancy_weeks" in read, **frozen(read))


class RoutineSchema(StrictSchema):
    """The patient's own clock times."""

    morning = Clock()
    noon = Clock()
    evening = Clock()
    bedtime = Clock()
    breakfast = Clock()

    @validates_schema(skip_on_field_errors=False)
    def check_order(self, read: Loaded, **_options: object) -> None:
        """The slots of a day follow each other within one calendar day."""
        given = [slot for slot in Slot if read.get(slot) is not None]
        faults = {
            after.value: [Fault("contradiction", f"must be later than {before}")]
            for before, after in pairwise(given)
            if read[after] <= read[before]
        }
        if faults:
            raise ValidationError(faults)

    @post_load
    def make(self, read: Loaded, **_options: object) -> Routine:
        """The routine as a value."""
        return Routine(**read)


class AcknowledgementSchema(StrictSchema):
    """A major finding's code and why the prescriber goes on."""

    code = Text(most=200, required=True)
    reason = Text(least=10, most=1000, required=True, lines=True)

    @post_load
    def make(self, read: Loaded, **_options: object) -> Acknowledgement:
        """The acknowledgement as a value."""
        return Acknowledgement(**read)


class PlanRequestSchema(StrictSchema):
    """A request to make a plan."""

    jurisdiction = Word("NZ", "GB", required=True)
    start = Day(FIRST_START, LAST_START, required=True)
    time_zone = Zone(required=True)
    indication = Text(required=True)
    patient = Object(PatientSchema, required=True)
    routine = Object(RoutineSchema)
    courses = Many(Object(CourseSchema, required=True), 1, _MOST_COURSES, required=True)
    acknowledged = Many(Object(AcknowledgementSchema, required=True), 0, _MOST_FACTS)
