"""What older configured keys have wrapped or sealed, done anew by the newest, some at a time.

Kept answers of POSTs are left out: they are removed after two days, before an old key may go.
"""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from medplan.store.tables import (
    CdsFeedbackRow,
    PatientRow,
    PlanRow,
    SecondFactorRow,
    WebhookEndpointRow,
)
from medplan.store.tables.sealing import keys_of, reseal

Kept = TypeVar("Kept", WebhookEndpointRow, CdsFeedbackRow)
Wrapped = TypeVar("Wrapped", PatientRow, SecondFactorRow)


def rewrap_patients(session: Session, organisation_id: UUID, most: int) -> int:
    """Rewrap patients' keys, and find these patients by the newest key's index from now on; of how
    many."""
    keys = keys_of(session.connection())
    older = _older(PatientRow.wrapped_key, keys.newest)
    rows = _first(session, PatientRow, organisation_id, older, most)
    for row in rows:
        row.wrapped_key = keys.rewrap(row.id, row.wrapped_key or b"")
        reference = _reference(session, row)
        if reference is not None:
            row.reference_index = keys.blind_indexes(organisation_id, reference)[0]
    return len(rows)


def rewrap_second_factors(session: Session, organisation_id: UUID, most: int) -> int:
    """Rewrap the secrets of second factors; of how many."""
    keys = keys_of(session.connection())
    older = _older(SecondFactorRow.secret_encrypted, keys.newest)
    rows = _first(session, SecondFactorRow, organisation_id, older, most)
    for row in rows:
        row.secret_encrypted = keys.rewrap(row.id, row.secret_encrypted)
    return len(rows)


def reseal_texts(session: Session, organisation_id: UUID) -> int:
    """Seal anew what is sealed for an organisation rather than a patient; of how many rows."""
    ours = _resealed(session, organisation_id, WebhookEndpointRow)
    return ours + _resealed(session, organisation_id, CdsFeedbackRow)


def _resealed(session: Session, organisation_id: UUID, table: type[Kept]) -> int:
    wanted = select(table).where(table.organisation_id == organisation_id)
    return sum(reseal(session, row) for row in session.scalars(wanted.with_for_update()).all())


def _first(
    session: Session,
    table: type[Wrapped],
    organisation_id: UUID,
    older: ColumnElement[bool],
    most: int,
) -> Sequence[Wrapped]:
    """Lock the first rows of an organisation that an older key has wrapped, `most` at a time."""
    wanted = select(table).where(table.organisation_id == organisation_id, older)
    return session.scalars(wanted.order_by(table.id).limit(most).with_for_update()).all()


def _older(
    column: InstrumentedAttribute[bytes] | InstrumentedAttribute[bytes | None], newest: bytes
) -> ColumnElement[bool]:
    """Whether another key than the newest has wrapped what is there."""
    return func.substr(column, 1, len(newest), type_=LargeBinary) != newest


def _reference(session: Session, patient: PatientRow) -> str | None:
    """What a patient's plans call them; None without a plan: then nothing is kept about them."""
    plan = session.scalars(
        select(PlanRow)
        .where(PlanRow.organisation_id == patient.organisation_id, PlanRow.patient_id == patient.id)
        .limit(1)
    ).first()
    return None if plan is None else plan.patient_reference
