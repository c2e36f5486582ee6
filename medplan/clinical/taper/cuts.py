"""How far a planned course falls from one step to the next, and how far it was asked to.

A plan shows what is taken; what was asked stands in the request, or in the formulary's own rule.
Here both are laid side by side. Nothing is planned here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from medplan.clinical.course.resolve import STEPS, TAPER, ResolvedCourse
from medplan.clinical.taper.coming_down import own_rule, stop_rule
from medplan.clinical.taper.descent import SMALL_LAST_DOSE, asked_mg, two_places, until_mg
from medplan.formulary.model import Stage, TaperRule
from medplan.model.plan import Course, EndsIn, Phase


@dataclass(frozen=True, slots=True)
class MadeCut:
    """One fall of a course's daily dose, in mg a day, on the first day of the lower dose.

    Percentages are of `original_mg`, the highest dose of the course or what was taken before it,
    so that cuts of different medicines can be compared. What was asked is None where nobody asked.
    """

    medicine: str
    name: str | None
    day: date
    original_mg: Decimal
    from_mg: Decimal
    to_mg: Decimal
    asked_mg: Decimal | None

    @property
    def actual_mg(self) -> Decimal:
        """How far the dose falls."""
        return self.from_mg - self.to_mg

    @property
    def actual_percent(self) -> Decimal:
        """How far it falls, in percent of the original dose, to two decimals."""
        return two_places(self.actual_mg * 100 / self.original_mg)

    @property
    def asked_percent(self) -> Decimal | None:
        """How far it was asked to fall, in percent of the original dose, to two decimals."""
        asked = self.asked_mg
        return None if asked is None else two_places(asked * 100 / self.original_mg)

    @property
    def forced(self) -> bool:
        """Whether it is larger than asked, and not the last drop of a small dose."""
        small = not self.to_mg and self.from_mg <= SMALL_LAST_DOSE * self.original_mg
        return self.asked_mg is not None and self.actual_mg > self.asked_mg and not small


def cuts(course: Course, asked: ResolvedCourse) -> tuple[MadeCut, ...]:
    """Every fall of a prescribed course, the drop to nothing behind a taper included.

    The stop of a course that was never lowered is no cut: it was asked for as a stop.
    """
    levels = tuple(_levels(course, asked))
    original = max((mg for _, mg in levels), default=Decimal(0))
    ladder = _Ladder(_stages(course, asked), original)
    return tuple(
        MadeCut(
            medicine=course.medicine,
            name=course.name,
            day=day,
            original_mg=original,
            from_mg=before,
            to_mg=after,
            asked_mg=before - after if course.regimen == STEPS else ladder.asked(before, after),
        )
        for (_, before), (day, after) in pairwise(levels)
        if after < before
    )


class _Ladder:
    """The stages of a taper, walked down one cut at a time."""

    def __init__(self, stages: Sequence[Stage], original: Decimal) -> None:
        self._left = list(stages)
        self._original = original

    def asked(self, before: Decimal, after: Decimal) -> Decimal | None:
        """What the stage that made this cut asked for, in mg.

        A stage makes no cut once the dose is at its end, and none past it: so the first stage
        whose end is below `before` and not above `after` is the one.
        """
        while self._left:
            until = until_mg(self._left[0], self._original)
            if until < before and until <= after:
                asked = asked_mg(self._left[0], self._original, before)
                return Decimal(asked.numerator) / asked.denominator
            del self._left[0]
        return None


def _levels(course: Course, asked: ResolvedCourse) -> Iterator[tuple[date, Decimal]]:
    """The daily doses and when each begins, with what comes before and after the course."""
    if course.regimen == TAPER:
        taken = sum((d.mg for d in asked.request.current or ()), Decimal(0))
        yield course.days.first - timedelta(1), taken
    yield from ((step.days.first, step.daily_mg) for step in course.steps)
    if course.ends_in is EndsIn.STOP and course.steps[-1].phase is Phase.TAPER:
        yield course.days.last + timedelta(1), Decimal(0)


def _stages(course: Course, asked: ResolvedCourse) -> tuple[Stage, ...]:
    """The stages that brought the course down: the request's own, or the formulary's."""
    rule: TaperRule | None
    if course.regimen == TAPER:
        if asked.request.taper is not None:
            return asked.request.taper.stages
        rule = own_rule(asked, asked.request.used_days or 0)
    else:
        full_dose = sum(len(s.days) for s in course.steps if s.phase is not Phase.TAPER)
        regular = not any(s.when_required for s in course.steps)
        rule = stop_rule(asked, full_dose, regular=regular)
    return rule.stages if rule else ()
