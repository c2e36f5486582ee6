"""A medicine the formulary lacks: it can be dated and counted, and nothing of it is checked."""

from medplan.formulary.model import Citation, Codes, Evidence, Medicine, Sentence

UNLISTED = "unlisted"
OWN_RULE = Citation("project-decision#unlisted", Evidence.DECISION)


def unlisted_medicine(name: str, jurisdiction: str) -> Medicine:
    """A medicine without products, limits or rules, under the name the request gives it."""

    def said(text: str) -> Sentence:
        return Sentence(text, OWN_RULE)

    return Medicine(
        id=UNLISTED,
        name=name,
        jurisdiction=jurisdiction,
        classes=(),
        ingredients=(UNLISTED,),
        status="draft",
        signature=None,
        codes=Codes(),
        purpose=said("As your prescriber explained."),
        advice=said("Take as your prescriber explained."),
        missed_dose=said("Ask your pharmacist what to do about a missed dose."),
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
