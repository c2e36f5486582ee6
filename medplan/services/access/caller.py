"""Who asks: made at the door, handed to every service, never changed on the way."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from medplan.services.access.roles import Role

EVERYTHING = frozenset({"*"})


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The browser session that somebody came by, and when its holder last proved who they are
    (None: that is not known)."""

    session_id: UUID
    proven_at: datetime | None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, for which organisation, and when.

    `scopes` narrow what the role may: the names of rights, or words of `matrix.toml`'s `scopes`;
    `EVERYTHING` narrows nothing, and none at all leaves nothing. `plan_id` is the one plan of a
    patient's link. `opened` are the plans that an auditor has opened with a reason. `signed_in` is
    the browser session of whoever came by one.
    """

    organisation_id: UUID
    user_id: UUID
    role: Role
    at: datetime
    scopes: frozenset[str] = EVERYTHING
    plan_id: UUID | None = None
    opened: frozenset[UUID] = frozenset()
    signed_in: SignedIn | None = None
