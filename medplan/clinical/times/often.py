"""How many times a day a course is taken: as the request says, else as its regimen does."""

from medplan.formulary.model import Regimen
from medplan.model.request import CourseRequest

_HOURS = 24


def times_a_day(course: CourseRequest, regimen: Regimen) -> int | None:
    """Doses a day; of a when-required course the most. None where neither says it."""
    if course.every_hours is not None:
        return _HOURS // course.every_hours
    return regimen.times_per_day if course.times_per_day is None else course.times_per_day
