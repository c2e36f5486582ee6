"""Whether one of the formulary's rules fires for a course, and which facts it hangs on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from medplan.clinical.course.draft import Draft
from medplan.clinical.patient.facts import membership
from medplan.clinical.patient.taking import Taken
from medplan.clinical.safety.context import Planned
from medplan.formulary.model import Rule

_PATIENT, _PLAN = "patient", "plan"


@dataclass(frozen=True, slots=True)
class Match:
    """How a rule met a course. `fires` is None while it hangs on the `unknown` facts.

    `others` are the names a rule's `takes` met, `medicines` the plan's own among them, and
    `earliest` the first day on which a wash-out would be over.
    """

    fires: bool | None
    unknown: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    medicines: tuple[str, ...] = ()
    earliest: date | None = None


_YES = Match(fires=True)
_NO = Match(fires=False)


def match(rule: Rule, draft: Draft, planned: Planned) -> Match:
    """Whether the rule fires for the course: every part of it must hold."""
    if rule.takes and _asked(rule, planned) and planned.words.isdisjoint(rule.takes):
        return _NO
    inside = membership(rule.group, planned.patient)
    if inside.inside is False or not _course_fits(rule, draft, planned):
        return _NO
    met = _met(rule, draft, planned) if rule.takes else _YES
    if met.fires is False or not inside.unknown:
        return met
    return replace(met, fires=None, unknown=(*inside.unknown, *met.unknown))


def _course_fits(rule: Rule, draft: Draft, planned: Planned) -> bool:
    """Whether the course is of the kind that the rule is about."""
    if rule.starting and draft.resolved.is_taper:
        return False
    if rule.indications and planned.request.indication not in rule.indications:
        return False
    if rule.regimens and draft.course.regimen not in rule.regimens:
        return False
    return _doses_fit(rule, draft)


def _doses_fit(rule: Rule, draft: Draft) -> bool:
    steps = draft.course.steps
    if rule.release and all(p.release is not rule.release for p in draft.resolved.products):
        return False
    over = rule.regular_over_days
    if over is not None and (steps[0].when_required or draft.full_dose_days <= over):
        return False
    return rule.daily_mg_over is None or any(s.daily_mg > rule.daily_mg_over for s in steps)


def _met(rule: Rule, draft: Draft, planned: Planned) -> Match:
    """What the rule's `takes` meets among the patient's medicines and the plan's courses."""
    wanted = frozenset(rule.takes)
    own = list(_patient_side(rule, draft, planned, wanted)) if rule.scope != _PLAN else []
    near = _near(rule, draft, planned) if rule.scope != _PATIENT else ()
    beside = [d for d in near if not wanted.isdisjoint(d.words)]
    names = tuple(dict.fromkeys((*(t.name for t in own), *_names(beside))))
    if names:
        return Match(
            fires=True,
            others=names,
            medicines=tuple(dict.fromkeys(d.course.medicine for d in beside)),
            earliest=_earliest(rule, own),
        )
    return _NO if _asked(rule, planned) else Match(fires=None, unknown=("medicines",))


def _asked(rule: Rule, planned: Planned) -> bool:
    """Whether it is known what there is for the rule's `takes` to meet."""
    return rule.scope == _PLAN or planned.patient.medicines is not None


def _near(rule: Rule, draft: Draft, planned: Planned) -> Iterator[Draft]:
    """Courses of other medicines on a shared day, or ended too lately for the rule's wash-out."""
    yield from planned.beside(draft)
    if rule.washout_days is not None:
        for other in planned.drafts:
            since = (draft.days.first - other.days.last).days
            if other.key != draft.key and 0 < since < rule.washout_days:
                yield other


def _names(drafts: list[Draft]) -> Iterator[str]:
    return (d.resolved.medicine.name.lower() for d in drafts)


def _patient_side(
    rule: Rule, draft: Draft, planned: Planned, wanted: frozenset[str]
) -> Iterator[Taken]:
    for one in planned.takes_beside(draft):
        if one.is_any(wanted) and _still_counts(one, rule, draft):
            yield one


def _still_counts(one: Taken, rule: Rule, draft: Draft) -> bool:
    """Whether it is taken on the course's days, or was stopped too lately."""
    if one.stopped_on is None or one.stopped_on >= draft.days.first:
        return True
    since = (draft.days.first - one.stopped_on).days
    return rule.washout_days is not None and since < rule.washout_days


def _earliest(rule: Rule, own: list[Taken]) -> date | None:
    stopped = [t.stopped_on for t in own if t.stopped_on is not None]
    if rule.washout_days is None or len(stopped) != len(own) or not stopped:
        return None
    return max(stopped) + timedelta(rule.washout_days)
