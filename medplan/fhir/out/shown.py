"""What all resources of one plan are made from, what they are called, and the plan's status."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from medplan.fhir.packs import Pack
from medplan.fhir.values import OURS, Resource, identifier, instant
from medplan.formulary.model import Formulary
from medplan.model.plan import Course, Plan, PlanProduct
from medplan.services.records.plans import Status
from medplan.wording.names import medicine_key, medicine_name

_SYSTEM_FOR_UNKNOWN = f"{OURS}:patient-reference"

CARE_PLAN_STATUS: Mapping[Status, str] = {
    Status.DRAFT: "draft",
    Status.ACTIVE: "active",
    Status.ON_HOLD: "on-hold",
    Status.COMPLETED: "completed",
    Status.STOPPED: "revoked",
    Status.ENTERED_IN_ERROR: "entered-in-error",
}


@dataclass(frozen=True, slots=True)
class Record:
    """A plan's record as far as its resources show it.

    `key` names the plan and begins the id of every resource of it; `version` is the versionId.
    `changed_at` None: the plan was never stored. `author` is an account's outward id, `reason`
    why the plan stands as it does.
    """

    key: str
    patient: str
    status: Status
    version: str = "1"
    changed_at: datetime | None = None
    created_at: datetime | None = None
    author: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class CourseProduct:
    """What becomes one MedicationRequest: a course and one of its products (None: no product makes
    its doses, as only a blocked plan has it). `index` is the course's place in the plan."""

    index: int
    course: Course
    product: str | None
    name: str


@dataclass(frozen=True)
class Shown:
    """A plan with everything that its resources need."""

    plan: Plan
    formulary: Formulary
    pack: Pack
    record: Record

    @cached_property
    def products(self) -> Mapping[str, PlanProduct]:
        """The plan's products by id."""
        return {product.id: product for product in self.plan.products}

    @cached_property
    def requests(self) -> tuple[CourseProduct, ...]:
        """Every course with each of its products, in the order of their first dose."""
        return tuple(self._requests())

    def _requests(self) -> Iterator[CourseProduct]:
        seen: dict[tuple[str, str], int] = {}
        for index, course in enumerate(self.plan.courses, 1):
            named = (medicine_key(course), course.role.value)
            seen[named] = seen.get(named, 0) + 1
            for product in _products(course):
                words = (*named, str(seen[named]), product or "")
                yield CourseProduct(index, course, product, self.resource_id(*words))

    def resource_id(self, *words: str) -> str:
        """An id that stays while the plan has what the words name."""
        digest = hashlib.sha256("\n".join(words).encode()).hexdigest()
        return f"{self.record.key}-{digest[:16]}"

    def named(self, medicine: str) -> str:
        """What a medicine is called."""
        return medicine_name(medicine, self.formulary)

    def meta(self) -> Resource:
        """Which version this is, and since when."""
        changed = self.record.changed_at
        if changed is None:
            return {}
        return {"versionId": self.record.version, "lastUpdated": instant(changed)}

    def opening(self, kind: str, name: str) -> Resource:
        """What every resource begins with."""
        meta = self.meta()
        return {"resourceType": kind, "id": name} | ({"meta": meta} if meta else {})

    def patient(self) -> Resource:
        """Who the plan is for, by the name that the prescriber's own system gave."""
        return patient_reference(self.pack, self.record.patient)

    def author(self) -> Resource | None:
        """Who made this version."""
        return None if self.record.author is None else account(self.record.author)


def patient_reference(pack: Pack, name: str) -> Resource:
    """A patient by the name that plans keep: `nhi:ZAA0067` becomes a name of the NHI's system."""
    scheme, _, value = name.partition(":")
    system = pack.patients.get(scheme)
    known = system is not None and bool(value)
    said = identifier(system, value) if known and system else identifier(_SYSTEM_FOR_UNKNOWN, name)
    return {"type": "Patient", "identifier": said}


def patient_name(pack: Pack, system: str, value: str) -> str:
    """The name that plans keep of a patient whom a FHIR identifier names."""
    schemes = {uri: scheme for scheme, uri in pack.patients.items()}
    return f"{schemes[system]}:{value}" if system in schemes else value


def account(name: str) -> Resource:
    """Somebody with an account, by its outward id."""
    return {"identifier": identifier(f"{OURS}:account", name)}


def _products(course: Course) -> tuple[str | None, ...]:
    found: dict[str | None, None] = {}
    for step in course.steps:
        for dose in step.doses:
            found |= dict.fromkeys(part.product for part in dose.products)
            if not dose.products:
                found[None] = None
    return tuple(found)
