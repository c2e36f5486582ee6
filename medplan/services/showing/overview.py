"""An issued plan together with all that has happened around it, as one page of a practice shows it.

It is one reading, in one transaction: what stands on the page was all true at the same moment. Two
audit lines tell of it, for the plan and for what its patient noticed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from medplan.services.access import Caller, Right, may, require
from medplan.services.audit.lines import reading
from medplan.services.calendars.feed_reading import write_fetches
from medplan.services.parts import Parts
from medplan.services.patients.check_ins import CheckIn, check_ins_of
from medplan.services.patients.patient_links import ListedLink, links_of
from medplan.services.records.current import Current
from medplan.services.records.issued import current_of
from medplan.services.refusals import NotFoundError
from medplan.store import feeds, openings, plans
from medplan.store.ids import PLAN, write_id
from medplan.store.tables import FeedRow, PlanRow, RevisionRow


@dataclass(frozen=True, slots=True)
class Overview:
    """A plan as it stands, its revisions from first to last without their documents, what its
    patient noticed, who has which calendar and link of it, who opened it with a reason, and what
    other plans of the patient are in force.

    What the caller has no right to see is empty.
    """

    current: Current
    revisions: Sequence[RevisionRow]
    check_ins: Sequence[CheckIn]
    feeds: Sequence[FeedRow]
    links: Sequence[ListedLink]
    openings: Sequence[openings.Opened]
    beside: Sequence[PlanRow]


def read_overview(parts: Parts, caller: Caller, plan_id: UUID) -> Overview:
    """Read an issued plan and what is around it.

    Raises:
        NotFoundError, NotAllowedError, WrongStatusError (a draft is not issued).
    """
    require(caller, Right.READ_PLANS, plan_id)
    manages = may(caller, Right.MANAGE_FEEDS, plan_id)
    gives_links = may(caller, Right.MANAGE_PATIENT_LINKS, plan_id)
    told = may(caller, Right.READ_OPENINGS, plan_id)
    reads_all = may(caller, Right.READ_PLANS)
    if manages:
        write_fetches(parts)
    organisation, subject = caller.organisation_id, write_id(PLAN, plan_id)
    with reading(parts.database, caller, "plan.read", subject, also=("check-in.read",)) as session:
        row = plans.find_plan(session, organisation, plan_id)
        if row is None:
            raise NotFoundError
        return Overview(
            current=current_of(session, row),
            revisions=plans.revisions_in_short(session, organisation, plan_id),
            check_ins=check_ins_of(session, organisation, plan_id),
            feeds=feeds.list_feeds(session, organisation, plan_id) if manages else (),
            links=links_of(session, row) if gives_links else (),
            openings=openings.openings_of(session, organisation, plan_id) if told else (),
            beside=plans.in_force_beside(session, row) if reads_all else (),
        )
