"""The kinds of resources that a plan holds, and which of them belong to one of its revisions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from medplan.fhir.out.care_plans import care_plan
from medplan.fhir.out.findings import detected_issues
from medplan.fhir.out.medication_requests import medication_requests
from medplan.fhir.out.provenances import Deed, provenance
from medplan.fhir.out.shown import Record, Shown
from medplan.fhir.packs import Pack
from medplan.fhir.values import Resource
from medplan.formulary.model import Formulary
from medplan.model.plan import Plan
from medplan.services.access import Right
from medplan.services.records.standings import Standing
from medplan.services.refusals import NotFoundError
from medplan.store.ids import PLAN, USER, read_id, write_id

_KEY_LENGTH = 26


@dataclass(frozen=True, slots=True)
class Seen:
    """A plan as it stood, with its country's formulary and ways."""

    standing: Standing
    formulary: Formulary
    pack: Pack

    @property
    def shown(self) -> Shown:
        """What this revision's resources are made from."""
        return self._shown(self.standing.plan)

    @property
    def before(self) -> Shown | None:
        """The same of the revision before it."""
        earlier = self.standing.before
        return None if earlier is None else self._shown(earlier)

    def _shown(self, plan: Plan) -> Shown:
        standing = self.standing
        draft = standing.revised is None
        record = Record(
            key=plan_key(standing.plan_id),
            patient=standing.patient,
            status=standing.status,
            version=f"draft-{standing.version}" if draft else str(standing.version),
            changed_at=standing.made_at,
            created_at=standing.created_at,
            author=write_id(USER, standing.made_by),
            reason=None if standing.revised is None else standing.revised.reason,
        )
        return Shown(plan, self.formulary, self.pack, record)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource: its name, the right that reading it needs, and how it is made."""

    name: str
    right: Right
    of: Callable[[Seen], list[Resource]]


def _care_plans(seen: Seen) -> list[Resource]:
    return [care_plan(seen.shown)]


def _requests(seen: Seen) -> list[Resource]:
    return medication_requests(seen.shown, seen.before)


def _issues(seen: Seen) -> list[Resource]:
    return detected_issues(seen.shown)


def _provenances(seen: Seen) -> list[Resource]:
    revised = seen.standing.revised
    if revised is None:
        return []
    deed = Deed(revised.act, revised.number, revised.effective, revised.tzdata_version)
    return [provenance(seen.shown, deed)]


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("CarePlan", Right.FHIR_CARE_PLAN, _care_plans),
        Kind("MedicationRequest", Right.FHIR_MEDICATION_REQUEST, _requests),
        Kind("DetectedIssue", Right.FHIR_DETECTED_ISSUE, _issues),
        Kind("Provenance", Right.FHIR_PROVENANCE, _provenances),
    )
}


def plan_key(plan_id: UUID) -> str:
    """What the ids of a plan's resources begin with."""
    return write_id(PLAN, plan_id).removeprefix(f"{PLAN}_")


def plan_of_id(resource_id: str) -> UUID:
    """The plan that a resource belongs to, by the resource's id.

    Raises:
        NotFoundError: it is no id of ours.
    """
    try:
        return read_id(PLAN, f"{PLAN}_{resource_id[:_KEY_LENGTH]}")
    except ValueError as error:
        raise NotFoundError from error
