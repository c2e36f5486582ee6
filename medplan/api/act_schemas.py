"""What is read of acts on an issued plan: which act, from which day, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from marshmallow import ValidationError, fields, post_load, validates_schema
from typing_extensions import override

from medplan.api.schemas import AcknowledgingSchema
from medplan.documents.course_schema import FIRST_START, LAST_START
from medplan.documents.faults import MISSING, Fault
from medplan.documents.fields import Amount, Day, Text, Whole, Word
from medplan.documents.json_text import JsonValue
from medplan.documents.request_schema import PlanRequestSchema
from medplan.documents.shapes import MOST_MG, Loaded, Object, Slots, StrictSchema
from medplan.model.acts import Choice, StopTaper
from medplan.model.request import SlotDose
from medplan.services.acts.advances import Advance
from medplan.services.acts.revising import Wish

_LONGEST_HOLD = 365
_USUAL_HOLD = 28
_OF_DECISIONS = frozenset({"choice", "by", "effective", "reason", "acknowledged"})


class WrittenRequest(fields.Nested):
    """A whole request, left as it was written: its own reader tells every fault at once."""

    def __init__(self) -> None:
        super().__init__(PlanRequestSchema, required=True, error_messages={"required": MISSING})

    @override
    def _deserialize(  # type: ignore[override] # it reads nothing yet
        self,
        value: JsonValue,
        attr: str | None,
        data: Mapping[str, object] | None,
        **kwargs: object,
    ) -> JsonValue:
        return value


class ActSchema(AcknowledgingSchema):
    """From which day an act holds (today, unless it says), why, and reasons for findings."""

    effective = Day(FIRST_START, LAST_START)
    reason = Text(most=1000, lines=True)


class ReasonedActSchema(ActSchema):
    """An act that wants a reason."""

    reason = Text(most=1000, required=True, lines=True)


@dataclass(frozen=True, slots=True)
class Amendment:
    """Another request, as JSON values, and when and why."""

    request: JsonValue
    wish: Wish


class AmendmentSchema(ReasonedActSchema):
    """Another request to go on by. Doses before its day stay as issued."""

    request = WrittenRequest()

    @post_load
    def make(self, read: Loaded, **_options: object) -> Amendment:
        """The amendment as a value."""
        return Amendment(read["request"], _wish(read))


@dataclass(frozen=True, slots=True)
class StopWish:
    """Which medicine stops (None: all), by which taper, when and why."""

    medicine: str | None
    taper: StopTaper
    wish: Wish


class StopSchema(ReasonedActSchema):
    """Which medicine stops, null for all of them, and whether its taper is built."""

    medicine = Text()
    taper = Word(*StopTaper)

    @post_load
    def make(self, read: Loaded, **_options: object) -> StopWish:
        """The stop as a value; the taper that is needed is built unless it says not."""
        taper = StopTaper(read.get("taper") or StopTaper.AUTO)
        return StopWish(read.get("medicine"), taper, _wish(read))


@dataclass(frozen=True, slots=True)
class HoldWish:
    """Which medicine is held (None: all), how long, when and why."""

    medicine: str | None
    days: int
    wish: Wish


class HoldSchema(ActSchema):
    """Which medicine is held, null for all of them, and for how many days."""

    medicine = Text()
    days = Whole(1, _LONGEST_HOLD)

    @post_load
    def make(self, read: Loaded, **_options: object) -> HoldWish:
        """The hold as a value; four weeks unless it says otherwise."""
        return HoldWish(read.get("medicine"), read.get("days") or _USUAL_HOLD, _wish(read))


@dataclass(frozen=True, slots=True)
class ResumeWish:
    """Which medicine goes on (None: all), how many days of it were missed, when and why."""

    medicine: str | None
    missed_days: int
    wish: Wish


class ResumeSchema(ActSchema):
    """Which medicine goes on, null for all of them, and on how many days before none was taken."""

    medicine = Text()
    missed_days = Whole(0, _LONGEST_HOLD)

    @post_load
    def make(self, read: Loaded, **_options: object) -> ResumeWish:
        """The resumption as a value."""
        return ResumeWish(read.get("medicine"), read.get("missed_days") or 0, _wish(read))


@dataclass(frozen=True, slots=True)
class ResyncWish:
    """What is really taken of which medicine, by slot or in all, from when and why."""

    medicine: str
    taking: tuple[SlotDose, ...] | Decimal
    wish: Wish


class TakingSchema(StrictSchema):
    """What is really taken in a day: by slot, or in all ("0" when it is none)."""

    slots = Slots()
    daily_mg = Amount(MOST_MG, or_none=True)

    @validates_schema
    def check_one(self, read: Loaded, **_options: object) -> None:
        """One of the two, not both."""
        given = [name for name in ("slots", "daily_mg") if read.get(name) is not None]
        if len(given) != 1:
            fault = Fault("contradiction", "say slots or daily_mg, and only one of them")
            raise ValidationError({given[0] if given else "daily_mg": [fault]})

    @post_load
    def make(self, read: Loaded, **_options: object) -> tuple[SlotDose, ...] | Decimal:
        """The doses by slot, or the day's milligrams."""
        taken: tuple[SlotDose, ...] | Decimal = read.get("slots") or read["daily_mg"]
        return taken


