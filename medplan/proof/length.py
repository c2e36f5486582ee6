"""Whether regular use is longer than the formulary allows at all.

Only rows that block are judged. Days count over all courses of a medicine that follow each other
without a free day. Courses of the `taper` regimen are exempt; of an opioid only the full-dose days
count. This module knows days and no doses.
"""

from collections.abc import Iterable, Iterator

from medplan.formulary.model import Duration, Formulary, Medicine, Severity
from medplan.model.plan import Phase, Plan, ProofRow, Step
from medplan.proof.ledger import TAPER_REGIMEN
from medplan.proof.rows import Invariant, day_of
from medplan.units import Days

OPIOID = "opioid"


def judge_length(plan: Plan, formulary: Formulary) -> Iterator[ProofRow]:
    """The strictest duration row of each medicine against its longest run of days."""
    for medicine_id in dict.fromkeys(course.medicine for course in plan.courses):
        medicine = formulary.medicines.get(medicine_id)
        if medicine is None:
            continue
        for duration in medicine.durations:
            if duration.severity is Severity.BLOCK:
                yield from _judge(plan, medicine, duration)


def _judge(plan: Plan, medicine: Medicine, duration: Duration) -> Iterator[ProofRow]:
    opioid = OPIOID in medicine.classes
    runs = joined_runs(
        step.days
        for course in plan.courses
        if course.medicine == medicine.id and course.regimen != TAPER_REGIMEN
        for step in course.steps
        if _counts(step, duration) and (not opioid or step.phase is Phase.FIXED)
    )
    if runs:
        first, last = max(runs, key=lambda run: run[1] - run[0])
        days = last - first + 1
        yield ProofRow(
            f"{Invariant.DURATION_DAYS}:{duration.id}",
            medicine.id,
            str(duration.over_days),
            str(days),
            day_of(last),
            days <= duration.over_days,
        )


def _counts(step: Step, duration: Duration) -> bool:
    return duration.when_required in (None, step.when_required)


def joined_runs(days: Iterable[Days]) -> list[tuple[int, int]]:
    """The runs of days, as ordinals with both ends, that overlapping or adjoining ones make up."""
    runs: list[tuple[int, int]] = []
    for first, last in sorted((d.first.toordinal(), d.last.toordinal()) for d in days):
        if runs and first <= runs[-1][1] + 1:
            runs[-1] = runs[-1][0], max(last, runs[-1][1])
        else:
            runs.append((first, last))
    return runs
