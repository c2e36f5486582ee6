"""An issued plan on paper. Reading it changes nothing."""

from uuid import UUID

from medplan.services.access import Caller
from medplan.services.parts import PaperFacts, PaperForm, Parts
from medplan.services.records.issued import read_current
from medplan.services.records.plans import Status
from medplan.services.refusals import WrongStatusError
from medplan.store.ids import PLAN, write_id


def read_paper(parts: Parts, caller: Caller, plan_id: UUID, form: PaperForm, link: str) -> bytes:
    """Print the current revision as PDF. `link` is where its holder checks what holds today.

    Raises:
        NotFoundError, NotAllowedError.
        WrongStatusError: a draft is on nobody's paper, nor is a plan entered in error.
    """
    shown = read_current(parts, caller, plan_id)
    if shown.row.status == Status.ENTERED_IN_ERROR:
        raise WrongStatusError(shown.row.status, Status.ACTIVE)
    facts = PaperFacts(
        form=form,
        plan_id=write_id(PLAN, plan_id),
        revision=shown.revision.number,
        made_on=shown.revision.made_at.date(),
        status=shown.row.status,
        link=link,
    )
    formulary = parts.formularies[shown.plan.formulary.jurisdiction]
    return parts.render_paper(shown.plan, formulary, facts)
