"""Routes that show what the formularies say, with every number's source and evidence."""

from http import HTTPStatus

from flask import Response
from flask_smorest import Blueprint

from medplan.api.answers import json_answer
from medplan.api.operation import Operation
from medplan.api.schemas import JurisdictionQuerySchema
from medplan.documents.formulary import (
    medicine_to_document,
    medicines_to_document,
    sources_to_document,
    vocabulary_to_document,
)
from medplan.formulary.model import Formulary
from medplan.gate.bodies import load_query
from medplan.gate.context import parts
from medplan.services.access import Right
from medplan.services.refusals import NotFoundError

blueprint = Blueprint("formulary", __name__, description="The numbers, with their sources.")


@Operation(
    blueprint,
    "GET",
    "/formulary/medicines",
    right=Right.READ_FORMULARY,
    answer="MedicineList",
    query=JurisdictionQuerySchema,
)
def list_medicines() -> Response:
    """List a country's medicines with what they can be asked for."""
    formulary = _formulary()
    return json_answer(
        {
            "jurisdiction": formulary.jurisdiction,
            "version": formulary.version,
            "status": formulary.status,
            "items": medicines_to_document(formulary),
        }
    )


@Operation(
    blueprint,
    "GET",
    "/formulary/medicines/<medicine_id>",
    right=Right.READ_FORMULARY,
    answer="Medicine",
    query=JurisdictionQuerySchema,
    refusals=(HTTPStatus.NOT_FOUND,),
)
def read_medicine(medicine_id: str) -> Response:
    """Read one medicine with every number, its source and its evidence."""
    medicine = _formulary().medicines.get(medicine_id)
    if medicine is None:
        raise NotFoundError
    return json_answer(medicine_to_document(medicine))


@Operation(
    blueprint,
    "GET",
    "/formulary/vocabulary",
    right=Right.READ_FORMULARY,
    answer="Vocabulary",
    query=JurisdictionQuerySchema,
)
def read_vocabulary() -> Response:
    """Read the closed lists that a request may use."""
    return json_answer(vocabulary_to_document(_formulary()))


@Operation(
    blueprint,
    "GET",
    "/formulary/sources",
    right=Right.READ_FORMULARY,
    answer="SourceList",
    query=JurisdictionQuerySchema,
)
def list_sources() -> Response:
    """List the bibliography: what each number's source stands for."""
    return json_answer({"items": sources_to_document(_formulary())})


def _formulary() -> Formulary:
    return parts().formularies[load_query(JurisdictionQuerySchema(), str)]
