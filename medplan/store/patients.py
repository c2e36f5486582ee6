"""Everything that is kept about one patient: found, and made unreadable for good.

What a new table keeps of a plan is found by its `plan_id`. Texts there are sealed and go with the
key; the few columns that are not sealed are wiped here, and a test asks for every one of them.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from medplan.store.ids import PLAN, write_id
from medplan.store.tables import (
    AuditRow,
    DraftRow,
    FeedBodyRow,
    FeedRow,
    IdempotencyRow,
    PatientLinkRow,
    PatientRow,
    PlanRow,
    RevisionRow,
    Row,
    UserRow,
)
from medplan.store.tables.sealing import is_patient

_ENDED = "stopped"
_IN_FORCE = ("active", "on-hold")
_ERASED = "erased"


def find_patient(session: Session, organisation_id: UUID, reference: str) -> PatientRow | None:
    """Find a patient by an organisation's reference; nobody who has been erased is found."""
    return session.scalar(
        select(PatientRow).where(is_patient(session.connection(), organisation_id, reference))
    )


def plans_of(session: Session, patient: PatientRow) -> Sequence[PlanRow]:
    """List a patient's plans, first to last."""
    theirs = (PlanRow.organisation_id == patient.organisation_id) & (
        PlanRow.patient_id == patient.id
    )
    return session.scalars(select(PlanRow).where(theirs).order_by(PlanRow.id)).all()


def rows_of(session: Session, organisation_id: UUID, plan_id: UUID) -> Iterator[Row]:
    """List every row of every table that belongs to a plan, table by table, as they were made."""
    for mapper in sorted(Row.registry.mappers, key=lambda one: one.class_.__tablename__):
        table = mapper.class_
        named = "id" if table is DraftRow else "plan_id"
        if not hasattr(table, named) or (named == "id" and table is not DraftRow):
            continue
        wanted = select(table).where(
            table.organisation_id == organisation_id, getattr(table, named) == plan_id
        )
        order = (table.number,) if table is RevisionRow else (table.id,)
        yield from session.scalars(wanted.order_by(*order))


def audit_of(
    session: Session, organisation_id: UUID, subjects: Sequence[str]
) -> Sequence[AuditRow]:
    """List the audit lines about some things, first to last."""
    about = (AuditRow.organisation_id == organisation_id) & AuditRow.subject.in_(subjects)
    return session.scalars(select(AuditRow).where(about).order_by(AuditRow.number)).all()


def erase(session: Session, patient: PatientRow, now: datetime) -> None:
    """Destroy a patient's key, end what is open to others, and wipe what was not sealed."""
    plan_ids = [plan.id for plan in plans_of(session, patient)]
    for plan_id in plan_ids:
        _forget_answers(session, patient.organisation_id, plan_id)
    _close_links(session, patient.organisation_id, plan_ids, now)
    _close_feeds(session, patient.organisation_id, plan_ids, now)
    of_plans = (PlanRow.organisation_id == patient.organisation_id) & PlanRow.id.in_(plan_ids)
    blank = {"next_review": None, "next_stop": None, "planned_ahead": "[]"}
    session.execute(update(PlanRow).where(of_plans).values(**blank))
    session.execute(
        update(PlanRow).where(of_plans, PlanRow.status.in_(_IN_FORCE)).values(status=_ENDED)
    )
    patient.wrapped_key, patient.reference_index, patient.erased_at = None, None, now


def _forget_answers(session: Session, organisation_id: UUID, plan_id: UUID) -> None:
    """Drop the answers kept for POSTs about a plan, its creation among them."""
    name = write_id(PLAN, plan_id)
    session.execute(
        delete(IdempotencyRow).where(
            IdempotencyRow.organisation_id == organisation_id,
            or_(IdempotencyRow.route.contains(name), IdempotencyRow.headers.contains(name)),
        )
    )


def _close_feeds(
    session: Session, organisation_id: UUID, plan_ids: Sequence[UUID], now: datetime
) -> None:
    theirs = (FeedRow.organisation_id == organisation_id) & FeedRow.plan_id.in_(plan_ids)
    feeds = select(FeedRow.id).where(theirs)
    session.execute(
        delete(FeedBodyRow).where(
            FeedBodyRow.organisation_id == organisation_id, FeedBodyRow.id.in_(feeds)
        )
    )
    session.execute(update(FeedRow).where(theirs).values(name=_ERASED, labels="{}", medicines=None))
    session.execute(
        update(FeedRow).where(theirs, FeedRow.revoked_at.is_(None)).values(revoked_at=now)
    )


def _close_links(
    session: Session, organisation_id: UUID, plan_ids: Sequence[UUID], now: datetime
) -> None:
    theirs = (PatientLinkRow.organisation_id == organisation_id) & PatientLinkRow.plan_id.in_(
        plan_ids
    )
    holders = select(PatientLinkRow.user_id).where(theirs)
    session.execute(
        update(UserRow)
        .where(UserRow.organisation_id == organisation_id, UserRow.id.in_(holders))
        .values(display_name=None, disabled_at=now)
    )
    session.execute(update(PatientLinkRow).where(theirs).values(name=_ERASED))
    session.execute(
        update(PatientLinkRow)
        .where(theirs, PatientLinkRow.revoked_at.is_(None))
        .values(revoked_at=now)
    )
