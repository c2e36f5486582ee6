"""What the lists of a period are asked for: two dates, a page."""

from dataclasses import dataclass
from datetime import date

from marshmallow import ValidationError, fields, post_load, validates_schema
from marshmallow.validate import Range

from medplan.documents.faults import MISSING, Fault
from medplan.documents.fields import Text
from medplan.documents.shapes import Loaded, StrictSchema
from medplan.units import Days

LONGEST_CHANGES = 366
LONGEST_PACKING = 31
_DEFAULT_PAGE = 50
_LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True)
class PeriodQuery:
    """Which days, both included, how many patients, from where on."""

    within: Days
    limit: int
    cursor: str | None


def _day(key: str) -> fields.Date:
    within = Range(date(2000, 1, 1), date(2199, 12, 31))
    return fields.Date(
        data_key=key,
        format="%Y-%m-%d",
        required=True,
        validate=within,
        error_messages={"required": MISSING},
    )


class PeriodQuerySchema(StrictSchema):
    """The first and last day, both included and both needed."""

    longest = LONGEST_CHANGES
    first = _day("from")
    last = _day("to")
    limit = fields.Integer(validate=Range(1, _LARGEST_PAGE), load_default=_DEFAULT_PAGE)
    cursor = Text(most=1000)

    @validates_schema
    def check_days(self, read: Loaded, **_options: object) -> None:
        """The days don't end before they begin, and aren't too many for one answer."""
        first, last = read.get("first"), read.get("last")
        if first is None or last is None:
            return
        if last < first:
            raise ValidationError({"to": [Fault("contradiction", "must not be before from")]})
        if (last - first).days >= self.longest:
            detail = f"at most {self.longest} days from from"
            raise ValidationError({"to": [Fault("out-of-range", detail)]})

    @post_load
    def make(self, read: Loaded, **_options: object) -> PeriodQuery:
        """The query as a value."""
        return PeriodQuery(Days(read["first"], read["last"]), read["limit"], read.get("cursor"))


class PackingQuerySchema(PeriodQuerySchema):
    """The days that are packed at once."""

    longest = LONGEST_PACKING
