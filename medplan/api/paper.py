"""The route that gives a stored plan as PDF, to be printed."""

from http import HTTPStatus
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint
from marshmallow import post_load

from medplan.api.operation import Operation
from medplan.documents.fields import Word
from medplan.documents.shapes import Loaded, StrictSchema
from medplan.gate.bodies import load_query
from medplan.gate.context import caller, context, parts
from medplan.services.access import Right
from medplan.services.parts import PaperForm
from medplan.services.showing.paper import read_paper

blueprint = Blueprint("paper", __name__, description="The same plan on paper.")

PDF = "application/pdf"
_NAMES = {PaperForm.PLAN: "plan.pdf", PaperForm.RECORD: "record.pdf"}


class PaperQuerySchema(StrictSchema):
    """Which sheet: the written plan for the patient, unless it says the page for the record."""

    form = Word(*PaperForm)

    @post_load
    def make(self, read: Loaded, **_options: object) -> PaperForm:
        """The query as a value."""
        return PaperForm(read.get("form") or PaperForm.PLAN)


@Operation(
    blueprint,
    "GET",
    "/plans/<plan:plan_id>.pdf",
    right=Right.READ_PLANS,
    answer=None,
    content_type=PDF,
    query=PaperQuerySchema,
    refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
def read_pdf(plan_id: UUID) -> Response:
    """Print an issued plan: for the patient, with boxes to tick, or as a page for the record."""
    form = load_query(PaperQuerySchema(), PaperForm)
    link = f"{context().public_url}/f"
    response = Response(read_paper(parts(), caller(), plan_id, form, link), content_type=PDF)
    response.headers["Content-Disposition"] = f'inline; filename="{_NAMES[form]}"'
    return response
