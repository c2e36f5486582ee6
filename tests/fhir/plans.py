"""Generated plans as FHIR shows them: what every test of this room begins with."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from medplan.errors import InvalidRequestError
from medplan.fhir.out.shown import Record, Shown
from medplan.fhir.packs import load_packs
from medplan.formulary.model import Formulary, Severity
from medplan.model.acts import Act, Hold, Issued, Stop
from medplan.model.plan import Plan
from medplan.services.planning import plan_and_prove, revise_and_prove
from medplan.services.records.plans import Status
from tests.clinical.requesting import requests

PACKS = load_packs()
KEY = "068z0000000000000000000000"
STORED = Record(
    key=KEY,
    patient="nhi:ZZZ0016",
    status=Status.ACTIVE,
    version="1",
    changed_at=datetime(2026, 11, 22, 3, 30, tzinfo=UTC),
    created_at=datetime(2026, 11, 22, 3, 30, tzinfo=UTC),
    author="usr_068z0000000000000000000000",
    reason="issued",
)


@st.composite
def plans(draw: st.DrawFn, formularies: Mapping[str, Formulary]) -> Plan:
    """Any plan, as it was made or after an act; what is refused as a request is drawn again."""
    for _ in range(20):
        request = draw(requests(formularies))
        try:
            plan = plan_and_prove(request, formularies[request.jurisdiction])
        except InvalidRequestError:
            continue
        if any(finding.severity is Severity.BLOCK for finding in plan.findings):
            return plan
        return draw(st.one_of(st.just(plan), _revised(Issued(request, plan), formularies)))
    raise AssertionError("twenty requests in a row were refused")


@st.composite
def _revised(draw: st.DrawFn, issued: Issued, formularies: Mapping[str, Formulary]) -> Plan:
    """A plan after it was stopped or held; as it was, where nothing is left to stop or hold."""
    day = issued.plan.start + timedelta(draw(st.integers(1, 20)))
    acts: list[Act] = [Stop(day, None), Hold(day, days=5)]
    act = draw(st.sampled_from(acts))
    formulary = formularies[issued.request.jurisdiction]
    try:
        return revise_and_prove(issued, act, formulary).plan
    except InvalidRequestError:
        return issued.plan


def shown(plan: Plan, formularies: Mapping[str, Formulary], record: Record = STORED) -> Shown:
    """A plan as its resources are made from it."""
    jurisdiction = plan.formulary.jurisdiction
    return Shown(plan, formularies[jurisdiction], PACKS[jurisdiction], record)
