"""Sheets of paper as services ask for them."""

from medplan.formulary.model import Formulary
from medplan.model.plan import Plan
from medplan.printing.blocks import Sheet
from medplan.printing.patient_sheet import patient_sheet
from medplan.printing.pdf import write_pdf
from medplan.printing.record_sheet import record_sheet
from medplan.services.parts import PaperFacts, PaperForm
from medplan.wording.language import ENGLISH, Language


def render_paper(
    plan: Plan, formulary: Formulary, facts: PaperFacts, language: Language = ENGLISH
) -> bytes:
    """A plan as PDF, in the form asked for."""
    return write_pdf(sheet_of(plan, formulary, facts, language))


def sheet_of(plan: Plan, formulary: Formulary, facts: PaperFacts, language: Language) -> Sheet:
    """What the PDF says, before it is set."""
    make = record_sheet if facts.form is PaperForm.RECORD else patient_sheet
    return make(plan, formulary, facts, language)
