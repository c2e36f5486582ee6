"""Calendar links of plans, and the bytes they answer with."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Index,
    Integer,
    String,
    UniqueConstraint,
    and_,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from medplan.store.tables.base import SHA256_HEX, Row, belongs_to

_LAG = "sequence - coalesce(served_sequence, -1)"  # 0: somebody has what the feed shows now
_BEHIND = text(f"revoked_at IS NULL AND {_LAG} > 0")


class FeedRow(Row):
    """A calendar link of a plan: who it is for, how much it shows, and until when.

    `labels` and `medicines` are JSON; `medicines` None shows all. `expiry_chosen` says that the
    end was asked for and does not move with the plan. `sequence` grows whenever what is shown
    changes. `last_fetched` is the hour of the last fetch, `served_revision` and `served_sequence`
    what it gave. `exposed_at` is when its address was first sent without encryption.
    """

    __tablename__ = "feed"
    __table_args__ = (
        belongs_to("plan", "plan_id"),
        belongs_to("user_account", "created_by"),
        UniqueConstraint("token_sha256", "organisation_id"),
        Index(None, "organisation_id", "plan_id"),
        Index(
            "ix_feed_behind",
            "organisation_id",
            "expires_at",
            sqlite_where=_BEHIND,
            postgresql_where=_BEHIND,
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(100))
    detail: Mapped[str] = mapped_column(String(20))
    alarms: Mapped[bool]
    grouping: Mapped[str] = mapped_column(String(10))
    labels: Mapped[str]
    medicines: Mapped[str | None]
    sequence: Mapped[int] = mapped_column(Integer)
    token_sha256: Mapped[str] = mapped_column(String(SHA256_HEX))
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    expiry_chosen: Mapped[bool]
    revoked_at: Mapped[datetime | None]
    last_fetched: Mapped[datetime | None]
    served_revision: Mapped[int | None] = mapped_column(Integer)
    served_sequence: Mapped[int | None] = mapped_column(Integer)
    exposed_at: Mapped[datetime | None]


def is_behind(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Ask for live feeds that have not given anybody what they show now, in the very words of
    their index."""
    lag: ColumnElement[int] = literal_column("feed.sequence - coalesce(feed.served_sequence, -1)")
    return and_(FeedRow.revoked_at.is_(None), FeedRow.expires_at > now, lag > literal_column("0"))


class FeedBodyRow(Row):
    """The bytes a feed answers with, rendered when `revision` or the feed's settings were made."""

    __tablename__ = "feed_body"
    __table_args__ = (belongs_to("feed", "id"),)

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    etag: Mapped[str] = mapped_column(String(SHA256_HEX))
    last_modified: Mapped[datetime]
    revision: Mapped[int] = mapped_column(Integer)
