"""Who looked at a plan and who changed it, day by day, as its patient may know it.

Of an account only its role and the name it goes by are told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from medplan.services.access import Caller, Right, Role, require
from medplan.services.audit.lines import reading
from medplan.services.parts import Parts
from medplan.store import audit_lines, patient_links
from medplan.store.ids import PLAN, write_id
from medplan.store.tables import AuditRow, UserRow

_MOST_LINES = 500


class Sight(StrEnum):
    """What somebody did with a plan."""

    LOOKED = "looked"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Sighting:
    """What somebody did with a plan on a day, told once. `role` None is whoever runs medplan."""

    day: date
    sight: Sight
    role: Role | None
    name: str | None


def list_sightings(
    parts: Parts, caller: Caller, plan_id: UUID, time_zone: str
) -> tuple[Sighting, ...]:
    """List who looked at a plan or changed it of late, the newest first; days are those of the
    zone.

    Raises:
        NotFoundError, NotAllowedError.
    """
    require(caller, Right.READ_PLANS, plan_id)
    zone, subject = ZoneInfo(time_zone), write_id(PLAN, plan_id)
    wanted = audit_lines.LineFilter(subjects=frozenset({subject}))
    with reading(parts.database, caller, "sightings.read", subject) as session:
        rows = audit_lines.newest_lines(
            session, caller.organisation_id, wanted, older_than=None, limit=_MOST_LINES
        )
        ids = {row.user_id for row in rows if row.user_id is not None}
        known = patient_links.find_actors(session, caller.organisation_id, ids)
    return tuple(dict.fromkeys(_sighting(row, known, zone) for row in rows))


def _sighting(row: AuditRow, known: Mapping[UUID, UserRow], zone: ZoneInfo) -> Sighting:
    who = None if row.user_id is None else known.get(row.user_id)
    return Sighting(
        day=row.at.astimezone(zone).date(),
        sight=Sight.LOOKED if row.act.endswith(".read") else Sight.CHANGED,
        role=None if who is None else Role(who.role),
        name=None if who is None else who.display_name,
    )
