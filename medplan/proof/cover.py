"""Whether companion courses are there on every day on which they are needed.

Gastroprotection covers every day of the medicines that it names and no day after them, but for a
step-down; a laxative covers every day of a regular opioid course that is long enough for one. This
module knows days and no doses.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from medplan.formulary.model import Formulary
from medplan.model.plan import Course, Phase, Plan, ProofRow, Role
from medplan.proof.rows import NONE, NOWHERE, Invariant, day_of, label

COVERED_FROM, COVERED_UNTIL = "covered-from", "covered-until"


def judge_cover(plan: Plan, formulary: Formulary) -> Iterator[ProofRow]:
    """Rows for the gastroprotection and the laxatives of a plan; none where it has none."""
    courses = [course for course in plan.courses if course.steps]
    prescribed = [course for course in courses if course.role is Role.PRESCRIBED]
    protections = [course for course in courses if course.role is Role.GASTROPROTECTION]
    laxatives = [course for course in courses if course.role is Role.LAXATIVE]
    own = _of_class(prescribed, "ppi", formulary)
    yield from _covered(Invariant.GASTROPROTECTION_COVERS, plan, protections, prescribed, own)
    for course in protections:
        yield _ends(course, prescribed)
    long_enough = [c for c in prescribed if _needs_laxative(c, formulary)]
    own = _of_class(prescribed, "laxative", formulary)
    yield from _covered(Invariant.LAXATIVE_COVERS, plan, laxatives, long_enough, own)


def _of_class(courses: list[Course], name: str, formulary: Formulary) -> list[Course]:
    medicines = formulary.medicines
    return [c for c in courses if c.medicine in medicines and name in medicines[c.medicine].classes]


def _needs_laxative(course: Course, formulary: Formulary) -> bool:
    regular = not any(step.when_required for step in course.steps)
    return regular and len(course.days) > formulary.laxative.over_days


def _covered(
    invariant: str,
    plan: Plan,
    companions: list[Course],
    needing: list[Course],
    own: list[Course],
) -> Iterator[ProofRow]:
    """For each medicine that is covered: the days that need it, and those that have it.

    `own` are prescribed courses of the companion's class: they cover their days too. Where a
    finding says that the companion was refused for some course of the medicine, or that a change of
    the plan began or ended it, those bare days are told already.
    """
    for medicine in dict.fromkeys(name for course in companions for name in course.covers):
        needed = _days([c for c in needing if medicine in (c.medicine, c.name)])
        companion = [c for c in companions if medicine in c.covers]
        covering = _days([*companion, *own])
        bare = set() if _refused(plan, medicine) else _untold(plan, medicine, needed - covering)
        at = day_of(min(bare or needed)) if needed else NOWHERE
        limit, worst = str(len(needed)), str(len(needed) - len(bare))
        yield ProofRow(invariant, medicine, limit, worst, at, not bare)


def _refused(plan: Plan, medicine: str) -> bool:
    codes = (f"gastroprotection-refused:{medicine}", f"LAX0:{medicine}")
    return any(finding.code in codes for finding in plan.findings)


def _untold(plan: Plan, medicine: str, bare: set[int]) -> set[int]:
    """The bare days but those before cover began, or after it ended, by a change of the plan."""
    for finding in plan.findings:
        rule, _, rest = finding.code.partition(":")
        name, _, day = rest.rpartition(":")
        if name == medicine and rule in (COVERED_FROM, COVERED_UNTIL):
            turn = date.fromisoformat(day).toordinal()
            bare = {d for d in bare if (d >= turn if rule == COVERED_FROM else d < turn)}
    return bare


def _days(courses: list[Course]) -> set[int]:
    return {
        day
        for course in courses
        for day in range(course.days.first.toordinal(), course.days.last.toordinal() + 1)
    }


def _ends(course: Course, prescribed: list[Course]) -> ProofRow:
    """The last full-dose day is at most the last day of what it covers in that time."""
    lasts = [
        other.days.last
        for other in prescribed
        if not {other.medicine, label(other)}.isdisjoint(course.covers)
        and other.days.overlaps(course.days)
    ]
    full = [step.days.last for step in course.steps if step.phase is not Phase.TAPER]
    limit = max(lasts).isoformat() if lasts else NONE
    if full:
        worst, holds = max(full), bool(lasts) and max(full) <= max(lasts)
    else:
        worst = course.days.first - timedelta(1)
        holds = bool(lasts) and worst <= max(lasts)
    text = worst.isoformat()
    return ProofRow(Invariant.GASTROPROTECTION_ENDS, label(course), limit, text, text, holds)
