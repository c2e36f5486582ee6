"""What the lists of a period are asked for: two dates, a page."""

from dataclasses import dataclass

from marshmallow import ValidationError, post_load, validates_schema

from medplan.api.schemas import FIRST_DAY, LAST_DAY, USUAL_PAGE, PageSize, named
from medplan.documents.faults import Fault
from medplan.documents.fields import Day, Text
from medplan.documents.shapes import Loaded, StrictSchema
from medplan.units import Days

LONGEST_CHANGES = 366
LONGEST_PACKING = 31


@dataclass(frozen=True, slots=True)
class PeriodQuery:
    """Which days, both included, how many patients, from where on."""

    within: Days
    limit: int
    cursor: str | None


class PeriodQuerySchema(StrictSchema):
    """The first and last day, both included and both needed."""

    longest = LONGEST_CHANGES
    first = named("from", Day(FIRST_DAY, LAST_DAY, required=True))
    last = named("to", Day(FIRST_DAY, LAST_DAY, required=True))
    limit = PageSize()
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
        limit = read.get("limit") or USUAL_PAGE
        return PeriodQuery(Days(read["first"], read["last"]), limit, read.get("cursor"))


class PackingQuerySchema(PeriodQuerySchema):
    """The days that are packed at once."""

    longest = LONGEST_PACKING
