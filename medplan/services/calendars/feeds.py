"""Calendar feeds: links that a patient's or carer's calendar may read, and nobody can guess.

The link is shown once: what is kept is the hash of its token. Bytes are `feed_bodies`' work, and
reading them `feed_reading`'s.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.errors import InvalidRequestError, Problem
from medplan.model.plan import Plan
from medplan.services import tokens
from medplan.services.access import Caller, Right, require
from medplan.services.audit.lines import note
from medplan.services.calendars.feed_bodies import (
    look_of,
    new_body,
    render_again,
)
from medplan.services.calendars.feed_reading import write_fetches
from medplan.services.link_ends import faults_of_end, usual_end
from medplan.services.once import Answer, Once
from medplan.services.parts import CalendarLook, Parts
from medplan.services.records.current import Current
from medplan.services.records.issued import current_of
from medplan.services.refusals import NotFoundError
from medplan.store import feeds as store
from medplan.store import plans
from medplan.store.ids import FEED, new_id, write_id
from medplan.store.tables import FeedRow
from medplan.wording.names import medicine_key


@dataclass(frozen=True, slots=True)
class FeedWish:
    """What a feed is to be: whose (`Mum's phone`), how it shows the plan, until when (None: as long
    as the plan, and a while)."""

    name: str
    look: CalendarLook = field(default_factory=CalendarLook)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedChange:
    """What of a feed is to be otherwise: the names of what was said, and the wish that says it."""

    said: frozenset[str]
    wish: FeedWish


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed just made or rotated, with the token that is never shown again."""

    feed: FeedRow
    token: str


@dataclass(frozen=True, slots=True)
class FeedList:
    """A plan's feeds, and the revision that they should have been given by now."""

    revision: int | None
    feeds: Sequence[FeedRow]


def create_feed(
    parts: Parts, caller: Caller, plan_id: UUID, wish: FeedWish, once: Once[NewFeed]
) -> Answer:
    """Make a feed of an issued plan.

    Raises:
        NotFoundError, NotAllowedError, KeyReusedError, WrongStatusError (a draft has no feeds).
        InvalidRequestError: it names a medicine that the plan lacks, or ends too soon or too late.
    """
    require(caller, Right.MANAGE_FEEDS, plan_id)
    with parts.database.writing_for(caller.organisation_id) as session:
        return once.answer(session, caller, lambda: _add(session, parts, caller, plan_id, wish))


def _add(session: Session, parts: Parts, caller: Caller, plan_id: UUID, wish: FeedWish) -> NewFeed:
    shown = _shown(session, caller, plan_id)
    _check(wish, shown.plan, caller.at)
    token = tokens.new_link_token(tokens.FEED, parts.shard)
    feed = FeedRow(
        organisation_id=caller.organisation_id,
        id=new_id(caller.at),
        plan_id=plan_id,
        token_sha256=tokens.token_hash(token),
        created_by=caller.user_id,
        created_at=caller.at,
    )
    _set(feed, wish, shown.plan, caller.at)
    body = new_body(parts, shown, feed, caller.at)
    session.add(feed)
    session.flush()
    session.add(body)
    note(session, caller, "feed.create", write_id(FEED, feed.id))
    return NewFeed(feed, token)


def change_feed(
    parts: Parts, caller: Caller, plan_id: UUID, feed_id: UUID, change: FeedChange
) -> FeedList:
    """Change what a feed shows, its name or its end; its address stays.

    Raises:
        NotFoundError (also when it is revoked), NotAllowedError.
        InvalidRequestError: it names a medicine that the plan lacks, or ends too soon or too late.
    """
    require(caller, Right.MANAGE_FEEDS, plan_id)
    with parts.database.writing_for(caller.organisation_id) as session:
        shown = _shown(session, caller, plan_id)
        feed = _open(session, caller, plan_id, feed_id)
        before = look_of(feed)
        wish = _changed(feed, change)
        _check(wish, shown.plan, caller.at)
        _set(feed, wish, shown.plan, caller.at)
        body = store.find_body(session, feed)
        if body is not None and wish.look != before:
            render_again(parts, shown, feed, body, caller.at)
        note(session, caller, "feed.change", write_id(FEED, feed_id))
        return FeedList(shown.revision.number, [feed])


