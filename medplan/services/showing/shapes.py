"""A stored plan in other shapes than JSON. Reading one changes nothing."""

from uuid import UUID

from medplan.documents.plan import read_plan as read_document
from medplan.model.plan import Plan
from medplan.services.access import Caller
from medplan.services.calendars.feed_bodies import file_facts, look_of, render
from medplan.services.parts import CalendarLook, Parts
from medplan.services.records.current import followed
from medplan.services.records.issued import read_current
from medplan.services.records.plans import PlanRecord, read_plan
from medplan.store import plans as store
from medplan.store.feeds import list_feeds
from medplan.wording.plan_text import plan_text


def read(parts: Parts, caller: Caller, plan_id: UUID) -> Plan:
    """Read what there is to follow of the plan as it stands, of a draft what there would be.

    Raises:
        NotFoundError, NotAllowedError.
    """
    return _followed(read_plan(parts, caller, plan_id))


def text(parts: Parts, caller: Caller, plan_id: UUID) -> str:
    """Say the plan as it stands in words.

    Raises:
        NotFoundError, NotAllowedError.
    """
    record = read_plan(parts, caller, plan_id)
    plan = _followed(record)
    return plan_text(plan, parts.formularies[plan.formulary.jurisdiction], record.status)


def calendar_file(parts: Parts, caller: Caller, plan_id: UUID, look: CalendarLook) -> bytes:
    """Render the current revision as a calendar to be imported once.

    Raises:
        NotFoundError, NotAllowedError, WrongStatusError (a draft is nobody's calendar).
    """
    shown = read_current(parts, caller, plan_id)
    return render(parts, shown, file_facts(shown, look))


def cancellation_file(parts: Parts, caller: Caller, plan_id: UUID) -> bytes:
    """Render what takes imported calendars back out, whichever revision they were of and however
    they showed it.

    Raises:
        NotFoundError, NotAllowedError, WrongStatusError (a draft is nobody's calendar).
    """
    shown = read_current(parts, caller, plan_id)
    with parts.database.reading_for(caller.organisation_id) as session:
        revisions = store.list_revisions(session, caller.organisation_id, plan_id)
        plans = [read_document(revision.plan) for revision in revisions]
        feeds = list_feeds(session, caller.organisation_id, plan_id)
        selections = dict.fromkeys((None, *(look_of(feed).medicines for feed in feeds)))
    formulary = parts.formularies[shown.plan.formulary.jurisdiction]
    facts = file_facts(shown, CalendarLook())
    return parts.render_cancellation(plans, formulary, facts, selections)


def _followed(record: PlanRecord) -> Plan:
    return followed(read_document(record.plan), record.status)
