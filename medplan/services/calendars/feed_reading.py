"""What the holder of a feed's link gets: stored bytes, a page about it, a file to import.

Reading the bytes renders nothing and writes nothing; the fetch is remembered by the process and
written later (`write_fetches`).
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from medplan.services import tokens
from medplan.services.audit.lines import note_by_operator
from medplan.services.calendars.feed_bodies import file_facts, look_of, render
from medplan.services.fetches import Fetch
from medplan.services.parts import Parts
from medplan.services.records.current import current
from medplan.services.refusals import NotFoundError
from medplan.store import feeds as store
from medplan.store import plans
from medplan.store.feed_lookup import LiveBody
from medplan.store.ids import FEED, write_id
from medplan.store.tables import FeedRow


def read_feed(parts: Parts, token: str, now: datetime, known_etag: str = "") -> LiveBody:
    """Give the stored bytes of a live feed: one indexed read, nothing rendered or written. Bytes
    whose ETag the asker knows are left where they are.

    Raises:
        NotFoundError: the token is unknown, revoked or expired; the answer is the same.
    """
    if not tokens.is_token(tokens.FEED, token):
        raise NotFoundError
    token_hash = tokens.token_hash(token)
    found = parts.feeds.find(token_hash, now, known_etag)
    if found is None or not tokens.same_hash(found.token_sha256, token_hash):
        raise NotFoundError
    return found


def open_feed(parts: Parts, token: str, now: datetime) -> FeedRow:
    """Find the live feed that a token opens.

    Raises:
        NotFoundError: the token is unknown, revoked or expired; the answer is the same.
    """
    if not tokens.is_token(tokens.FEED, token):
        raise NotFoundError
    token_hash = tokens.token_hash(token)
    with parts.database.reading_by(FeedRow.token_sha256, token_hash) as session:
        feed = store.find_live_feed(session, token_hash, now)
    if feed is None or not tokens.same_hash(feed.token_sha256, token_hash):
        raise NotFoundError
    return feed


def holders_file(parts: Parts, token: str, now: datetime) -> bytes:
    """Render what a feed shows as a calendar to be imported once, with alarms.

    Raises:
        NotFoundError: the token is unknown, revoked or expired; the answer is the same.
    """
    feed = open_feed(parts, token, now)
    with parts.database.reading_for(feed.organisation_id) as session:
        row = plans.find_plan(session, feed.organisation_id, feed.plan_id)
        number = None if row is None else row.revision
        if row is None or number is None:
            raise NotFoundError
        revision = plans.find_revision(session, feed.organisation_id, feed.plan_id, number)
    if revision is None:
        raise NotFoundError
    shown = current(row, revision)
    look = replace(look_of(feed), alarms=True)
    return render(parts, shown, file_facts(shown, look))


def write_fetches(parts: Parts) -> None:
    """Keep what this process has not written yet of feeds' last fetches, with an audit line for
    each feed and hour."""
    due = parts.fetches.take()
    try:
        for organisation_id in {fetch.organisation_id for fetch in due.values()}:
            with parts.database.writing_for(organisation_id) as session:
                for token, fetch in due.items():
                    if fetch.organisation_id == organisation_id:
                        _write(session, token, fetch)
    except SQLAlchemyError:
        parts.fetches.give_back(due)
        raise


def _write(session: Session, token_sha256: str, fetch: Fetch) -> None:
    served = store.Served(fetch.hour, fetch.revision, fetch.sequence)
    feed_id = store.note_fetch(session, token_sha256, served)
    if feed_id is not None:
        note_by_operator(
            session, fetch.organisation_id, fetch.hour, "feed.fetch", write_id(FEED, feed_id)
        )


def mark_exposed(parts: Parts, token: str, now: datetime) -> None:
    """Remember that a feed's address was sent without encryption, where anybody on the way could
    read it. An address that opens nothing is nobody's."""
    if tokens.is_token(tokens.FEED, token):
        token_hash = tokens.token_hash(token)
        with parts.database.writing_by(FeedRow.token_sha256, token_hash) as session:
            store.mark_exposed(session, token_hash, now)