def list_feeds(parts: Parts, caller: Caller, plan_id: UUID) -> FeedList:
    """List a plan's feeds, first to last, those revoked too; no token is among it.

    Raises:
        NotFoundError, NotAllowedError.
    """
    require(caller, Right.REVOKE_FEEDS, plan_id)
    write_fetches(parts)
    with parts.database.reading_for(caller.organisation_id) as session:
        row = plans.find_plan(session, caller.organisation_id, plan_id)
        if row is None:
            raise NotFoundError
        return FeedList(row.revision, store.list_feeds(session, caller.organisation_id, plan_id))


def revoke_feed(parts: Parts, caller: Caller, plan_id: UUID, feed_id: UUID) -> None:
    """Close a feed for good and drop its bytes. Calendars that have read it keep their last copy.

    Raises:
        NotFoundError (also when it is revoked already), NotAllowedError.
    """
    require(caller, Right.REVOKE_FEEDS, plan_id)
    with parts.database.writing_for(caller.organisation_id) as session:
        feed = _open(session, caller, plan_id, feed_id)
        feed.revoked_at = caller.at
        body = store.find_body(session, feed)
        if body is not None:
            session.delete(body)
        note(session, caller, "feed.revoke", write_id(FEED, feed_id))


def rotate_feed(
    parts: Parts, caller: Caller, plan_id: UUID, feed_id: UUID, once: Once[NewFeed]
) -> Answer:
    """Give a feed a new link; the old one stops working at once.

    Raises:
        NotFoundError (also when it is revoked), NotAllowedError, KeyReusedError.
    """
    require(caller, Right.MANAGE_FEEDS, plan_id)

    def act() -> NewFeed:
        feed = _open(session, caller, plan_id, feed_id)
        token = tokens.new_link_token(tokens.FEED, parts.shard)
        feed.token_sha256 = tokens.token_hash(token)
        feed.last_fetched = feed.exposed_at = None
        feed.served_revision = feed.served_sequence = None
        note(session, caller, "feed.rotate", write_id(FEED, feed_id))
        return NewFeed(feed, token)

    with parts.database.writing_for(caller.organisation_id) as session:
        return once.answer(session, caller, act)


def _shown(session: Session, caller: Caller, plan_id: UUID) -> Current:
    """The plan as it stands and stays while its feed is rendered: a revision must not come
    between. Whoever locks the plan does so before its feeds."""
    row = plans.find_plan(session, caller.organisation_id, plan_id, lock=True)
    if row is None:
        raise NotFoundError
    return current_of(session, row)


def _open(session: Session, caller: Caller, plan_id: UUID, feed_id: UUID) -> FeedRow:
    feed = store.find_feed(session, caller.organisation_id, plan_id, feed_id)
    if feed is None or feed.revoked_at is not None:
        raise NotFoundError
    return feed


def _set(feed: FeedRow, wish: FeedWish, plan: Plan, now: datetime) -> None:
    look = wish.look
    feed.name = wish.name
    feed.detail, feed.alarms, feed.grouping = look.detail, look.alarms, look.group
    feed.labels = json.dumps(dict(look.labels), ensure_ascii=False, sort_keys=True)
    feed.medicines = None if look.medicines is None else json.dumps(sorted(look.medicines))
    feed.expiry_chosen = wish.expires_at is not None
    feed.expires_at = wish.expires_at or usual_end(plan.end, now)


def _changed(feed: FeedRow, change: FeedChange) -> FeedWish:
    """The feed as it is, but for what the change says."""
    look = look_of(feed)
    looks = change.said & CalendarLook.__dataclass_fields__.keys()
    look = replace(look, **{name: getattr(change.wish.look, name) for name in looks})
    expires_at = feed.expires_at if feed.expiry_chosen else None
    if "expires_at" in change.said:
        expires_at = change.wish.expires_at
    return FeedWish(change.wish.name if "name" in change.said else feed.name, look, expires_at)


def _check(wish: FeedWish, plan: Plan, now: datetime) -> None:
    """Refuse what the plan can't show.

    Raises:
        InvalidRequestError: every problem at once.
    """
    problems = [*_unknown_medicines(wish.look, plan), *faults_of_end(wish.expires_at, now)]
    if problems:
        raise InvalidRequestError(problems)


def _unknown_medicines(look: CalendarLook, plan: Plan) -> Iterator[Problem]:
    known = {medicine_key(course) for course in plan.courses}
    detail = "the plan has no such medicine"
    for n, medicine in enumerate(sorted(look.medicines or ())):
        if medicine not in known:
            yield Problem(f"/medicines/{n}", "not-in-plan", detail)
    if not look.labels.keys() <= known:
        yield Problem("/labels", "not-in-plan", "the plan has not all of these medicines")
