"""What every page of a patient's link begins with: who comes, to which plan, on which day.

The link is all the proof there is; it stands in the address, so forms need no other token, and
what is kept of an act names the route's pattern and never the address.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from flask import render_template, request

from medplan.formulary.model import Formulary
from medplan.gate.context import context
from medplan.gate.idempotency import sent_key
from medplan.gate.limits import count_request
from medplan.gate.refusals import NoIdempotencyKeyError
from medplan.model.plan import Plan
from medplan.services.access import Caller, Right, may
from medplan.services.once import Answer, Once
from medplan.services.parts import Parts
from medplan.services.patients.patient_links import open_link
from medplan.services.records.current import Current, today_in
from medplan.services.records.issued import read_current
from medplan.services.records.plans import Status
from medplan.store.ids import FEED, write_id
from medplan.store.tables import FeedRow
from medplan.web.languages import language
from medplan.wording.doses import DRAFT
from medplan.wording.good_to_know import AIM, LEFTOVERS, WHOM_TO_ASK

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
_SHOWN = frozenset({Status.ACTIVE, Status.ON_HOLD, Status.STOPPED, Status.COMPLETED})

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at one of their plan's pages: the plan as it stands, and the day where they are."""

    parts: Parts
    caller: Caller
    token: str
    shown: Current
    today: date

    @property
    def plan(self) -> Plan:
        """The plan's current revision."""
        return self.shown.plan

    @property
    def plan_id(self) -> UUID:
        """The one plan of this link."""
        return self.shown.row.id

    @property
    def formulary(self) -> Formulary:
        """The formulary that the plan was made from."""
        return self.parts.formularies[self.plan.formulary.jurisdiction]

    @property
    def to_be_followed(self) -> bool:
        """Whether there is anything in the plan to go by: one entered in error has nothing."""
        return self.shown.row.status in _SHOWN

    @property
    def changeable(self) -> bool:
        """Whether the plan is one that can still be decided on or held."""
        return self.shown.row.status in {Status.ACTIVE, Status.ON_HOLD}

    def may(self, right: Right) -> bool:
        """Whether the link allows this, for pages that offer only what is allowed."""
        return may(self.caller, right, self.plan_id)


def visit(token: str) -> Visit:
    """Open the plan that a link is for.

    Raises:
        NotFoundError: the link opens nothing.
        TooManyError: it is used more than a person can.
    """
    here = context()
    link = open_link(here.parts, token, here.clock())
    count_request(link.caller)
    shown = read_current(here.parts, link.caller, link.plan_id)
    return Visit(here.parts, link.caller, token, shown, today_in(shown.plan, link.caller))


def page(visit: Visit, name: str, **said: object) -> str:
    """Show one of the patient's pages; a new form's key is always at hand."""
    return render_template(
        f"patient/{name}.html",
        visit=visit,
        token=visit.token,
        plan=visit.plan,
        status=visit.shown.row.status,
        version=visit.shown.row.version,
        today=visit.today,
        today_text=language().day(visit.today),
        key=secrets.token_urlsafe(16),
        Right=Right,
        DRAFT=DRAFT,
        AIM=AIM,
        LEFTOVERS=LEFTOVERS,
        WHOM_TO_ASK=WHOM_TO_ASK,
        feed_id=_feed_id,
        **said,
    )


def _feed_id(feed: FeedRow) -> str:
    return write_id(FEED, feed.id)


def once(present: Callable[[Made], Answer]) -> Once[Made]:
    """Make a form count once, however often its button is pressed; a program may send an
    Idempotency-Key in place of the form's own.

    Raises:
        NoIdempotencyKeyError: neither of them came.
    """
    key = request.form.get("key", "")
    if not _KEY.fullmatch(key):
        key = sent_key()
    if request.url_rule is None:
        raise NoIdempotencyKeyError
    fields = sorted(request.form.items(multi=True))
    return Once(
        route=f"POST {request.url_rule.rule}",
        key=key,
        fingerprint=hashlib.sha256(repr(fields).encode()).hexdigest(),
        present=present,
    )


def seen_version() -> frozenset[int]:
    """Which version of the plan the form was shown with; a wrong one matches nothing."""
    sent = request.form.get("version", "")
    return frozenset({int(sent)} if sent.isascii() and sent.isdigit() and len(sent) < 10 else ())
