"""The access matrix, read once from `matrix.toml`, and the question that services ask of it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from uuid import UUID

from medplan.services.access.caller import EVERYTHING, Caller
from medplan.services.access.roles import Reach, Right, Role
from medplan.services.refusals import NotAllowedError, NotFoundError


@dataclass(frozen=True, slots=True)
class Matrix:
    """How far each role's rights reach, and which rights a scope's word stands for.

    `words` are the scopes that are told to others; beside them each right's own name is one.
    """

    roles: Mapping[Role, Mapping[Right, Reach]]
    scopes: Mapping[str, frozenset[Right]]
    words: frozenset[str]

    def asked_by(self, role: Role) -> frozenset[str]:
        """The words of which whoever has this role may be given everything."""
        return frozenset(w for w in self.words if self.scopes[w] <= self.roles[role].keys())

    def reach(self, caller: Caller, right: Right) -> Reach | None:
        """Say how far a right reaches for this caller, None: not at all."""
        narrowed = caller.scopes != EVERYTHING
        if narrowed and not any(right in self.scopes.get(word, ()) for word in caller.scopes):
            return None
        return self.roles[caller.role].get(right)


def read_matrix(text: str) -> Matrix:
    """Read a matrix; a right's own name is a scope as well.

    Raises:
        ValueError: an unknown role, right or reach. The file is at fault.
    """
    document = tomllib.loads(text)
    rows = document["roles"]
    words = document["scopes"]
    own = {right.value: frozenset({right}) for right in Right}
    return Matrix(
        roles={
            role: {Right(right): Reach(reach) for right, reach in rows.pop(role, {}).items()}
            for role in Role
        }
        | {Role(unknown): {} for unknown in rows},
        scopes=own | {word: frozenset(map(Right, rights)) for word, rights in words.items()},
        words=frozenset(words),
    )


MATRIX = read_matrix(files(__package__).joinpath("matrix.toml").read_text(encoding="utf-8"))


def require(caller: Caller, right: Right, plan_id: UUID | None = None) -> None:
    """Refuse a caller who lacks the right, or whose right does not reach this plan.

    `plan_id` is what the act is about; None: no plan, or all of them.

    Raises:
        NotAllowedError: neither the role nor the scopes cover it.
        NotFoundError: a patient's link asks for another plan; it is as if there were none.
    """
    reach = MATRIX.reach(caller, right)
    if reach is Reach.OPENED and plan_id not in caller.opened:
        raise NotAllowedError
    if reach is Reach.OWN_PLAN and plan_id != caller.plan_id:
        raise NotAllowedError if plan_id is None else NotFoundError
    if reach is None:
        raise NotAllowedError


def may(caller: Caller, right: Right, plan_id: UUID | None = None) -> bool:
    """Whether `require` would let the caller pass: for pages that offer only what is allowed."""
    try:
        require(caller, right, plan_id)
    except (NotAllowedError, NotFoundError):
        return False
    return True
