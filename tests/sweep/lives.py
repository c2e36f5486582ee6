"""Random lives of plans: what a few acts make of an issued plan, and what may never come of one.

Every act gives a plan whose proof holds, or a refusal that names its reason; what was issued for
the days before it stays, and so do the medicines that it is not about.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

from medplan.errors import InvalidRequestError
from medplan.formulary.model import Formulary, Severity
from medplan.model.acts import Act, Amend, Issued
from medplan.model.plan import Plan
from medplan.model.request import Acknowledgement, PlanRequest
from medplan.services.planning import plan_and_prove, revise_and_prove
from tests.sweep.drawing import an_act, beginning
from tests.sweep.judge_acts import act_faults, blocks

_REASON = "An invented reason for an invented patient."
_MOST_ACTS = 6


@dataclass
class Life:
    """What came of one plan's acts; `faults` say what must never be."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def live(chance: Random, requests: Sequence[PlanRequest], formulary: Formulary) -> Life:
    """Issue a plan of one to three of the courses and do some acts to it."""
    life = Life()
    try:
        issued = _issued(beginning(chance, requests, formulary), formulary)
    except InvalidRequestError:
        issued = None
    if issued is None:
        life.outcomes["never issued"] += 1
        return life
    for _ in range(chance.randint(1, _MOST_ACTS)):
        act = an_act(chance, issued, requests)
        name = type(act).__name__.lower()
        try:
            revised, faults = _done(issued, act, formulary)
        except InvalidRequestError as error:
            codes = sorted({p.code for p in error.problems})
            life.outcomes[f"{name} refused: {', '.join(codes)}"] += 1
            continue
        except Exception as error:  # noqa: BLE001 # every crash is told, and the sweep goes on
            revised, faults = issued, [f"crash: {type(error).__name__}: {error}"]
        life.faults += [f"{name}: {fault}" for fault in faults]
        if faults:
            life.outcomes[f"{name} at fault"] += 1
            return life
        if blocked := blocks(revised.plan):
            life.outcomes[f"{name} refused: open finding {blocked[0]}"] += 1
            continue
        life.outcomes[f"{name} done"] += 1
        issued = revised
    return life


def _issued(request: PlanRequest, formulary: Formulary) -> Issued | None:
    plan = plan_and_prove(request, formulary)
    given = tuple(Acknowledgement(code, _REASON) for code in _majors(plan))
    agreed = replace(request, acknowledged=given)
    if blocks(plan):
        return None
    plan = plan_and_prove(agreed, formulary)
    return Issued(agreed, plan) if plan.issuable else None


def _done(issued: Issued, act: Act, formulary: Formulary) -> tuple[Issued, list[str]]:
    """The act done as the service does it, with a reason for every major finding it brings."""
    before = replace(issued, request=replace(issued.request, acknowledged=()))
    revised = revise_and_prove(before, act, formulary)
    given = tuple(Acknowledgement(code, _REASON) for code in _majors(revised.plan))
    if isinstance(act, Amend):
        act = replace(act, request=replace(act.request, acknowledged=given))
    else:
        before = replace(before, request=replace(before.request, acknowledged=given))
    revised = revise_and_prove(before, act, formulary)
    return revised, list(act_faults(issued.plan, revised, act, formulary))


def _majors(plan: Plan) -> list[str]:
    return [f.code for f in plan.findings if f.severity is Severity.MAJOR and f.open]
