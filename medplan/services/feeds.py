"""Calendar feeds: links that a patient's or carer's calendar may read, and nobody can guess.

The bytes are rendered and stored when the feed is made; reading them renders nothing and writes
nothing. The link is shown once: what is kept is the hash of its token.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.documents.plan import read_plan
from medplan.services import tokens
from medplan.services.access import Caller, Right, require
from medplan.services.audit import note
from medplan.services.once import Answer, Once
from medplan.services.parts import CalendarFacts, Detail, Medium, Parts
from medplan.services.plans import Status
from medplan.services.refusals import NotFoundError, WrongStatusError
from medplan.store import feeds as store
from medplan.store import plans
from medplan.store.ids import FEED, PLAN, new_id, write_id
from medplan.store.tables import FeedBodyRow, FeedRow, RevisionRow

_GRACE = timedelta(days=30)
_LONGEST = timedelta(days=396)  # thirteen months


@dataclass(frozen=True, slots=True)
class FeedWish:
    """What a feed is to be: whose (`Mum's phone`), how much it shows, whether it rings."""

    name: str
    detail: Detail
    alarms: bool


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed just made or rotated, with the token that is never shown again."""

    feed: FeedRow
    token: str


@dataclass(frozen=True, slots=True)
class FeedBytes:
    """What a feed answers with: bytes as stored, their hash, and when they were made."""

    body: bytes
    etag: str
    last_modified: datetime


def create_feed(
    parts: Parts, caller: Caller, plan_id: UUID, wish: FeedWish, once: Once[NewFeed]
) -> Answer:
    """Make a feed of an issued plan. It ends 30 days after the plan, 13 months from now at most.

    Raises:
        NotFoundError, NotAllowedError, KeyReusedError, WrongStatusError (a draft has no feeds).
    """
    require(caller, Right.MANAGE_FEEDS)
    with parts.database.writing.begin() as session:
        return once.answer(session, caller, lambda: _add(session, parts, caller, plan_id, wish))


def _add(session: Session, parts: Parts, caller: Caller, plan_id: UUID, wish: FeedWish) -> NewFeed:
    revision = _issued(session, caller, plan_id)
    token = tokens.new_token(tokens.FEED)
    plan = read_plan(revision.plan)
    feed = FeedRow(
        organisation_id=caller.organisation_id,
        id=new_id(caller.at),
        plan_id=plan_id,
        name=wish.name,
        detail=wish.detail,
        alarms=wish.alarms,
        token_sha256=tokens.token_hash(token),
        created_by=caller.user_id,
        created_at=caller.at,
        expires_at=_expiry(plan.end, caller.at),
        revoked_at=None,
    )
    facts = CalendarFacts(
        plan_id=write_id(PLAN, plan_id),
        revision=revision.number,
        revised_at=revision.made_at,
        detail=wish.detail,
        alarms=wish.alarms,
        medium=Medium.FEED,
    )
    body = parts.render_calendar(plan, parts.formularies[plan.formulary.jurisdiction], facts)
    session.add(feed)
    session.flush()
    session.add(
        FeedBodyRow(
            organisation_id=feed.organisation_id,
            id=feed.id,
            body=body,
            etag=hashlib.sha256(body).hexdigest(),
            last_modified=revision.made_at,
        )
    )
    note(session, caller, "feed.create", write_id(FEED, feed.id))
    return NewFeed(feed, token)


def list_feeds(parts: Parts, caller: Caller, plan_id: UUID) -> Sequence[FeedRow]:
    """List a plan's feeds, first to last, those revoked too; no token is among it.

    Raises:
        NotFoundError, NotAllowedError.
    """
    require(caller, Right.MANAGE_FEEDS)
    with parts.database.reading.begin() as session:
        if plans.find_plan(session, caller.organisation_id, plan_id) is None:
            raise NotFoundError
        return store.list_feeds(session, caller.organisation_id, plan_id)


def revoke_feed(parts: Parts, caller: Caller, plan_id: UUID, feed_id: UUID) -> None:
    """Close a feed for good. Calendars that have read it keep their last copy.

    Raises:
        NotFoundError (also when it is revoked already), NotAllowedError.
    """
    require(caller, Right.MANAGE_FEEDS)
    with parts.database.writing.begin() as session:
        feed = _open(session, caller, plan_id, feed_id)
        feed.revoked_at = caller.at
        note(session, caller, "feed.revoke", write_id(FEED, feed_id))


def rotate_feed(
    parts: Parts, caller: Caller, plan_id: UUID, feed_id: UUID, once: Once[NewFeed]
) -> Answer:
    """Give a feed a new link; the old one stops working at once.

    Raises:
        NotFoundError (also when it is revoked), NotAllowedError, KeyReusedError.
    """
    require(caller, Right.MANAGE_FEEDS)

    def act() -> NewFeed:
        feed = _open(session, caller, plan_id, feed_id)
        token = tokens.new_token(tokens.FEED)
        feed.token_sha256 = tokens.token_hash(token)
        note(session, caller, "feed.rotate", write_id(FEED, feed_id))
        return NewFeed(feed, token)

    with parts.database.writing.begin() as session:
        return once.answer(session, caller, act)


def read_feed(parts: Parts, token: str, now: datetime) -> FeedBytes:
    """Give the stored bytes of a live feed: one indexed read, nothing rendered or written.

    Raises:
        NotFoundError: the token is unknown, revoked or expired; the answer is the same.
    """
    if not tokens.is_token(tokens.FEED, token):
        raise NotFoundError
    token_hash = tokens.token_hash(token)
    with parts.database.reading.begin() as session:
        found = store.find_live_body(session, token_hash, now)
    if found is None or not tokens.same_hash(found[3], token_hash):
        raise NotFoundError
    body, etag, last_modified, _ = found
    return FeedBytes(body, etag, last_modified)


def _issued(session: Session, caller: Caller, plan_id: UUID) -> RevisionRow:
    row = plans.find_plan(session, caller.organisation_id, plan_id)
    if row is None:
        raise NotFoundError
    if row.revision is None:
        raise WrongStatusError(row.status, Status.ACTIVE)
    revision = plans.find_revision(session, row.organisation_id, row.id, row.revision)
    if revision is None:
        raise NotFoundError
    return revision


def _open(session: Session, caller: Caller, plan_id: UUID, feed_id: UUID) -> FeedRow:
    feed = store.find_feed(session, caller.organisation_id, plan_id, feed_id)
    if feed is None or feed.revoked_at is not None:
        raise NotFoundError
    return feed


def _expiry(plan_end: date, now: datetime) -> datetime:
    after_plan = datetime.combine(plan_end + _GRACE, time.max, tzinfo=UTC)
    return min(after_plan, now + _LONGEST).replace(microsecond=0)
