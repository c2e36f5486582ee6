"""What a course's own length and pace call for: durations, tapers, steps up, doubled medicines."""

from collections.abc import Iterator
from itertools import combinations, pairwise

from medplan.clinical.course.draft import Draft
from medplan.clinical.course.limits import subjects
from medplan.clinical.course.resolve import STEPS
from medplan.clinical.course.uses import counted_days, in_turn
from medplan.clinical.findings import finding
from medplan.clinical.safety.context import Planned
from medplan.formulary.model import Duration, FindingKind, Release, Severity
from medplan.model.plan import EndsIn, Finding, Phase, Role

_PPI = "ppi"  # stopping one at once is harmless; its step-down is only proposed


def course_findings(planned: Planned) -> Iterator[Finding]:
    """Findings about each course by itself, and about two courses of one medicine."""
    for draft in planned.drafts:
        yield from _durations(draft, planned)
        yield from _taper_needed(draft, planned)
        yield from _taper_pace(draft)
        yield from _titration_pace(draft)
        yield from _release_changes(draft)
    yield from _duplicates(planned)


def _durations(draft: Draft, planned: Planned) -> Iterator[Finding]:
    """The severest duration row that the days are over: of an opioid those at full dose; tapers
    are exempt.

    Courses of one medicine that adjoin or overlap are one use of it.
    """
    rows = draft.resolved.medicine.durations
    if draft.resolved.is_taper or not rows:
        return
    required = any(s.when_required for s in draft.course.steps)
    days = counted_days(in_turn(draft, planned.drafts))
    over = [row for row in rows if days > row.over_days and row.when_required in (None, required)]
    for row in _severest_of_each_kind(over):
        yield finding(
            row.id,
            [draft.course.medicine],
            row.kind,
            row.severity,
            f"{draft.resolved.medicine.name} for {_length(days)}. {row.text}",
            suggestion=row.suggestion,
            sources=[row.citation],
        )


def _severest_of_each_kind(rows: list[Duration]) -> Iterator[Duration]:
    kinds = dict.fromkeys(r.kind for r in rows)
    for kind in kinds:
        of_kind = [r for r in rows if r.kind is kind]
        yield max(of_kind, key=lambda r: (r.severity.rank, r.over_days))


