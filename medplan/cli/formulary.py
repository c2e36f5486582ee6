"""`formulary`: what medplan knows, and whether its files are in order."""

from datetime import UTC, datetime
from pathlib import Path

import click

from medplan.cli.formularies import Formularies
from medplan.cli.formulary_affected import affected
from medplan.cli.formulary_diff import diff
from medplan.cli.output import told_as_problems, write, write_json
from medplan.documents.formulary import (
    medicine_to_document,
    medicines_to_document,
    vocabulary_to_document,
)
from medplan.errors import InvalidFormularyError, InvalidRequestError, Problem
from medplan.formulary.check import check_formulary, report_text
from medplan.formulary.exercised import unexercised
from medplan.formulary.loader import load_formulary
from medplan.formulary.monograph import list_text, monograph_text

_country = click.option(
    "--jurisdiction", type=click.Choice(list(Formularies())), default="NZ", show_default=True
)

_form = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)


@click.group()
def formulary() -> None:
    """Look at the formularies: every number with its source."""


@formulary.command("list")
@click.option("--vocabulary", is_flag=True, help="The closed lists that a request may use.")
@_country
@_form
@told_as_problems
def list_medicines(*, vocabulary: bool, jurisdiction: str, form: str) -> None:
    """List the medicines with their regimens and products; --vocabulary is always JSON."""
    found = Formularies()[jurisdiction]
    if vocabulary:
        write_json(vocabulary_to_document(found))
    elif form == "json":
        write_json(medicines_to_document(found))
    else:
        write(list_text(found))


@formulary.command()
@click.argument("medicine_id", metavar="ID")
@_country
@_form
@told_as_problems
def show(medicine_id: str, jurisdiction: str, form: str) -> None:
    """Print one medicine's monograph: every number with its source and evidence, to be signed."""
    found = Formularies()[jurisdiction]
    medicine = found.medicines.get(medicine_id)
    if medicine is None:
        problem = Problem("", "unknown-medicine", f"the {jurisdiction} formulary lacks it")
        raise InvalidRequestError([problem])
    if form == "json":
        write_json(medicine_to_document(medicine))
    else:
        write(monograph_text(found, medicine))


@formulary.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--cases",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of case files: also say which rows none of them tries.",
)
@told_as_problems
def check(folder: Path | None, cases: Path | None) -> None:
    """Check the files of every jurisdiction, those shipped or those in DIR.

    Says what stands behind the numbers, what is overdue for review, and with --cases which rules,
    limits and lengths no case tries. Exit 2 when something is wrong; standard output then has
    every fault with its file and place.
    """
    report = check_formulary(folder, datetime.now(UTC).date())
    if report.problems:
        raise InvalidFormularyError(report.problems)
    write(report_text(report))
    if cases is not None:
        write(_untried(cases, folder))


def _untried(cases: Path, folder: Path | None) -> str:
    """A line for each jurisdiction: the rows that no case makes speak."""
    lines = ["rows that no case tries"]
    for jurisdiction in Formularies():
        rows = unexercised(load_formulary(jurisdiction, folder), cases)
        lines.append(f"  {jurisdiction}: {', '.join(rows) if rows else 'none'}")
    return "\n".join(lines) + "\n"


formulary.add_command(affected)
formulary.add_command(diff)
