"""What is read of a calendar feed: whose it is, how it shows the plan, until when."""

from collections.abc import Mapping

from marshmallow import ValidationError, post_load
from typing_extensions import override

from medplan.api.schemas import Instant
from medplan.documents.faults import NOT_AN_OBJECT, Fault
from medplan.documents.fields import Strict, Text, Word, YesNo
from medplan.documents.shapes import Loaded, Many, StrictSchema
from medplan.services.calendars.feeds import FeedChange, FeedWish
from medplan.services.parts import CalendarLook, Detail, Group

_MOST_MEDICINES = 50
_LONGEST_LABEL = 24


class Labels(Strict[Mapping[str, str]]):
    """The patient's own short word for each of some medicines."""

    def __init__(self) -> None:
        super().__init__(
            type="object",
            additionalProperties={"type": "string", "minLength": 1, "maxLength": _LONGEST_LABEL},
            maxProperties=_MOST_MEDICINES,
            example={"naproxen": "blue"},
        )
        self._label = Text(most=_LONGEST_LABEL, required=True)

    @override
    def read(self, value: object) -> Mapping[str, str]:
        if not isinstance(value, dict):
            raise ValidationError(NOT_AN_OBJECT)
        if len(value) > _MOST_MEDICINES:
            raise ValidationError(Fault("bad-length", f"at most {_MOST_MEDICINES} are taken"))
        faults: dict[str, object] = {}
        labels: dict[str, str] = {}
        for medicine, label in value.items():
            try:
                labels[medicine] = self._label.deserialize(label) or ""
            except ValidationError as error:
                faults[medicine] = error.messages
        if faults:
            raise ValidationError(faults)
        return labels


class FeedLookSchema(StrictSchema):
    """How a feed shows its plan, and until when it can be read."""

    detail = Word(*Detail)
    alarms = YesNo()
    group = Word(*Group)
    labels = Labels()
    medicines = Many(Text(required=True), 1, _MOST_MEDICINES)
    expires_at = Instant()


class FeedWishSchema(FeedLookSchema):
    """A new feed; discreet, silent, by clock time and whole unless it says otherwise."""

    name = Text(required=True)

    @post_load
    def make(self, read: Loaded, **_options: object) -> FeedWish:
        """The wish as a value."""
        return FeedWish(read["name"], _look(read), read.get("expires_at"))


class FeedChangeSchema(FeedLookSchema):
    """What of a feed is to be otherwise; what is left out stays."""

    name = Text(least=1)

    @post_load
    def make(self, read: Loaded, **_options: object) -> FeedChange:
        """The change as a value. A null name says nothing; any other null is the usual again."""
        said = frozenset(read) - ({"name"} if read.get("name") is None else set())
        wish = FeedWish(read.get("name") or "", _look(read), read.get("expires_at"))
        return FeedChange(said, wish)


def _look(read: Loaded) -> CalendarLook:
    medicines = read.get("medicines")
    return CalendarLook(
        detail=Detail(read.get("detail") or Detail.DISCREET),
        alarms=bool(read.get("alarms")),
        group=Group(read.get("group") or Group.TIME),
        labels=read.get("labels") or {},
        medicines=None if medicines is None else frozenset(medicines),
    )
