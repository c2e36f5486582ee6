"""How the fields of a request are put together: objects, lists, and doses by slot.

Where something inside is wrong, what is right stays in reach (marshmallow's `valid_data`), item
for item in its place, so that the rest can still be looked at and every fault be told at once.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias, TypeVar, cast

from marshmallow import RAISE, Schema, ValidationError, fields
from typing_extensions import override

from medplan.documents.faults import MISSING, NOT_AN_OBJECT, UNKNOWN_KEY, Fault
from medplan.documents.fields import Amount, Strict, Word
from medplan.model.request import SlotDose
from medplan.units import Slot

T = TypeVar("T")
Loaded: TypeAlias = dict[str, Any]  # what a schema's fields have read, each as its field says

MOST_MG = 100_000
MOST_DAYS = 9999


class StrictSchema(Schema):
    """A schema that refuses what it doesn't know."""

    error_messages: dict[str, str] = {  # noqa: RUF012 - declared so by marshmallow
        "unknown": UNKNOWN_KEY,
        "type": NOT_AN_OBJECT,
    }

    class Meta:
        """Unknown keys are faults, never dropped."""

        unknown = RAISE


class Object(fields.Nested):
    """One object with a schema of its own."""

    def __init__(self, schema: type[Schema], *, required: bool = False) -> None:
        super().__init__(
            schema,
            required=required,
            allow_none=not required,
            error_messages={"required": MISSING, "null": MISSING},
        )


class Many(fields.List[T]):
    """A list of `least` to `most` items; a longer one isn't looked into."""

    def __init__(
        self, item: fields.Field[T], least: int, most: int, *, required: bool = False
    ) -> None:
        super().__init__(
            item,
            required=required,
            allow_none=not required,
            metadata={"minItems": least, "maxItems": most},
            error_messages={"required": MISSING, "null": MISSING},
        )
        self._least, self._most = least, most

    @override
    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object
    ) -> list[T | None]:
        if not isinstance(value, list):
            raise ValidationError(Fault("wrong-type", "an array is needed"))
        if not self._least <= len(value) <= self._most:
            raise ValidationError(
                Fault("bad-length", f"{self._least} to {self._most} entries are needed")
            )
        read: list[T | None] = []
        faults: dict[int, object] = {}
        for n, item in enumerate(value):
            try:
                read.append(self.inner.deserialize(item))
            except ValidationError as error:
                faults[n] = error.messages
                read.append(cast("T | None", error.valid_data))
        if faults:
            raise ValidationError(faults, valid_data=read)
        return read


class Slots(Strict[tuple[SlotDose, ...]]):
    """Milligrams by slot of the day: at least one, in the order of the day."""

    def __init__(self, *, required: bool = False) -> None:
        super().__init__(
            required=required,
            type="object",
            properties={slot.value: {"type": "string", "example": "500"} for slot in Slot},
            additionalProperties=False,
            minProperties=1,
        )
        self._mg = Amount(MOST_MG)

    @override
    def read(self, value: object) -> tuple[SlotDose, ...]:
        if not isinstance(value, dict):
            raise ValidationError(NOT_AN_OBJECT)
        faults: dict[str, object] = {key: [UNKNOWN_KEY] for key in value if key not in set(Slot)}
        doses: list[SlotDose] = []
        for slot in Slot:
            try:
                mg = self._mg.deserialize(value.get(slot.value))
            except ValidationError as error:
                faults[slot.value] = error.messages
                continue
            if mg is not None:
                doses.append(SlotDose(slot, mg))
        if faults:
            raise ValidationError(faults)
        if not doses:
            raise ValidationError(Fault("missing", "at least one slot with a dose is needed"))
        return tuple(doses)


class SlotOrder(Strict[tuple[Slot, ...]]):
    """Slots of the day, each at most once; those that give way first stand first."""

    def __init__(self) -> None:
        super().__init__(type="array", items={"type": "string", "enum": list(Slot)})
        self._slots = Many(Word(*Slot, required=True), 1, len(Slot), required=True)

    @override
    def read(self, value: object) -> tuple[Slot, ...]:
        words = self._slots.deserialize(value)
        faults = {
            n: [Fault("duplicate", "this slot stands here more than once")]
            for n, word in enumerate(words)
            if word in words[:n]
        }
        if faults:
            raise ValidationError(faults)
        return tuple(Slot(word) for word in words if word)


def frozen(read: Loaded) -> Loaded:
    """The same members with their lists made tuples, as frozen values hold them."""
    return {key: tuple(v) if isinstance(v, list) else v for key, v in read.items()}
