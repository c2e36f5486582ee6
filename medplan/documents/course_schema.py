"""The shape of one course in a request. Which fields a regimen needs is for `clinical.resolve`."""

from datetime import date

from marshmallow import ValidationError, post_load
from typing_extensions import override

from medplan.documents.faults import Fault
from medplan.documents.fields import Amount, Day, Strict, Text, Whole, Word, YesNo
from medplan.documents.shapes import (
    MOST_DAYS,
    MOST_MG,
    Loaded,
    Many,
    Object,
    Slots,
    StrictSchema,
)
from medplan.documents.taper_schema import Taper
from medplan.model.request import DeclaredProduct, SlotDose, WrittenStep

FIRST_START = date(2000, 1, 1)
LAST_START = date(2099, 12, 31)
_HOURS_PER_DAY = 24


class DeclaredProductSchema(StrictSchema):
    """A product with the facts of one that the formulary lacks."""

    id = Text(required=True)
    strength_mg = Amount(MOST_MG)
    halves = YesNo()
    measure_ml = Amount(1000)

    @post_load
    def make(self, read: Loaded, **_options: object) -> DeclaredProduct:
        """The product as a value."""
        return DeclaredProduct(**read)


class Product(Strict[DeclaredProduct]):
    """A product's id, or an object that declares it."""

    def __init__(self) -> None:
        super().__init__(required=True, type=["string", "object"])
        self._id, self._declared = Text(required=True), DeclaredProductSchema()

    @override
    def read(self, value: object) -> DeclaredProduct:
        if isinstance(value, str):
            return DeclaredProduct(self._id.deserialize(value))
        if not isinstance(value, dict):
            raise ValidationError(Fault("wrong-type", "a product's id or an object is needed"))
        product: DeclaredProduct = self._declared.load(value)
        return product


class Products(Strict[tuple[DeclaredProduct, ...]]):
    """The products to build from, each named once."""

    def __init__(self) -> None:
        super().__init__(type="array", items={"oneOf": [{"type": "string"}, {"type": "object"}]})
        self._products = Many(Product(), 1, 20, required=True)

    @override
    def read(self, value: object) -> tuple[DeclaredProduct, ...]:
        products = [p for p in self._products.deserialize(value) if p]
        ids = [p.id for p in products]
        faults = {
            n: [Fault("duplicate", "this product stands here more than once")]
            for n, product_id in enumerate(ids)
            if product_id in ids[:n]
        }
        if faults:
            raise ValidationError(faults)
        return tuple(products)


class CurrentSchema(StrictSchema):
    """What the patient takes a day before a taper begins."""

    slots = Slots(required=True)

    @post_load
    def make(self, read: Loaded, **_options: object) -> tuple[SlotDose, ...]:
        """Only the doses."""
        doses: tuple[SlotDose, ...] = read["slots"]
        return doses


class WrittenStepSchema(StrictSchema):
    """One row of the prescriber's own table."""

    days = Whole(1, MOST_DAYS, required=True)
    slots = Slots(required=True)

    @post_load
    def make(self, read: Loaded, **_options: object) -> WrittenStep:
        """The row as a value."""
        return WrittenStep(**read)


class EveryHours(Whole):
    """Hours between doses that fit a day exactly, so that clock times stay the same."""

    def __init__(self) -> None:
        super().__init__(1, _HOURS_PER_DAY)

    @override
    def read(self, value: object) -> int:
        hours = super().read(value)
        if _HOURS_PER_DAY % hours:
            raise ValidationError(Fault("out-of-range", "must divide 24"))
        return hours


class CourseSchema(StrictSchema):
    """Every field that some regimen takes."""

    medicine = Text(required=True)
    regimen = Text(required=True)
    name = Text()
    first_day = Day(FIRST_START, LAST_START)
    days = Whole(1, MOST_DAYS)
    products = Products()
    halves = YesNo()
    dose_mg = Amount(MOST_MG)
    times_per_day = Whole(1, _HOURS_PER_DAY)
    every_hours = EveryHours()
    slots = Slots()
    when_required = YesNo()
    max_daily_mg = Amount(MOST_MG)
    gastroprotection = Text()
    laxative = Word("auto", "none")
    start_mg = Amount(MOST_MG)
    step_mg = Amount(MOST_MG)
    step_days = Whole(1, MOST_DAYS)
    target_mg = Amount(MOST_MG)
    current = Object(CurrentSchema)
    used_days = Whole(1, 36500)
    taper = Taper()
    steps = Many(Object(WrittenStepSchema, required=True), 1, 200)
    ends_in = Word("stop", "review", "continues")
