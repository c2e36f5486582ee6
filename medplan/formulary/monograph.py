"""What `formulary show` and `formulary list` print: for a pharmacist to read, check and sign.

Every number stands with its grade of evidence and its source; the sources are listed at the end.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from textwrap import wrap

from medplan.formulary.citations import source_id
from medplan.formulary.common_statements import (
    check_statements,
    factor_statements,
    rule_statement,
)
from medplan.formulary.model import Formulary, Medicine, Source
from medplan.formulary.statements import Statement, medicine_statements

_WIDTH = 100
_LINE_TO_SIGN = "Checked by ____________________  on ____________  next check due ____________"


def monograph_text(formulary: Formulary, medicine: Medicine) -> str:
    """All that the formulary says of one medicine, rules and side-effect checks included."""
    statements = tuple(statements_about(formulary, medicine))
    return "\n".join(
        [
            *_head(formulary, medicine),
            *chain.from_iterable(_section(*group) for group in groupby(statements, _heading)),
            "",
            "Sources",
            *_sources(formulary, statements),
            "",
            _LINE_TO_SIGN,
            "",
        ]
    )


def statements_about(formulary: Formulary, medicine: Medicine) -> Iterator[Statement]:
    """Every statement of the formulary that concerns the medicine."""
    yield from medicine_statements(medicine)
    yield from factor_statements(formulary, set(medicine.ingredients))
    for rule in formulary.rules_by_medicine[medicine.id]:
        yield rule_statement(rule)
    for check in formulary.checks_by_medicine[medicine.id]:
        yield from check_statements(check)


def list_text(formulary: Formulary) -> str:
    """One line for each medicine: id, regimens and how many products."""
    width = max(len(name) for name in formulary.medicines)
    lines = [
        f"{medicine.id:<{width}}  {', '.join(r.id for r in medicine.regimens)}"
        f" ({len(medicine.products)} products)"
        for medicine in formulary.medicines.values()
    ]
    head = f"Formulary {formulary.jurisdiction}, {formulary.status}, {formulary.version}"
    return "\n".join([head, "", *lines, ""])


def _head(formulary: Formulary, medicine: Medicine) -> Iterator[str]:
    yield f"{medicine.name} ({medicine.id}), {formulary.jurisdiction}, {medicine.status}"
    yield f"Formulary {formulary.version}"
    yield f"Classes: {', '.join(medicine.classes)}"
    yield f"Ingredients: {', '.join(medicine.ingredients)}"
    if medicine.signature:
        signed = medicine.signature
        yield f"Signed by {signed.by} on {signed.on}; next check due {signed.due}"


def _heading(statement: Statement) -> str:
    return statement.heading


def _section(heading: str, statements: Iterable[Statement]) -> Iterator[str]:
    yield from ("", heading)
    for statement in statements:
        cited = f"[{statement.citation.evidence}, {statement.citation.source}]"
        text = f"{statement.name}: {statement.text} {cited}"
        yield from _wrapped(text)


def _sources(formulary: Formulary, statements: Iterable[Statement]) -> Iterator[str]:
    cited = {source_id(statement.citation.source) for statement in statements}
    for name in sorted(cited):
        yield from _wrapped(_source(formulary.sources[name]))


def _wrapped(text: str) -> Iterator[str]:
    """The text in lines; ids and addresses stay whole, so that they can be searched for."""
    yield from wrap(
        text,
        _WIDTH,
        initial_indent="  ",
        subsequent_indent="      ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _source(source: Source) -> str:
    year = f", {source.year}" if source.year else ""
    return f"{source.id}: {source.title} ({source.publisher}{year}), {source.address}"
