"""Whether a medicine's limits, tapers and titration agree with each other.

Regimens have a module of their own. This one looks at one medicine at a time.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations, pairwise

from medplan.formulary.check_groups import group_faults, unknown_words
from medplan.formulary.files import Steps
from medplan.formulary.model import (
    Evidence,
    Limit,
    LimitKind,
    Medicine,
    Stage,
    TaperRule,
    Vocabulary,
)
from medplan.formulary.places import Fault

Found = Iterator[tuple[Steps, str]]

BUILT_IN_REGIMENS = frozenset({"taper", "steps"})
"""Regimens that every medicine has without a row of its own."""

_WHOLE_PERCENT = Decimal(100)


def medicine_faults(medicine: Medicine, vocabulary: Vocabulary | None) -> Iterator[Fault]:
    """Everything in which a medicine's rows contradict each other or the vocabulary."""
    for found in (
        _repeated(medicine),
        _limits(medicine, vocabulary),
        _loosened(medicine.limits),
        _pace(medicine),
        _tapers(medicine.tapers),
        _classes(medicine, vocabulary),
    ):
        for steps, detail in found:
            yield Fault(medicine.id, steps, detail)


def repeated_ids(key: str, ids: Sequence[str]) -> Found:
    """Every row whose id an earlier row of the same list has."""
    for index, name in enumerate(ids):
        if name in ids[:index]:
            yield (key, index, "id"), f"{name!r} is the id of an earlier {key}"


def _repeated(medicine: Medicine) -> Found:
    yield from repeated_ids("product", [row.id for row in medicine.products])
    yield from repeated_ids("limit", [row.id for row in medicine.limits])
    yield from repeated_ids("regimen", [row.id for row in medicine.regimens])
    yield from repeated_ids("duration", [row.id for row in medicine.durations])


def _classes(medicine: Medicine, vocabulary: Vocabulary | None) -> Found:
    if vocabulary is not None:
        where = "classes of the vocabulary"
        yield from unknown_words(medicine.classes, vocabulary.classes, ("classes",), where)


def _limits(medicine: Medicine, vocabulary: Vocabulary | None) -> Found:
    regimens = BUILT_IN_REGIMENS | medicine.regimen_by_id.keys()
    for limit in medicine.limits:
        steps = ("limit", limit.id)
        yield from group_faults(limit.group, vocabulary, (*steps, "group"))
        yield from unknown_words(
            limit.regimens, regimens, (*steps, "regimens"), f"regimens of {medicine.id}"
        )
        if limit.dose_count and limit.kind is not LimitKind.MIN_INTERVAL_HOURS:
            yield (*steps, "dose_count"), "is for min_interval_hours rows only"
        if limit.kind is LimitKind.MAX_DOSES_PER_DAY and limit.value % 1:
            yield (*steps, "value"), "is not a whole number of doses"


def _loosened(limits: Sequence[Limit]) -> Found:
    """Unverified limits that allow more than a seen one of the same kind for the same patients."""
    for one, other in combinations(limits, 2):
        if _bounds(one) == _bounds(other):
            yield from _loosens(one, other)
            yield from _loosens(other, one)


def _loosens(weak: Limit, strong: Limit) -> Found:
    grades = weak.citation.evidence, strong.citation.evidence
    if grades == (Evidence.UNVERIFIED, Evidence.SEEN) and _is_looser(weak, strong):
        yield ("limit", weak.id, "value"), f"is unverified and loosens {strong.id}, which was seen"


def _bounds(limit: Limit) -> tuple[object, ...]:
    return limit.kind, limit.group, limit.release, limit.regimens, limit.dose_count


def _is_looser(limit: Limit, than: Limit) -> bool:
    if limit.kind is LimitKind.MIN_INTERVAL_HOURS:
        return limit.value < than.value
    return limit.value > than.value


def _pace(medicine: Medicine) -> Found:
    titration, pace, review = medicine.titration, medicine.taper_pace, medicine.review
    if titration and titration.floor_days > titration.usual_days:
        yield ("titration", "floor_days"), "is longer than usual_days"
    if pace and (pace.least_days is None) != (pace.least_severity is None):
        yield ("taper_pace", "least_days"), "and least_severity belong together"
    if review and any(later <= earlier for earlier, later in pairwise(review.days)):
        yield ("review", "days"), "don't rise"


def _tapers(tapers: Sequence[TaperRule]) -> Found:
    for index, rule in enumerate(tapers):
        for place, stage in enumerate(rule.stages):
            at: Steps = ("taper", index, "stage", place)
            yield from _cut(stage, at)
            yield from _end(stage, at, is_last=place == len(rule.stages) - 1)
        yield from _falling_ends(rule.stages, ("taper", index))
    backwards = [index for index, rule in enumerate(tapers) if _ends_before_it_begins(rule)]
    for index in backwards:
        yield ("taper", index, "used_below_days"), "is not above used_from_days"
    for after_short_course in () if backwards else (False, True):
        rows = [
            (rule.used_from_days, index)
            for index, rule in enumerate(tapers)
            if rule.after_short_course is after_short_course
        ]
        yield from _coverage(tapers, sorted(rows))


def _ends_before_it_begins(rule: TaperRule) -> bool:
    return rule.used_below_days is not None and rule.used_below_days <= rule.used_from_days


def _coverage(tapers: Sequence[TaperRule], rows: Sequence[tuple[int, int]]) -> Found:
    """Days of use with two tapers or none; rows are (first day of use, place in the list)."""
    reached: int | None = 0
    for first, index in rows:
        at = ("taper", index, "used_from_days")
        if reached is None or first < reached:
            yield at, "begins inside the days of another taper"
        elif first > reached:
            yield at, f"leaves {reached} to {first - 1} days of use without a taper"
        reached = tapers[index].used_below_days
    if rows and reached is not None:
        at = ("taper", rows[-1][1], "used_below_days")
        yield at, f"leaves {reached} days of use and more without a taper"


def _cut(stage: Stage, steps: Steps) -> Found:
    """Contract section 4: exactly one of mg and percent, and a basis with the percentage."""
    if (stage.reduce_mg is None) == (stage.reduce_percent is None):
        yield steps, "needs exactly one of reduce_mg and reduce_percent"
    if (stage.basis is None) != (stage.reduce_percent is None):
        yield steps, "needs a basis with reduce_percent, and only with it"
    if stage.reduce_percent is not None and stage.reduce_percent > _WHOLE_PERCENT:
        yield (*steps, "reduce_percent"), "is above 100"


def _end(stage: Stage, steps: Steps, *, is_last: bool) -> Found:
    """Contract section 4: one `until` on every stage but the last, none on the last."""
    ends = [end for end in (stage.until_mg, stage.until_percent) if end is not None]
    if is_last and ends:
        yield steps, "is the last stage and has an until"
    if not is_last and len(ends) != 1:
        yield steps, "needs exactly one of until_mg and until_percent"
    if stage.until_percent is not None and stage.until_percent >= _WHOLE_PERCENT:
        yield (*steps, "until_percent"), "is not below 100"


def _falling_ends(stages: Sequence[Stage], steps: Steps) -> Found:
    for key in ("until_mg", "until_percent"):
        ends = [(place, getattr(stage, key)) for place, stage in enumerate(stages)]
        given = [(place, end) for place, end in ends if end is not None]
        for (_, earlier), (place, later) in pairwise(given):
            if later >= earlier:
                yield (*steps, "stage", place, key), "is not below the stage before"