class ResyncSchema(ReasonedActSchema):
    """What is really taken of a medicine. The plan goes on from there, never upwards."""

    medicine = Text(required=True)
    taking = Object(TakingSchema, required=True)

    @post_load
    def make(self, read: Loaded, **_options: object) -> ResyncWish:
        """What is really taken as a value."""
        return ResyncWish(read["medicine"], read["taking"], _wish(read))


@dataclass(frozen=True, slots=True)
class AdvanceWish:
    """What calendars show of which medicine."""

    medicine: str
    advance: Advance


@dataclass(frozen=True, slots=True)
class DecisionWish:
    """What was decided of which medicine, or what calendars show of it; when and why."""

    medicine: str
    chosen: Choice | Advance
    wish: Wish


class DecisionSchema(ActSchema):
    """What was decided of a medicine that could go up, or what calendars show of it until then.

    `choice` is the decision. `advance` stands alone with the medicine and decides nothing.
    """

    medicine = Text(required=True)
    choice = Word(*Choice)
    by = Word("prescriber")
    advance = Word(*Advance)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def check_one(self, _read: Loaded, original: object, **_options: object) -> None:
        """A decision, or an advance with nothing beside it."""
        if not isinstance(original, dict):
            return  # refused as no object
        given = {name for name, value in original.items() if value is not None}
        if not given & {"choice", "advance"}:
            raise ValidationError({"choice": [MISSING]})
        beside = sorted(given & _OF_DECISIONS) if "advance" in given else ()
        fault = Fault("contradiction", "an advance stands alone with its medicine")
        if beside:
            raise ValidationError({name: [fault] for name in beside})

    @post_load
    def make(self, read: Loaded, **_options: object) -> DecisionWish:
        """The decision, or the advance, as a value."""
        advance = read.get("advance")
        chosen = Choice(read["choice"]) if advance is None else Advance(advance)
        return DecisionWish(read["medicine"], chosen, _wish(read))


@dataclass(frozen=True, slots=True)
class EndingWish:
    """Why a plan ends."""

    reason: str | None = None


class EndingSchema(StrictSchema):
    """Why a plan ends."""

    reason = Text(most=1000, lines=True)

    @post_load
    def make(self, read: Loaded, **_options: object) -> EndingWish:
        """The reason as a value."""
        return EndingWish(read.get("reason"))


class AdvanceSchema(StrictSchema):
    """Whether calendars show a medicine's steps up before they are agreed."""

    medicine = Text(required=True)
    advance = Word(*Advance, required=True)

    @post_load
    def make(self, read: Loaded, **_options: object) -> AdvanceWish:
        """The choice as a value."""
        return AdvanceWish(read["medicine"], Advance(read["advance"]))


def _wish(read: Loaded) -> Wish:
    acknowledged = tuple(read.get("acknowledged") or ())
    return Wish(read.get("effective"), read.get("reason"), acknowledged)
