"""`compare`: several requests planned and laid side by side."""

import click

from medplan.cli.formularies import Formularies
from medplan.cli.output import read_input, told_as_problems, write, write_json
from medplan.clinical.comparing.side_by_side import Candidate, compared
from medplan.documents.comparison import comparison_to_document
from medplan.documents.request import read_request
from medplan.errors import InvalidRequestError, Problem
from medplan.services.planning import plan_and_prove
from medplan.wording.comparison import comparison_text


@click.command()
@click.argument("request_files", metavar="REQUEST.json REQUEST.json ...", nargs=-1, required=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "text"]),
    default="json",
    show_default=True,
    help="json: every number; text: a table to read.",
)
@told_as_problems
def compare(request_files: tuple[str, ...], form: str) -> None:
    """Plan several requests and show where their plans differ.

    Exit 0: compared, whether or not the plans may be issued. Exit 2: some request is not valid;
    standard output has every problem of every file, its pointer beginning with the file's number.
    """
    formularies = Formularies()
    comparison = compared(_candidates(request_files, formularies))
    if form == "text":
        write(comparison_text(comparison, formularies))
    else:
        write_json(comparison_to_document(comparison))


def _candidates(request_files: tuple[str, ...], formularies: Formularies) -> list[Candidate]:
    """The plan of every file.

    Raises:
        InvalidRequestError: every problem of every file; `/1/courses` is in the second file.
    """
    candidates: list[Candidate] = []
    problems: list[Problem] = []
    for number, name in enumerate(request_files):
        try:
            candidates.append(_candidate(name, formularies))
        except InvalidRequestError as error:
            problems += (
                Problem(f"/{number}{p.pointer}", p.code, f"{name}: {p.detail}")
                for p in error.problems
            )
    if problems:
        raise InvalidRequestError(problems)
    return candidates


def _candidate(name: str, formularies: Formularies) -> Candidate:
    request = read_request(read_input(name), formularies)
    formulary = formularies[request.jurisdiction]
    return Candidate(name, request, formulary, plan_and_prove(request, formulary))
