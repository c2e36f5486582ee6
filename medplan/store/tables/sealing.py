"""How a row's texts about a patient are kept: in the database sealed, in Python as they are.

A table names such columns in `sealed`. They are sealed as rows are written and opened as rows are
loaded, so nothing above this room deals with keys. A statement that asks for a single column gets
what the database has. The texts of an erased patient can't be opened any more.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, event, inspect, select
from sqlalchemy.orm import Mapped, Mapper, QueryContext, Session
from sqlalchemy.orm.attributes import flag_modified, get_history, set_committed_value
from typing_extensions import override

from medplan.store.ids import new_id
from medplan.store.keys import KEYS, ErasedError, MasterKeys, open_sealed, opens, seal, sealed_by
from medplan.store.tables.base import Row
from medplan.store.tables.inserting import insert_unless_there
from medplan.store.tables.patients import PatientRow

_OPENED = "medplan.opened_keys"
_PATIENTS = "medplan.patients_of_plans"
_TEXTS = "medplan.texts_being_written"


class Sealed:
    """A row some of whose texts only their owner's key opens: a patient's or, for what can't be
    told apart by patient, the organisation's. Instead of a text that was erased there is
    `when_erased`; None refuses to load such a row."""

    sealed: ClassVar[tuple[str, ...]] = ()
    when_erased: ClassVar[str | None] = None
    organisation_id: Mapped[UUID]
    id: Mapped[UUID]

    def owner(self, connection: Connection) -> UUID:
        """Say whose key seals this row."""
        del connection
        return self.organisation_id


class SealedForPlan(Sealed):
    """A row of a plan, sealed for the plan's patient; `plan_column` says which plan."""

    plan_column: ClassVar[str] = "plan_id"

    @override
    def owner(self, connection: Connection) -> UUID:
        plan, plan_id = Row.metadata.tables["plan"], getattr(self, self.plan_column)
        known = _patients(_session(self))
        if plan_id not in known:
            asked = select(plan.c.patient_id).where(
                plan.c.organisation_id == self.organisation_id, plan.c.id == plan_id
            )
            known[plan_id] = connection.execute(asked).scalar_one()
        return known[plan_id]


class SealedForPatient(Sealed):
    """A plan: it says by its patient's reference whose key seals it, and whose it is."""

    when_erased: ClassVar[str | None] = ""
    patient_id: Mapped[UUID]
    patient_reference: Mapped[str]
    created_at: Mapped[datetime]

    @override
    def owner(self, connection: Connection) -> UUID:
        session = _session(self)
        self.patient_id = _patient_of(
            session, connection, self.organisation_id, self.patient_reference, self.created_at
        )
        _patients(session)[self.id] = self.patient_id
        return self.patient_id


def keys_of(connection: Connection) -> MasterKeys:
    """Reach the configured keys of a connection's database."""
    found = connection.get_execution_options()[KEYS]
    assert isinstance(found, MasterKeys)  # noqa: S101 - tells the type checker what Database put
    return found


def is_patient(
    connection: Connection, organisation_id: UUID, reference: str
) -> ColumnElement[bool]:
    """Ask for the patient whom an organisation knows by a reference."""
    indexes = keys_of(connection).blind_indexes(organisation_id, reference)
    return (PatientRow.organisation_id == organisation_id) & (
        PatientRow.reference_index.in_(indexes)
    )


def reseal(session: Session, row: Sealed) -> bool:
    """Seal a row's texts anew if the newest key of its owner doesn't open them; whether it did."""
    connection = session.connection()
    columns = inspect(row).mapper.local_table.c
    kept = connection.execute(
        select(*(columns[name] for name in row.sealed)).where(
            columns.organisation_id == row.organisation_id, columns.id == row.id
        )
    ).one()
    newest = _known_keys(session, connection, row.organisation_id, row.owner(connection))[:1]
    texts = {name: text for name, text in zip(row.sealed, kept, strict=True) if text is not None}
    if all(opens(newest, _place(row, name), text) for name, text in texts.items()):
        return False
    for name in texts:
        flag_modified(row, name)
    return True


@event.listens_for(Sealed, "before_insert", propagate=True)
def _seal_new(_mapper: Mapper[Any], connection: Connection, row: Sealed) -> None:
    _seal(connection, row)


@event.listens_for(Sealed, "before_update", propagate=True)
def _seal_changed(_mapper: Mapper[Any], connection: Connection, row: Sealed) -> None:
    """Seal every text anew when one has changed: the row may have come to another patient."""
    if any(get_history(row, name).has_changes() for name in row.sealed):
        _seal(connection, row)


@event.listens_for(Sealed, "after_insert", propagate=True)
@event.listens_for(Sealed, "after_update", propagate=True)
def _open_written(_mapper: Mapper[Any], _connection: Connection, row: Sealed) -> None:
    """Give a row back the texts that were sealed to write it."""
    for name, text in inspect(row).info.pop(_TEXTS, {}).items():
        set_committed_value(row, name, text)


