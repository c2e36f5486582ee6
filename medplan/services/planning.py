"""A plan and its proof, put together: the planner and the prover can't see each other."""

from dataclasses import replace

from medplan.clinical.make_plan import make_plan
from medplan.clinical.revising.revise import revise
from medplan.formulary.model import Formulary
from medplan.model.acts import Act, Issued
from medplan.model.plan import Plan
from medplan.model.request import PlanRequest
from medplan.proof.prove import prove


def plan_and_prove(request: PlanRequest, formulary: Formulary) -> Plan:
    """Make the plan, prove it, and let no plan be issuable whose proof fails.

    Raises:
        InvalidRequestError: the request contradicts itself or the formulary; every problem at once.
    """
    return _proved(make_plan(request, formulary), formulary)


def revise_and_prove(issued: Issued, act: Act, formulary: Formulary) -> Issued:
    """Do an act to an issued plan, prove the result, and let none be issuable whose proof fails.

    Raises:
        InvalidRequestError: the act does not fit the plan; every problem at once.
    """
    revised = revise(issued, act, formulary)
    return replace(revised, plan=_proved(revised.plan, formulary))


def _proved(plan: Plan, formulary: Formulary) -> Plan:
    proof = prove(plan, formulary)
    return replace(plan, proof=proof, issuable=plan.issuable and all(row.holds for row in proof))
