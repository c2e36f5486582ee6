"""A POST that is sent twice happens once.

The answer is kept in the transaction of the change itself, so that a crash leaves both or neither.
Only finished changes are kept: a refusal may be tried again under the same key.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from medplan.services.access import Caller
from medplan.services.refusals import KeyReusedError
from medplan.store import answers
from medplan.store.ids import new_id
from medplan.store.tables import IdempotencyRow

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller gets. `kept` is the body stored for a repeat, None for the same body: an
    answer that shows a secret keeps one that does not."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str
    kept: str | None = None
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Once(Generic[Made]):
    """One POST: its route, key and body's fingerprint, and how its result is told."""

    route: str
    key: str
    fingerprint: str
    present: Callable[[Made], Answer]

    def answer(self, session: Session, caller: Caller, act: Callable[[], Made]) -> Answer:
        """Act and keep the answer, or give the answer that was kept.

        Raises:
            KeyReusedError: the key was used with another body.
        """
        row = self._empty_row(caller)
        if not answers.claim(session, row):
            return self._earlier(session, caller)
        answer = self.present(act())
        row.status = answer.status
        row.headers = json.dumps(answer.headers)
        row.body = answer.body if answer.kept is None else answer.kept
        return answer

    def _empty_row(self, caller: Caller) -> IdempotencyRow:
        return IdempotencyRow(
            organisation_id=caller.organisation_id,
            id=new_id(caller.at),
            user_id=caller.user_id,
            route=self.route,
            key=self.key,
            fingerprint=self.fingerprint,
            status=0,
            headers="[]",
            body="",
            created_at=caller.at,
        )

    def _earlier(self, session: Session, caller: Caller) -> Answer:
        row = answers.find_answer(
            session, caller.organisation_id, caller.user_id, self.route, self.key
        )
        if row is None or row.fingerprint != self.fingerprint:
            raise KeyReusedError
        headers = tuple((name, value) for name, value in json.loads(row.headers))
        return Answer(row.status, headers, row.body, replayed=True)
