"""Links to a patient's own pages: made by the prescriber, shown once, and nobody can guess them.

What is kept is the hash of a link's token. Each link acts through an account of its own, so that
what was done by which link stays known after it is gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.errors import InvalidRequestError
from medplan.services import tokens
from medplan.services.access import Caller, Right, Role, require
from medplan.services.audit.lines import note
from medplan.services.link_ends import faults_of_end, usual_end
from medplan.services.once import Answer, Once
from medplan.services.parts import Parts
from medplan.services.records.plans import Status
from medplan.services.refusals import NotFoundError, WrongStatusError
from medplan.store import patient_links as store
from medplan.store import plans
from medplan.store.ids import LINK, new_id, write_id
from medplan.store.tables import PatientLinkRow, PlanRow, UserRow

ALWAYS = frozenset({Right.READ_PLANS, Right.CHECK_IN})
ALLOWABLE = (Right.DECIDE_PLANS, Right.HOLD_PLANS, Right.MANAGE_FEEDS)


@dataclass(frozen=True, slots=True)
class LinkWish:
    """Whose link it is to be (`Mum's phone`), what of `ALLOWABLE` its holder may do, until when
    (None: as long as the plan, and a while)."""

    name: str
    may: frozenset[Right] = frozenset()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link just made or rotated, with the token that is never shown again."""

    link: PatientLinkRow
    expires_at: datetime
    token: str


@dataclass(frozen=True, slots=True)
class ListedLink:
    """A link and when it ends."""

    link: PatientLinkRow
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """Who comes by a link, and by which: its plan is `caller.plan_id`."""

    caller: Caller
    plan_id: UUID
    name: str


def create_link(
    parts: Parts, caller: Caller, plan_id: UUID, wish: LinkWish, once: Once[NewLink]
) -> Answer:
    """Make a link to the pages of an issued plan.

    Raises:
        NotFoundError, NotAllowedError, KeyReusedError, WrongStatusError (a draft has no pages).
        InvalidRequestError: it ends too soon or too late.
    """
    require(caller, Right.MANAGE_PATIENT_LINKS, plan_id)
    if problems := [*faults_of_end(wish.expires_at, caller.at)]:
        raise InvalidRequestError(problems)
    with parts.database.writing_for(caller.organisation_id) as session:
        return once.answer(session, caller, lambda: _add(session, parts, caller, plan_id, wish))


def list_links(parts: Parts, caller: Caller, plan_id: UUID) -> Sequence[ListedLink]:
    """List a plan's links, first to last, those revoked too; no token is among it.

    Raises:
        NotFoundError, NotAllowedError.
    """
    require(caller, Right.MANAGE_PATIENT_LINKS, plan_id)
    with parts.database.reading_for(caller.organisation_id) as session:
        return links_of(session, _plan(session, caller, plan_id))


def links_of(session: Session, plan: PlanRow) -> Sequence[ListedLink]:
    """Read a plan's links, first to last, for a reading that is let in already."""
    found = store.list_links(session, plan.organisation_id, plan.id)
    return [ListedLink(link, _ends(link, plan)) for link in found]


def revoke_link(parts: Parts, caller: Caller, plan_id: UUID, link_id: UUID) -> None:
    """Close a link for good.

    Raises:
        NotFoundError (also when it is revoked already), NotAllowedError.
    """
    require(caller, Right.MANAGE_PATIENT_LINKS, plan_id)
    with parts.database.writing_for(caller.organisation_id) as session:
        link = _open(session, caller, plan_id, link_id)
        link.revoked_at = caller.at
        note(session, caller, "patient-link.revoke", write_id(LINK, link_id))


