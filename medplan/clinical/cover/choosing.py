"""Which PPI `auto` gives: the first of the country's two that may be given and that nothing speaks
against."""

from collections.abc import Sequence
from dataclasses import dataclass

from medplan.clinical.course.draft import Draft
from medplan.clinical.patient.facts import membership
from medplan.clinical.patient.taking import Taken
from medplan.formulary.model import Formulary, Rule, Severity
from medplan.model.request import PatientFacts


@dataclass(frozen=True, slots=True)
class Choice:
    """A PPI; `forbidden_by` is the rule that forbids it, where every PPI is forbidden."""

    ppi: str
    forbidden_by: Rule | None = None


def chosen_ppi(
    draft: Draft,
    drafts: Sequence[Draft],
    patient: PatientFacts,
    takes: Sequence[Taken],
    formulary: Formulary,
) -> Choice:
    """The preferred PPI, or the alternative where something that is taken speaks against it
    (clinical ruling 7); never one that a rule about the patient forbids."""
    settings = formulary.gastroprotection
    both = (settings.preferred, settings.alternative)
    order = both[::-1] if _spoken_against(draft, drafts, takes, formulary) else both
    choices = [Choice(ppi, _forbidding(ppi, patient, formulary)) for ppi in order]
    return next((c for c in choices if c.forbidden_by is None), choices[0])


def _spoken_against(
    draft: Draft, drafts: Sequence[Draft], takes: Sequence[Taken], formulary: Formulary
) -> bool:
    against = formulary.gastroprotection.against_preferred
    taken = any(t.is_any(against) for t in takes if t.is_taken(draft.days.first))
    return taken or any(not d.words.isdisjoint(against) for d in drafts)


def _forbidding(medicine: str, patient: PatientFacts, formulary: Formulary) -> Rule | None:
    """The first rule that blocks this medicine for what the patient surely is, such as allergic."""
    return next(
        (
            rule
            for rule in formulary.course_rules_by_medicine[medicine]
            if rule.severity is Severity.BLOCK
            and not rule.takes
            and rule.check is None
            and membership(rule.group, patient).inside
        ),
        None,
    )
