"""What the API says, from what the services give. Pure: no Flask, no database, no clock."""

import json
from collections.abc import Sequence, Set
from datetime import UTC, date, datetime
from uuid import UUID

from medplan.documents.json_text import JsonValue
from medplan.model.plan import Plan, Supply
from medplan.services.calendars.feeds import NewFeed
from medplan.services.records.dated import DatedDose
from medplan.services.records.plans import PlanRecord
from medplan.store.ids import FEED, PLAN, USER, write_id
from medplan.store.tables import FeedRow, PlanRow, RevisionRow
from medplan.units import format_clock, format_decimal
from medplan.wording.names import medicine_key

Document = dict[str, JsonValue]


def write_json(document: JsonValue) -> str:
    """Write an answer's body."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def instant(value: datetime) -> str:
    """Write an instant in UTC (RFC 3339)."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stored_plan(record: PlanRecord) -> str:
    """A plan's life, and after it everything that the plan itself holds, as it is kept."""
    life: Document = {
        "id": write_id(PLAN, record.id),
        "status": record.status.value,
        "revision": record.revision,
        "created_at": instant(record.created_at),
        "updated_at": instant(record.updated_at),
        "request": _kept(record.request),
    }
    return _before(life, record.plan)


def plan_summary(row: PlanRow, flagged: Set[UUID]) -> Document:
    """A plan in a list; `flagged` are those of which an emergency waits for an answer."""
    return {
        "id": write_id(PLAN, row.id),
        "status": row.status,
        "revision": row.revision,
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
        "patient_reference": row.patient_reference,
        "first_day": _day(row.first_day),
        "last_day": _day(row.last_day),
        "next_review": _day(row.next_review),
        "next_stop": _day(row.next_stop),
        "flagged": row.id in flagged,
    }


def revision_summary(row: RevisionRow) -> Document:
    """Who issued which revision, when and why."""
    return {
        "number": row.number,
        "act": row.act,
        "effective": None if row.effective is None else row.effective.isoformat(),
        "made_at": instant(row.made_at),
        "made_by": write_id(USER, row.made_by),
        "reason": row.reason,
        "formulary_version": row.formulary_version,
        "tzdata_version": row.tzdata_version,
    }


def revision(row: RevisionRow) -> str:
    """A revision, and after it everything that the plan held when it was issued, as it is kept."""
    opening: Document = {"id": write_id(PLAN, row.plan_id)}
    request: Document = {"request": _kept(row.request)}
    return _before(opening | revision_summary(row) | request, row.plan)


def feed(row: FeedRow, revision: int | None, now: datetime) -> Document:
    """A feed without its address, and whether it has picked up the plan's current revision."""
    last = row.last_fetched
    freshness = _freshness(row, revision, now)
    return {
        "id": write_id(FEED, row.id),
        "name": row.name,
        "detail": row.detail,
        "alarms": row.alarms,
        "group": row.grouping,
        "labels": _kept(row.labels),
        "medicines": None if row.medicines is None else json.loads(row.medicines),
        "created_at": instant(row.created_at),
        "expires_at": instant(row.expires_at),
        "revoked_at": None if row.revoked_at is None else instant(row.revoked_at),
        "last_fetched": None if last is None else instant(last),
        "served_revision": row.served_revision,
        "stale": row.served_sequence != row.sequence,
        "exposed_at": None if row.exposed_at is None else instant(row.exposed_at),
        "freshness": freshness,
    }


def _freshness(row: FeedRow, revision: int | None, now: datetime) -> str:
    """What a prescriber should know of a calendar that others fetch when they like."""
    if row.last_fetched is None:
        return "this calendar has never been fetched"
    ago = f"last fetched {int((now - row.last_fetched).total_seconds() // 3600)} h ago"
    if row.served_revision != revision:
        return f"this calendar has not picked up revision {revision} ({ago})"
    if row.served_sequence != row.sequence:
        return f"this calendar has not picked up its latest change ({ago})"
    return f"this calendar shows revision {revision} ({ago})"


def new_feed(made: NewFeed, public_url: str) -> tuple[Document, Document]:
    """A feed's addresses, and the same without them, to be kept for a repeat."""
    page = f"{public_url}/f/{made.token}"
    shown: Document = {
        "id": write_id(FEED, made.feed.id),
        "url": f"{page}.ics",
        "webcal_url": f"webcal://{page.partition('://')[2]}.ics",
        "qr_svg_url": f"{page}/qr.svg",
    }
    return shown, dict.fromkeys(shown) | {"id": shown["id"]}


def items(documents: Sequence[Document]) -> Document:
    """A list of things."""
    return {"items": list(documents)}


def supply(row: Supply) -> Document:
    """Units of one product."""
    return {
        "product": row.product,
        "units": format_decimal(row.units),
        "from": row.days.first.isoformat(),
        "to": row.days.last.isoformat(),
        "packs": row.packs,
    }


def supply_list(plan: Plan) -> Document:
    """What the plan needs."""
    return items([supply(row) for row in plan.supply])


def dated_dose(dated: DatedDose) -> Document:
    """One dose on one day."""
    dose = dated.dose
    name: Document = {} if dated.course.name is None else {"name": dated.course.name}
    return (
        {
            "day": dated.day.isoformat(),
            "at": None if dose.minute is None else format_clock(dose.minute),
            "instant": None if dated.instant is None else dated.instant.isoformat(),
            "medicine": dated.course.medicine,
        }
        | name
        | {
            "mg": format_decimal(dose.mg),
            "products": [
                {"product": p.product, "units": format_decimal(p.units)} for p in dose.products
            ],
            "when_required": dated.step.when_required,
            "conditional": dated.step.conditional,
            "instruction": dose.instruction,
        }
    )


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


DOSES_HEADER = (
    "day",
    "at",
    "medicine",
    "mg",
    "product",
    "units",
    "when_required",
    "conditional",
    "instruction",
)


def dose_rows(dated: DatedDose) -> list[tuple[str, ...]]:
    """One dose as rows of a table, a row for each product; `mg` is of the whole dose."""
    dose = dated.dose
    at = "" if dose.minute is None else format_clock(dose.minute)
    opening = (dated.day.isoformat(), at, medicine_key(dated.course), format_decimal(dose.mg))
    closing = (_said(dated.step.when_required), _said(dated.step.conditional), dose.instruction)
    taken = [(p.product, format_decimal(p.units)) for p in dose.products]
    return [(*opening, *product, *closing) for product in taken]


def _said(value: bool) -> str:  # noqa: FBT001 - the value itself is what is said
    return "yes" if value else "no"


def _before(life: Document, plan: str) -> str:
    """Write members in front of those of a plan's own document; they have none in common.

    The document goes on as the very text that was kept: it is large, and was checked before.
    """
    opening = write_json(life).rstrip().removesuffix("}").rstrip()
    return f"{opening},{plan.removeprefix('{')}"


def _kept(text: str) -> Document:
    """Read a document that was checked before it was kept."""
    document: Document = json.loads(text)
    return document