@event.listens_for(Sealed, "load", propagate=True)
def _open_loaded(row: Sealed, context: QueryContext) -> None:
    _open(context.session, row)


@event.listens_for(Sealed, "refresh", propagate=True)
def _open_refreshed(row: Sealed, context: QueryContext, _names: object) -> None:
    _open(context.session, row)


@event.listens_for(PatientRow, "load")
def _keep_key(row: PatientRow, context: QueryContext) -> None:
    """Remember a patient's key for the texts that are loaded with it."""
    _opened(context.session)[row.id] = _unwrapped(
        _masters(context.session), row.id, row.wrapped_key
    )


def _seal(connection: Connection, row: Sealed) -> None:
    owner = row.owner(connection)
    keys = _known_keys(_session(row), connection, row.organisation_id, owner)
    if not keys:
        raise ErasedError
    texts = {name: text for name in row.sealed if (text := getattr(row, name)) is not None}
    inspect(row).info[_TEXTS] = texts
    for name, text in texts.items():
        setattr(row, name, seal(owner, keys[0], _place(row, name), text))


def _open(session: Session, row: Sealed) -> None:
    known = _opened(session)
    for name in row.sealed:
        text = row.__dict__.get(name)
        owner = sealed_by(text) if isinstance(text, str) else None
        if owner is None or not isinstance(text, str):
            continue
        if owner in known:
            keys = known[owner]
        else:
            keys = _known_keys(session, session.connection(), row.organisation_id, owner)
        erased = not keys and row.when_erased is not None
        opened = row.when_erased if erased else open_sealed(keys, _place(row, name), text)
        set_committed_value(row, name, opened)


def _session(row: Sealed) -> Session:
    session: Session | None = inspect(row).session
    assert session is not None  # noqa: S101 - rows are sealed while a session writes them
    return session


def _opened(session: Session) -> dict[UUID, list[bytes]]:
    """The keys that this session has unwrapped, by owner."""
    found: dict[UUID, list[bytes]] = session.info.setdefault(_OPENED, {})
    return found


def _masters(session: Session) -> MasterKeys:
    """The configured keys, looked up once in a session: every row that is loaded asks for them."""
    found: MasterKeys | None = session.info.get(KEYS)
    if found is None:
        found = session.info[KEYS] = keys_of(session.connection())
    return found


def _patients(session: Session) -> dict[UUID, UUID]:
    """Whose each plan is that this session has written for."""
    found: dict[UUID, UUID] = session.info.setdefault(_PATIENTS, {})
    return found


def _patient_of(
    session: Session, connection: Connection, organisation_id: UUID, reference: str, now: datetime
) -> UUID:
    """Find the patient of a reference, or make them, with a key of their own."""
    asked = select(PatientRow.id, PatientRow.wrapped_key).where(
        is_patient(connection, organisation_id, reference)
    )
    found = connection.execute(asked).first()
    if found is None:
        _add_patient(connection, organisation_id, reference, now)
        found = connection.execute(asked).one()
    patient_id, wrapped = found
    _opened(session).setdefault(patient_id, _unwrapped(keys_of(connection), patient_id, wrapped))
    return patient_id


def _add_patient(
    connection: Connection, organisation_id: UUID, reference: str, now: datetime
) -> None:
    """Add a patient; nothing happens when another transaction was quicker."""
    keys, patient_id = keys_of(connection), new_id(now)
    columns = {
        "organisation_id": organisation_id,
        "id": patient_id,
        "reference_index": keys.blind_indexes(organisation_id, reference)[0],
        "wrapped_key": keys.new_key(patient_id),
        "created_at": now,
    }
    insert_unless_there(connection, PatientRow, columns)


def _known_keys(
    session: Session, connection: Connection, organisation_id: UUID, owner: UUID
) -> list[bytes]:
    """Give the keys that may open an owner's texts, looked up once in a session."""
    known = _opened(session)
    if owner not in known:
        known[owner] = _keys(connection, organisation_id, owner)
    return known[owner]


def _keys(connection: Connection, organisation_id: UUID, owner: UUID) -> list[bytes]:
    """Give the keys that may open an owner's texts, the newest first; none once erased."""
    if owner == organisation_id:
        return keys_of(connection).keys_for(organisation_id)
    patient = PatientRow.__table__
    wrapped = connection.execute(
        select(patient.c.wrapped_key).where(
            patient.c.organisation_id == organisation_id, patient.c.id == owner
        )
    ).scalar_one()
    return _unwrapped(keys_of(connection), owner, wrapped)


def _unwrapped(masters: MasterKeys, owner: UUID, wrapped: bytes | None) -> list[bytes]:
    return [] if wrapped is None else [masters.unwrap(owner, wrapped)]


def _place(row: Sealed, name: str) -> str:
    return f"{inspect(row).mapper.local_table.name}.{name}.{row.id.hex}"
