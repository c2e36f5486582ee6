"""`formulary diff`: what a change of formulary does to numbers and to plans."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from medplan.cli.output import told_as_problems, write, write_json
from medplan.clinical.comparing.formularies import PlanChange
from medplan.documents.difference import difference_to_document, plan_changes_to_document
from medplan.documents.json_text import JsonValue
from medplan.errors import InvalidFormularyError, InvalidRequestError, Problem
from medplan.formulary.difference import Difference, difference
from medplan.formulary.loader import load_formulary
from medplan.formulary.model import Formulary
from medplan.formulary.schema_rules import JurisdictionName
from medplan.services.operation.formulary_effects import formulary_effect
from medplan.wording.difference import difference_text, plan_changes_text

_folder = click.Path(path_type=Path)


@click.command()
@click.argument("before", metavar="A", type=_folder)
@click.argument("after", metavar="B", type=_folder)
@click.option("--cases", type=_folder, help="A folder of requests whose plans are compared too.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text: to read and sign; json: every fact.",
)
@told_as_problems
def diff(before: Path, after: Path, cases: Path | None, form: str) -> None:
    """Say what changes from the formulary in folder A to that in folder B.

    Every row that was added, removed or changed, with old and new numbers; with --cases also which
    plans change. A case is a .json file with a "request". Exit 2: a folder holds no formulary.
    """
    old, new = _formularies(before, after)
    found = [difference(old[name], new[name]) for name in old]
    plans = None if cases is None else list(_effects(cases, old, new))
    if form == "json":
        write_json(_document(found, plans))
    else:
        texts = [difference_text(one) for one in found]
        write("\n".join([*texts, *([] if plans is None else [plan_changes_text(plans)])]))


def _document(found: list[Difference], plans: list[PlanChange] | None) -> JsonValue:
    document: dict[str, JsonValue] = {
        "formularies": [difference_to_document(one) for one in found],
    }
    return document | ({} if plans is None else {"plans": plan_changes_to_document(plans)})


def _formularies(*folders: Path) -> list[Mapping[str, Formulary]]:
    """The formularies of each folder by jurisdiction.

    Raises:
        InvalidFormularyError: every fault of every folder, each with its file.
    """
    faults: dict[Problem, None] = {}
    found: list[Mapping[str, Formulary]] = []
    there = [j for j in JurisdictionName if any((f / j.lower()).is_dir() for f in folders)]
    for folder in folders:
        loaded: dict[str, Formulary] = {}
        for jurisdiction in there or JurisdictionName:
            try:
                loaded[jurisdiction] = load_formulary(jurisdiction, folder)
            except InvalidFormularyError as error:
                faults |= {
                    Problem(f"{folder}/{p.pointer}", p.code, p.detail): None for p in error.problems
                }
        found.append(loaded)
    if faults:
        raise InvalidFormularyError(faults)
    return found


def _effects(
    folder: Path, old: Mapping[str, Formulary], new: Mapping[str, Formulary]
) -> Iterator[PlanChange]:
    for path in sorted(folder.glob("*.json")):
        request = _request(path)
        if request is not None:
            yield formulary_effect(path.stem, request, old, new)


def _request(path: Path) -> str | None:
    """The request that a case holds, as JSON text; None where it holds none.

    Raises:
        InvalidRequestError: the file is no JSON at all.
    """
    try:
        case = json.loads(path.read_bytes())
    except ValueError as error:
        raise InvalidRequestError([Problem("", "not-json", f"{path}: {error}")]) from error
    held = case.get("request") if isinstance(case, dict) else None
    return None if held is None else json.dumps(held)
