"""A plan and its proof, put together: the planner and the prover can't see each other."""

from dataclasses import replace

from medplan.clinical.make_plan import make_plan
from medplan.formulary.model import Formulary
from medplan.model.plan import Plan
from medplan.model.request import PlanRequest
from medplan.proof.prove import prove


def plan_and_prove(request: PlanRequest, formulary: Formulary) -> Plan:
    """Make the plan, prove it, and let no plan be issuable whose proof fails.

    Raises:
        InvalidRequestError: the request contradicts itself or the formulary; every problem at once.
    """
    plan = make_plan(request, formulary)
    proof = prove(plan, formulary)
    return replace(plan, proof=proof, issuable=plan.issuable and all(row.holds for row in proof))
