"""`plan` and `verify`: the main job without a server, a database or an account."""

import hashlib
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from medplan.cli.dose_table import dose_table
from medplan.cli.formularies import Formularies
from medplan.cli.output import Exit, read_input, told_as_problems, write, write_json
from medplan.documents.json_text import JsonValue
from medplan.documents.plan import dump_plan, read_plan
from medplan.documents.reader import CONTRADICTION
from medplan.documents.request import read_request
from medplan.errors import InvalidRequestError, Problem
from medplan.formulary.model import Formulary
from medplan.model.plan import Plan
from medplan.proof.prove import prove
from medplan.services.planning import plan_and_prove
from medplan.wording.plan_text import plan_text

if TYPE_CHECKING:
    from medplan.printing.blocks import Sheet

Writer = Callable[[Plan, Formulary, str], str | bytes]


@click.command()
@click.argument("request_file", metavar="REQUEST.json")
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "ics", "fhir", "text", "html", "pdf", "csv"]),
    default="json",
    show_default=True,
    help="json: the whole plan; ics: a calendar; fhir: an R4 Bundle; text: words; html, "
    "pdf: for the patient, to read or to print; csv: one row per dose.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file.")
@click.option(
    "--group",
    type=click.Choice(["time", "medicine"]),
    default="time",
    show_default=True,
    help="In a calendar: one event per clock time, or one per medicine.",
)
@told_as_problems
def plan(request_file: str, form: str, out: Path | None, group: str) -> None:
    """Plan what REQUEST.json (or - for standard input) asks for.

    Exit 0: the plan may be issued. Exit 3: it may not, its findings say why. Exit 2: the request
    is not valid; standard output has every problem as RFC 9457 JSON.
    """
    formularies = Formularies()
    request = read_request(read_input(request_file), formularies)
    formulary = formularies[request.jurisdiction]
    made = plan_and_prove(request, formulary)
    writers: dict[str, Writer] = {**_WRITERS, "fhir": partial(_fhir, request.patient.reference)}
    write(writers[form](made, formulary, group), out)
    sys.exit(Exit.DONE if made.issuable else Exit.NOT_ISSUABLE)


@click.command()
@click.argument("plan_file", metavar="PLAN.json")
@told_as_problems
def verify(plan_file: str) -> None:
    """Prove a finished plan once more, from its dated doses.

    Exit 0: the proof holds, and the plan's own proof says the same. Exit 3: it does not, or the
    plan contradicts itself. Exit 2: PLAN.json can't be read as a plan.
    """
    try:
        made = read_plan(read_input(plan_file))
    except InvalidRequestError as error:
        if any(p.code != CONTRADICTION for p in error.problems):
            raise
        write_json(_contradicted(error.problems))
        sys.exit(Exit.NOT_ISSUABLE)
    formulary = Formularies().get(made.formulary.jurisdiction)
    if formulary is None:
        raise InvalidRequestError(
            [Problem("/formulary/jurisdiction", "not-in-list", "no formulary of this name")]
        )
    verified = _verified(made, formulary)
    write_json(verified)
    sys.exit(Exit.DONE if verified["holds"] else Exit.NOT_ISSUABLE)


def _verified(made: Plan, formulary: Formulary) -> dict[str, JsonValue]:
    """The proof once more, and whether the plan's own says the same."""
    proof = prove(made, formulary)
    same_formulary = made.formulary.version == formulary.version
    same_proof = made.proof == proof
    return {
        "holds": all(row.holds for row in proof) and (same_proof or not same_formulary),
        "same_formulary": same_formulary,
        "same_proof": same_proof,
        "fails": [
            {"invariant": r.invariant, "subject": r.subject, "limit": r.limit, "worst": r.worst}
            for r in proof
            if not r.holds
        ],
        "contradictions": [],
    }


def _contradicted(problems: Iterable[Problem]) -> dict[str, JsonValue]:
    """A plan that says a thing twice, differently: there is no one plan to prove."""
    return {
        "holds": False,
        "same_formulary": None,
        "same_proof": None,
        "fails": [],
        "contradictions": [{"pointer": p.pointer, "detail": p.detail} for p in problems],
    }


def _json(made: Plan, _formulary: Formulary, _group: str) -> str:
    return dump_plan(made)


def _text(made: Plan, formulary: Formulary, _group: str) -> str:
    return plan_text(made, formulary)


def _csv(made: Plan, _formulary: Formulary, _group: str) -> str:
    return dose_table(made)


def _fhir(patient: str, made: Plan, formulary: Formulary, _group: str) -> str:
    """Write the plan as a Bundle of resources that no server holds."""
    from medplan.fhir.out.bundles import Place, collection, plan_resources
    from medplan.fhir.out.shown import Record, Shown
    from medplan.fhir.packs import load_packs
    from medplan.fhir.values import write_json as write_resource
    from medplan.services.records.plans import Status

    key = hashlib.sha256(dump_plan(made).encode()).hexdigest()[:26]
    record = Record(key=key, patient=patient, status=Status.DRAFT)
    shown = Shown(made, formulary, load_packs()[made.formulary.jurisdiction], record)
    return write_resource(
        collection(plan_resources(shown), Place("https://medplan.invalid/fhir/R4"))
    )


def _ics(made: Plan, formulary: Formulary, group: str) -> bytes:
    """Render a calendar to be imported once: names and amounts in full, every planned step.

    Nothing says when this is, so that the same request gives the same bytes: the plan's own
    content is its key and its first day its stamp.
    """
    from medplan.ical.calendar import CalendarOptions, Detail, Group, render_calendar

    options = CalendarOptions(
        plan_key=hashlib.sha256(dump_plan(made).encode()).hexdigest(),
        revision=1,
        stamped_at=datetime.combine(made.start, time(), UTC),
        detail=Detail.FULL,
        alarms=False,
        group=Group(group),
        advance=True,
    )
    return render_calendar(made, formulary, options)


def _pdf(made: Plan, formulary: Formulary, _group: str) -> bytes:
    """Print the written plan for the patient."""
    from medplan.printing.pdf import write_pdf

    return write_pdf(_sheet(made, formulary))


def _html(made: Plan, formulary: Formulary, _group: str) -> str:
    """Write the same as a page that needs nothing beside it."""
    from medplan.printing.html import write_html

    return write_html(_sheet(made, formulary))


def _sheet(made: Plan, formulary: Formulary) -> "Sheet":
    """Make the written plan for the patient. It is kept nowhere, so no code leads to it."""
    from medplan.printing.paper import sheet_of
    from medplan.services.parts import PaperFacts, PaperForm
    from medplan.wording.language import ENGLISH

    facts = PaperFacts(
        form=PaperForm.PLAN,
        plan_id=hashlib.sha256(dump_plan(made).encode()).hexdigest()[:16],
        revision=1,
        made_on=made.start,
        status="draft",
        link=None,
    )
    return sheet_of(made, formulary, facts, ENGLISH)


_WRITERS: Mapping[str, Writer] = {
    "json": _json,
    "ics": _ics,
    "text": _text,
    "html": _html,
    "pdf": _pdf,
    "csv": _csv,
}
