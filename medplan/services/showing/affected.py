"""Which plans in force a medicine is in, and whether today's formulary still proves them.

For a formulary that was found wrong, over every organisation: nothing of a patient is told. Whoever
runs medplan asks; each organisation's audit says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from medplan.documents.plan import read_plan
from medplan.formulary.model import Formulary
from medplan.model.plan import Plan
from medplan.proof.prove import prove
from medplan.services.audit.lines import note_by_operator
from medplan.store.database import Database
from medplan.store.figures import organisations
from medplan.store.ids import ORGANISATION, write_id
from medplan.store.in_force import revisions_in_force
from medplan.store.tables import PlanRow, RevisionRow

_AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class Affected:
    """A plan in force; `failing` are the invariants that its proof by today's formulary fails."""

    organisation_id: UUID
    plan_id: UUID
    revision: int
    status: str
    made_on: str
    last_day: date | None
    failing: tuple[str, ...]


def affected_plans(
    database: Database,
    formularies: Mapping[str, Formulary],
    medicine: str | None,
    now: datetime,
) -> Iterator[Affected]:
    """Read every plan in force that holds the medicine (None: any); `made_on` is the version of the
    formulary that the current revision was made on."""
    with database.operating() as session:
        every = organisations(session)
    for organisation_id in every:
        with database.writing_for(organisation_id) as session:
            name = write_id(ORGANISATION, organisation_id)
            note_by_operator(session, organisation_id, now, "plan.affected", name)
        yield from _of_organisation(database, formularies, medicine, organisation_id)


def _of_organisation(
    database: Database,
    formularies: Mapping[str, Formulary],
    medicine: str | None,
    organisation_id: UUID,
) -> Iterator[Affected]:
    after: UUID | None = None
    while True:
        with database.reading_for(organisation_id) as session:
            rows = revisions_in_force(session, organisation_id, after=after, limit=_AT_A_TIME)
        for row, revision in rows:
            plan = read_plan(revision.plan)
            if medicine is None or any(course.medicine == medicine for course in plan.courses):
                yield _affected(row, revision, plan, formularies)
        if len(rows) < _AT_A_TIME:
            return
        after = rows[-1][0].id


def _affected(
    row: PlanRow, revision: RevisionRow, plan: Plan, formularies: Mapping[str, Formulary]
) -> Affected:
    rows = prove(plan, formularies[plan.formulary.jurisdiction])
    return Affected(
        row.organisation_id,
        row.id,
        revision.number,
        row.status,
        plan.formulary.version,
        row.last_day,
        tuple(sorted({one.invariant for one in rows if not one.holds})),
    )
