"""Changing the configured keys: what older ones have wrapped is wrapped by the newest, while others
work on. It may be broken off and begun again; what is done is done, and audited.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.services.audit.lines import note_by_operator
from medplan.store.audit_chain import list_organisations
from medplan.store.database import Database
from medplan.store.ids import ORGANISATION, write_id
from medplan.store.rewrapping import reseal_texts, rewrap_patients, rewrap_second_factors

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """How many patients' keys, second factors and organisations' own texts were done anew."""

    patients: int
    second_factors: int
    texts: int


def rewrap(database: Database, now: datetime) -> Rewrapped:
    """Do anew, by the newest configured key, whatever an older one wrapped or sealed.

    Raises:
        KeyMissingError: a key that something was wrapped by is not configured. The operator is at
            fault; what was done before stays done.
    """
    with database.operating() as session:
        organisations = list_organisations(session)
    patients = second_factors = texts = 0
    for organisation_id in organisations:
        rewrapping = _Rewrapping(database, organisation_id, now)
        patients += rewrapping.all_of(rewrap_patients)
        second_factors += rewrapping.all_of(rewrap_second_factors)
        texts += rewrapping.some(lambda session, of, _most: reseal_texts(session, of))
    return Rewrapped(patients, second_factors, texts)


_Act = Callable[[Session, UUID, int], int]


@dataclass(frozen=True, slots=True)
class _Rewrapping:
    """The rewrapping of one organisation, a transaction and an audit line for some at a time."""

    database: Database
    organisation_id: UUID
    now: datetime

    def all_of(self, act: _Act) -> int:
        total = 0
        while count := self.some(act):
            total += count
        return total

    def some(self, act: _Act) -> int:
        with self.database.writing_for(self.organisation_id) as session:
            count = act(session, self.organisation_id, _AT_ONCE)
            if count:
                subject = write_id(ORGANISATION, self.organisation_id)
                note_by_operator(session, self.organisation_id, self.now, "keys.rewrap", subject)
        return count
