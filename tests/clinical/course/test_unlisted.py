"""A medicine that the formulary lacks brings no number, only what anybody may be told."""

from medplan.clinical.course.unlisted import OWN_RULE, unlisted_medicine
from medplan.formulary.model import Codes, Evidence, Medicine, Sentence


def test_an_unlisted_medicine_has_its_name_and_nothing_that_could_be_checked() -> None:
    medicine = unlisted_medicine("Baclofen", "GB")

    assert (OWN_RULE.source, OWN_RULE.evidence) == ("project-decision#unlisted", Evidence.DECISION)
    assert medicine == Medicine(
        id="unlisted",
        name="Baclofen",
        jurisdiction="GB",
        classes=(),
        ingredients=("unlisted",),
        status="draft",
        signature=None,
        codes=Codes(),
        purpose=Sentence("As your prescriber explained.", OWN_RULE),
        advice=Sentence("Take as your prescriber explained.", OWN_RULE),
        missed_dose=Sentence("Ask your pharmacist what to do about a missed dose.", OWN_RULE),
        driving=None,
        alcohol=None,
        timing=None,
        products=(),
        limits=(),
        regimens=(),
        titration=None,
        tapers=(),
        taper_pace=None,
        durations=(),
        review=None,
    )
