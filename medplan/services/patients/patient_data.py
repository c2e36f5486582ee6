"""A patient's right to their data: all of it in one document, and all of it erased.

Both are done by whoever runs medplan, for an organisation that asks, and leave an audit line.
"""

import json
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from medplan.documents.json_text import JsonValue
from medplan.services.audit.lines import note_by_operator
from medplan.services.refusals import NotFoundError
from medplan.store import patients as store
from medplan.store.database import Database
from medplan.store.ids import PATIENT, PLAN, write_id
from medplan.store.people import find_organisation
from medplan.store.tables import PatientRow, PlanRow, Row

_SECRET = frozenset({"token_sha256", "body", "etag"})
_PLANS_OWN = frozenset({"organisation_id", "patient_id"})


def export_patient(
    database: Database, organisation: str, reference: str, now: datetime
) -> dict[str, JsonValue]:
    """Give everything that is kept about a patient, and who has seen or changed it.

    Raises:
        NotFoundError: there is no such organisation, or it knows no such patient.
    """
    organisation_id = _organisation(database, organisation)
    with database.writing_for(organisation_id) as session:
        patient = _patient(session, organisation_id, reference)
        plans = store.plans_of(session, patient)
        names = [write_id(PLAN, plan.id) for plan in plans]
        note_by_operator(
            session, organisation_id, now, "patient.export", write_id(PATIENT, patient.id)
        )
        return {
            "patient": {"reference": reference, "known_since": _value(patient.created_at)},
            "exported_at": _value(now),
            "plans": [_plan(session, plan) for plan in plans],
            "audit": [_document(line) for line in store.audit_of(session, organisation_id, names)],
        }


def erase_patient(database: Database, organisation: str, reference: str, now: datetime) -> int:
    """Erase a patient: their key is destroyed, so that nothing about them can be read again, also
    not in copies. The audit lines, which name nobody, stay. Tell how many plans it was.

    Raises:
        NotFoundError: there is no such organisation, or it knows no such patient.
    """
    organisation_id = _organisation(database, organisation)
    with database.writing_for(organisation_id) as session:
        patient = _patient(session, organisation_id, reference)
        count = len(store.plans_of(session, patient))
        store.erase(session, patient, now)
        note_by_operator(
            session, organisation_id, now, "patient.erase", write_id(PATIENT, patient.id)
        )
    return count


def _organisation(database: Database, name: str) -> UUID:
    with database.operating() as session:
        found = find_organisation(session, name)
    if found is None:
        raise NotFoundError
    return found.organisation_id


def _patient(session: Session, organisation_id: UUID, reference: str) -> PatientRow:
    found = store.find_patient(session, organisation_id, reference)
    if found is None:
        raise NotFoundError
    return found


def _plan(session: Session, plan: PlanRow) -> dict[str, JsonValue]:
    """A plan with everything that belongs to it, by table."""
    beside: dict[str, list[JsonValue]] = {}
    for row in store.rows_of(session, plan.organisation_id, plan.id):
        beside.setdefault(row.__tablename__, []).append(_document(row))
    return _document(plan) | {"id": write_id(PLAN, plan.id)} | dict(beside)


def _document(row: Row) -> dict[str, JsonValue]:
    """A row's columns, but those that open something and those that only say whose it is."""
    columns = inspect(row).mapper.column_attrs
    return {
        column.key: _value(getattr(row, column.key))
        for column in columns
        if column.key not in _SECRET | _PLANS_OWN
    }


def _value(value: object) -> JsonValue:
    """Write a column's value; a text that is JSON as what it holds."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(("{", "[")):
        return _parsed(value)
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)


def _parsed(text: str) -> JsonValue:
    try:
        found: JsonValue = json.loads(text)
    except json.JSONDecodeError:
        return text
    return found
