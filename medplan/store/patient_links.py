"""Links to patients' pages, found by plan or by the hash of their token."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from medplan.store.tables import PatientLinkRow, PlanRow, UserRow


def find_link(
    session: Session, organisation_id: UUID, plan_id: UUID, link_id: UUID
) -> PatientLinkRow | None:
    """Find a link of this very plan, locked."""
    wanted = _links(organisation_id, plan_id).where(PatientLinkRow.id == link_id)
    return session.scalar(wanted.with_for_update())


def list_links(session: Session, organisation_id: UUID, plan_id: UUID) -> Sequence[PatientLinkRow]:
    """List a plan's links, first to last, those revoked too."""
    return session.scalars(_links(organisation_id, plan_id).order_by(PatientLinkRow.id)).all()


def find_open_link(session: Session, token_sha256: str) -> Row[PatientLinkRow, PlanRow] | None:
    """Find the link of a token, with its plan, unless it is revoked or its account shut."""
    return session.execute(
        select(PatientLinkRow, PlanRow)
        .join(
            PlanRow,
            (PlanRow.organisation_id == PatientLinkRow.organisation_id)
            & (PlanRow.id == PatientLinkRow.plan_id),
        )
        .join(
            UserRow,
            (UserRow.organisation_id == PatientLinkRow.organisation_id)
            & (UserRow.id == PatientLinkRow.user_id),
        )
        .where(
            PatientLinkRow.token_sha256 == token_sha256,
            PatientLinkRow.revoked_at.is_(None),
            UserRow.disabled_at.is_(None),
        )
    ).one_or_none()


def find_actors(
    session: Session, organisation_id: UUID, ids: Collection[UUID]
) -> Mapping[UUID, UserRow]:
    """Find the accounts that did something, whether they still may or not."""
    wanted = select(UserRow).where(UserRow.organisation_id == organisation_id, UserRow.id.in_(ids))
    return {row.id: row for row in session.scalars(wanted)}


def _links(organisation_id: UUID, plan_id: UUID) -> Select[PatientLinkRow]:
    return select(PatientLinkRow).where(
        PatientLinkRow.organisation_id == organisation_id, PatientLinkRow.plan_id == plan_id
    )
