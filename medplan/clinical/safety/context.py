"""What every check may look at: the request, the planned courses, and what the patient takes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from medplan.clinical.course.draft import Draft
from medplan.clinical.patient.taking import Taken
from medplan.clinical.totals.opioid_load import LoadRun
from medplan.formulary.model import Formulary
from medplan.model.plan import Role
from medplan.model.request import PatientFacts, PlanRequest


@dataclass(frozen=True)
class Planned:
    """Everything planned so far. `drafts` holds prescribed courses and companions alike."""

    request: PlanRequest
    formulary: Formulary
    drafts: tuple[Draft, ...]
    takes: tuple[Taken, ...]
    load: tuple[LoadRun, ...]

    @property
    def patient(self) -> PatientFacts:
        """The patient's facts."""
        return self.request.patient

    @cached_property
    def words(self) -> frozenset[str]:
        """Every name and class of what the patient takes and of what is planned."""
        return frozenset[str]().union(
            *(t.words for t in self.takes), *(d.words for d in self.drafts)
        )

    @property
    def prescribed(self) -> tuple[Draft, ...]:
        """The courses the request asked for."""
        return tuple(d for d in self.drafts if d.course.role is Role.PRESCRIBED)

    def takes_beside(self, draft: Draft) -> Iterator[Taken]:
        """What the patient takes besides the course: a taper's own medicine is no other one."""
        own = draft.resolved.medicine.id
        return (t for t in self.takes if not (draft.resolved.is_taper and own in t.words))

    def beside(self, draft: Draft) -> Iterator[Draft]:
        """Courses of other medicines that share a day with this one."""
        return (d for d in self.drafts if d.key != draft.key and d.days.overlaps(draft.days))