def _length(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _taper_needed(draft: Draft, planned: Planned) -> Iterator[Finding]:
    """A use that stops at once although one of that length needs a taper."""
    course = draft.course
    stops = course.ends_in is EndsIn.STOP and course.role is Role.PRESCRIBED
    if not stops or any(s.when_required for s in course.steps) or _came_down(draft):
        return
    together = in_turn(draft, planned.prescribed)
    if any(d.days.last > draft.days.last for d in together):
        return  # another course of the medicine goes on
    days = sum(len(s.days) for d in together for s in d.course.steps)
    for rule in draft.resolved.medicine.tapers:
        below = rule.used_below_days
        if rule.stages and rule.used_from_days <= days and (below is None or days < below):
            yield finding(
                "taper-needed",
                [course.medicine],
                FindingKind.TAPER,
                Severity.INFO if _PPI in draft.resolved.medicine.classes else Severity.MAJOR,
                f"{draft.resolved.medicine.name} stops at once after {_length(days)}. {rule.text}",
                suggestion="Plan a taper, or let the course end in a review.",
                sources=[rule.citation],
            )
            return


def _came_down(draft: Draft) -> bool:
    """Whether a taper was built, or a written table came down to half its highest dose or less."""
    if draft.course.regimen != STEPS:
        return draft.came_down
    peak = max(s.daily_mg for s in draft.course.steps)
    return draft.came_down and draft.course.steps[-1].daily_mg * 2 <= peak


def _taper_pace(draft: Draft) -> Iterator[Finding]:
    pace = draft.resolved.medicine.taper_pace
    steps = [s for s in draft.course.steps if s.phase is Phase.TAPER]
    if pace is None or not steps:
        return
    name = draft.resolved.medicine.name
    total = sum(len(s.days) for s in steps)
    if pace.least_days is not None and pace.least_severity and total < pace.least_days:
        yield finding(
            "taper-too-fast",
            [draft.course.medicine],
            FindingKind.TAPER,
            pace.least_severity,
            f"{name} comes down within {_length(total)}; at least {pace.least_days} are advised.",
            suggestion="Use smaller or less frequent steps.",
            sources=[pace.citation],
        )
    closest = min(len(s.days) for s in steps)
    if pace.step_days is not None and closest < pace.step_days:
        yield finding(
            "taper-steps-close",
            [draft.course.medicine],
            FindingKind.TAPER,
            Severity.WARN,
            f"Steps of the {name} taper are {_length(closest)} apart; {pace.step_days} are usual.",
            suggestion=f"Hold each step for {pace.step_days} days.",
            sources=[pace.citation],
        )


def _titration_pace(draft: Draft) -> Iterator[Finding]:
    """Steps up closer than the label's floor, or than usual (clinical ruling 10)."""
    rule = draft.resolved.medicine.titration
    if rule is None:
        return
    name = draft.resolved.medicine.name
    for before, step in pairwise(draft.course.steps):
        if step.daily_mg <= before.daily_mg:
            continue
        apart = len(before.days)
        day_number = (step.days.first - draft.days.first).days + 1
        free = day_number <= rule.free_days
        if apart < rule.floor_days and not free:
            severity, least = Severity.BLOCK, rule.floor_days
        elif apart < rule.usual_days:
            severity, least = Severity.WARN, rule.usual_days
        else:
            continue
        yield finding(
            "titration-fast",
            [draft.course.medicine],
            FindingKind.INTERVAL,
            severity,
            f"{name} goes up {_length(apart)} after the step before; "
            f"{'at least' if severity is Severity.BLOCK else 'usually'} {least} days.",
            day=step.days.first,
            suggestion=f"Hold each step for {rule.usual_days} days.",
            sources=[rule.citation],
        )


def _release_changes(draft: Draft) -> Iterator[Finding]:
    """A course some of whose doses are modified and some immediate release."""
    release_of = {p.id: p.release for p in draft.resolved.products}
    if len(set(release_of.values())) == 1:
        return
    used = {
        release_of[part.product]
        for step in draft.course.steps
        for dose in step.doses
        for part in dose.products
    }
    if len(used) > 1:
        name = draft.resolved.medicine.name
        yield finding(
            "release-changes",
            [draft.course.medicine],
            FindingKind.CAUTION,
            Severity.WARN,
            f"Some doses of {name} are modified release and some immediate release at the same "
            "times of day; an immediate-release dose wears off sooner.",
            suggestion="List products of one release, or give the others more often.",
        )


def _duplicates(planned: Planned) -> Iterator[Finding]:
    """Two prescribed courses that hold one medicine on a shared day."""
    for one, other in combinations(planned.prescribed, 2):
        if not one.days.overlaps(other.days):
            continue
        shared = _ingredients(one, planned) & _ingredients(other, planned)
        if one.key == other.key and not _two_releases(one, other):
            yield _duplicate(one, other, Severity.MAJOR)
        elif shared:
            yield _duplicate(one, other, Severity.INFO)


def _ingredients(draft: Draft, planned: Planned) -> set[str]:
    if draft.course.name is not None:
        return {draft.key}
    return {s.id for s in subjects(draft.resolved.medicine, planned.formulary)}


def _two_releases(one: Draft, other: Draft) -> bool:
    """Modified release with immediate release beside it is a usual way to give an opioid."""
    opioid = "opioid" in one.resolved.medicine.classes
    releases = [{p.release for p in d.resolved.products} for d in (one, other)]
    return (
        opioid and releases[0].isdisjoint(releases[1]) and Release.MODIFIED in set.union(*releases)
    )


def _duplicate(one: Draft, other: Draft, severity: Severity) -> Finding:
    same = one.key == other.key
    name = one.resolved.medicine.name
    message = (
        f"{name} is in the plan twice on the same days."
        if same
        else f"{name} and {other.resolved.medicine.name} hold the same ingredient; their doses "
        "count together."
    )
    return finding(
        "duplicate",
        [one.course.medicine, other.course.medicine],
        FindingKind.DUPLICATE,
        severity,
        message,
        day=max(one.days.first, other.days.first),
        suggestion="Put both into one course." if same else None,
    )
