"""Who may do what: one table, deny by default."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from medplan.services.refusals import NotAllowedError


class Role(StrEnum):
    """What somebody is in their organisation."""

    PRESCRIBER = "prescriber"
    PHARMACIST = "pharmacist"


class Right(StrEnum):
    """What a service asks for."""

    PREVIEW = "preview"
    READ_PLANS = "read-plans"
    WRITE_PLANS = "write-plans"
    MANAGE_FEEDS = "manage-feeds"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.PRESCRIBER: frozenset(Right),
    Role.PHARMACIST: frozenset({Right.READ_PLANS}),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, for which organisation, and when."""

    organisation_id: UUID
    user_id: UUID
    role: Role
    at: datetime


def require(caller: Caller, right: Right) -> None:
    """Refuse a caller whose role lacks the right.

    Raises:
        NotAllowedError: the role does not cover it.
    """
    if right not in RIGHTS[caller.role]:
        raise NotAllowedError
