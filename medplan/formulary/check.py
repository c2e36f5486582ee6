"""What `formulary check` says: the faults of a formulary, or what the signing pharmacist must see.

Pure but for reading the folder; the day to judge by is an argument.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from medplan.errors import Problem
from medplan.formulary.common_statements import (
    check_statements,
    common_statements,
    rule_statement,
)
from medplan.formulary.files import FAULT, MEDICINES, SHARED, medicine_names
from medplan.formulary.model import Evidence, Formulary
from medplan.formulary.reading import PACKAGE_FOLDER, Reading, SignedFile, read_formulary
from medplan.formulary.schema_rules import JurisdictionName
from medplan.formulary.statements import Statement, medicine_statements

_WEAK = frozenset({Evidence.UNVERIFIED, Evidence.DECISION})
_RULES = "rules"
_CHECKS = "checks"
_COMMONS = "every plan"


@dataclass(frozen=True, slots=True)
class Weak:
    """A statement that makes a dose or refuses one, though no source was seen for it."""

    subject: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class JurisdictionReport:
    """What stands behind one jurisdiction's numbers.

    `grades` counts the statements of each medicine, of the rules, the checks and of what every
    plan shares, by grade. `weak` are those to sign for one by one.
    """

    jurisdiction: str
    version: str
    status: str
    grades: Mapping[str, Mapping[Evidence, int]]
    weak: tuple[Weak, ...]
    drafts: tuple[str, ...]
    overdue: tuple[SignedFile, ...]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The faults, sorted; without any, a report for each jurisdiction."""

    problems: tuple[Problem, ...]
    jurisdictions: tuple[JurisdictionReport, ...]


def check_formulary(folder: Path | None, today: date) -> CheckReport:
    """Check a folder, or the files that come with medplan, for every jurisdiction it has."""
    root = (folder or PACKAGE_FOLDER).resolve()
    readings = [read_formulary(j, root) for j in JurisdictionName if (root / j.lower()).is_dir()]
    problems = {problem for reading in readings for problem in reading.problems}
    problems.update(_strays(root, readings))
    if problems:
        return CheckReport(tuple(sorted(problems)), ())
    reports = [_report(r.formulary, r, today) for r in readings if r.formulary is not None]
    return CheckReport((), tuple(reports))


def report_text(report: CheckReport) -> str:
    """The report for people: faults one to a line, or what there is to sign."""
    if report.problems:
        lines = [f"{problem.pointer}: {problem.detail}" for problem in report.problems]
        return "\n".join([*lines, "", f"{len(lines)} problems", ""])
    return "\n".join(line for part in report.jurisdictions for line in _lines(part))


def _strays(root: Path, readings: Sequence[Reading]) -> Iterator[Problem]:
    """A folder without jurisdictions, and shared medicines that none of them has."""
    if not readings:
        folders = " nor ".join(name.lower() for name in JurisdictionName)
        yield Problem("", FAULT, f"has neither {folders}")
    placed = {name for j in JurisdictionName for name in medicine_names(root, j.lower())}
    for name in sorted(medicine_names(root, SHARED) - placed):
        yield Problem(f"{SHARED}/{MEDICINES}/{name}.toml:1#", FAULT, "no jurisdiction has it")


def _report(formulary: Formulary, reading: Reading, today: date) -> JurisdictionReport:
    statements = list(_statements(formulary))
    grades: dict[str, Counter[Evidence]] = {}
    for subject, statement in statements:
        grades.setdefault(subject, Counter())[statement.citation.evidence] += 1
    return JurisdictionReport(
        jurisdiction=formulary.jurisdiction,
        version=formulary.version,
        status=formulary.status,
        grades=grades,
        weak=tuple(Weak(who, said) for who, said in statements if _is_weak(said)),
        drafts=reading.drafts,
        overdue=tuple(file for file in reading.signed if file.signature.due < today),
    )


def _statements(formulary: Formulary) -> Iterator[tuple[str, Statement]]:
    """Every statement of the formulary, with the medicine or the files it belongs to."""
    for medicine in formulary.medicines.values():
        for statement in medicine_statements(medicine):
            yield medicine.id, statement
    for rule in formulary.rules:
        yield _RULES, rule_statement(rule)
    for check in formulary.checks:
        for statement in check_statements(check):
            yield _CHECKS, statement
    for statement in common_statements(formulary):
        yield _COMMONS, statement


def _is_weak(statement: Statement) -> bool:
    return statement.binds and statement.citation.evidence in _WEAK


def _lines(report: JurisdictionReport) -> Iterator[str]:
    yield f"{report.jurisdiction}: {report.status}, {report.version}"
    yield ""
    title = "statements by evidence"
    width = max(len(name) for name in (title, *report.grades))
    yield f"{title:<{width}}  {'  '.join(f'{g:>10}' for g in Evidence)}"
    for subject, counts in report.grades.items():
        yield f"{subject:<{width}}  {'  '.join(f'{counts.get(g, 0):>10}' for g in Evidence)}"
    yield from ("", f"{len(report.weak)} statements dose or block without a source that was seen:")
    for subject, weak in groupby(report.weak, key=lambda w: w.subject):
        yield f"  {subject}"
        for said in (w.statement for w in weak):
            cited = f"[{said.citation.evidence}, {said.citation.source}]"
            yield f"    {said.heading.lower()}, {said.name}: {said.text} {cited}"
    yield from ("", f"{len(report.overdue)} files are overdue for review:")
    for file in report.overdue:
        yield f"  {file.path}: signed by {file.signature.by}, due {file.signature.due}"
    yield from ("", f"{len(report.drafts)} files are drafts:", *(f"  {p}" for p in report.drafts))
    yield ""
