"""What a change of formulary does to requests that somebody keeps as cases."""

from collections.abc import Mapping

from medplan.clinical.comparing.formularies import Outcome, PlanChange, plan_change
from medplan.documents.request import read_request
from medplan.errors import InvalidRequestError
from medplan.formulary.model import Formulary
from medplan.services.planning import plan_and_prove


def formulary_effect(
    name: str,
    request: str | bytes,
    before: Mapping[str, Formulary],
    after: Mapping[str, Formulary],
) -> PlanChange:
    """How the plan of one request (JSON text) differs between two releases of the formularies."""
    return plan_change(name, _outcome(request, before), _outcome(request, after))


def _outcome(text: str | bytes, formularies: Mapping[str, Formulary]) -> Outcome:
    try:
        request = read_request(text, formularies)
        return plan_and_prove(request, formularies[request.jurisdiction])
    except InvalidRequestError as error:
        return error.problems