def rotate_link(
    parts: Parts, caller: Caller, plan_id: UUID, link_id: UUID, once: Once[NewLink]
) -> Answer:
    """Give a link a new address; the old one stops working at once.

    Raises:
        NotFoundError (also when it is revoked), NotAllowedError, KeyReusedError.
    """
    require(caller, Right.MANAGE_PATIENT_LINKS, plan_id)

    def act() -> NewLink:
        link = _open(session, caller, plan_id, link_id)
        token = tokens.new_link_token(tokens.PATIENT, parts.shard)
        link.token_sha256 = tokens.token_hash(token)
        note(session, caller, "patient-link.rotate", write_id(LINK, link_id))
        return NewLink(link, _ends(link, _plan(session, caller, plan_id)), token)

    with parts.database.writing_for(caller.organisation_id) as session:
        return once.answer(session, caller, act)


def open_link(parts: Parts, token: str, now: datetime) -> Visit:
    """Say who comes by a link; they may only what the link allows, and only to its plan.

    Raises:
        NotFoundError: the token is unknown, revoked or expired; the answer is the same.
    """
    if not tokens.is_token(tokens.PATIENT, token):
        raise NotFoundError
    token_hash = tokens.token_hash(token)
    with parts.database.reading_by(PatientLinkRow.token_sha256, token_hash) as session:
        found = store.find_open_link(session, token_hash)
    if found is None:
        raise NotFoundError
    link, plan = found
    if not tokens.same_hash(link.token_sha256, token_hash) or _ends(link, plan) <= now:
        raise NotFoundError
    caller = Caller(
        organisation_id=link.organisation_id,
        user_id=link.user_id,
        role=Role.PATIENT,
        at=now,
        scopes=_scopes(link),
        plan_id=link.plan_id,
    )
    return Visit(caller, link.plan_id, link.name)


def _scopes(link: PatientLinkRow) -> frozenset[str]:
    """What a link's holder may; who may make calendar links may end them."""
    allowed = {Right(word) for word in link.may.split()} | ALWAYS
    ending = {Right.REVOKE_FEEDS} if Right.MANAGE_FEEDS in allowed else set()
    return frozenset(right.value for right in allowed | ending)


def _add(session: Session, parts: Parts, caller: Caller, plan_id: UUID, wish: LinkWish) -> NewLink:
    plan = _plan(session, caller, plan_id)
    if plan.status == Status.DRAFT:
        raise WrongStatusError(plan.status, Status.ACTIVE)
    token = tokens.new_link_token(tokens.PATIENT, parts.shard)
    account = _new_account(caller, wish)
    link = PatientLinkRow(
        organisation_id=caller.organisation_id,
        id=new_id(caller.at),
        plan_id=plan_id,
        user_id=account.id,
        name=wish.name,
        token_sha256=tokens.token_hash(token),
        may=" ".join(sorted(wish.may)),
        created_by=caller.user_id,
        created_at=caller.at,
        expires_at=wish.expires_at,
    )
    session.add(account)
    session.flush()
    session.add(link)
    note(session, caller, "patient-link.create", write_id(LINK, link.id))
    return NewLink(link, _ends(link, plan), token)


def _new_account(caller: Caller, wish: LinkWish) -> UserRow:
    return UserRow(
        organisation_id=caller.organisation_id,
        id=new_id(caller.at),
        display_name=wish.name,
        role=Role.PATIENT,
        created_at=caller.at,
    )


def _plan(session: Session, caller: Caller, plan_id: UUID) -> PlanRow:
    plan = plans.find_plan(session, caller.organisation_id, plan_id)
    if plan is None:
        raise NotFoundError
    return plan


def _open(session: Session, caller: Caller, plan_id: UUID, link_id: UUID) -> PatientLinkRow:
    link = store.find_link(session, caller.organisation_id, plan_id, link_id)
    if link is None or link.revoked_at is not None:
        raise NotFoundError
    return link


def _ends(link: PatientLinkRow, plan: PlanRow) -> datetime:
    """When a link ends: as was asked, else a while after its plan."""
    return link.expires_at or usual_end(plan.last_day, link.created_at)
