# ruff: noqa: INP001  # the documentation is no package
"""Writes `docs/formulary/`: every medicine, rule and source, and the cases that try each row.

The pages are made from the files that the planner reads, so they can't say anything else. Run it
with `make docs`; a test holds the pages in the repository against what this makes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path

from medplan.formulary.citations import source_id
from medplan.formulary.common_statements import common_statements, rule_statement
from medplan.formulary.exercised import TriedRow, tried_rows
from medplan.formulary.loader import load_formulary
from medplan.formulary.model import Evidence, Formulary, Medicine, Source
from medplan.formulary.monograph import statements_about
from medplan.formulary.statements import Statement

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "formulary"
CASES = ROOT / "tests" / "cases"
COUNTRIES = {"NZ": "New Zealand", "GB": "Great Britain"}
_ANY = "any"
_UNKNOWN, _THRESHOLD = "Unknown facts", "threshold"
_DRAFT = (
    "> **DRAFT.** No pharmacist has checked or signed this. It is not medical advice and must not "
    "be used for the care of anybody."
)
_MADE = "<!-- Made by `make docs` from the formulary's own files; don't edit. -->"
_GRADES = (
    "Evidence: *seen* is read in the source itself, *secondary* in a copy or a report of it, "
    "*unverified* is general knowledge that no source was found for, *decision* is this project's."
)

Tried = Mapping[str, Sequence[TriedRow]]


@dataclass(frozen=True, slots=True)
class Said:
    """A statement and the countries whose formulary makes it."""

    statement: Statement
    countries: tuple[str, ...]


def pages(formularies: Mapping[str, Formulary], cases_folder: Path) -> dict[str, str]:
    """Every page by its file name."""
    tried = _by_row(tried_rows(cases_folder))
    names = dict.fromkeys(chain.from_iterable(f.medicines for f in formularies.values()))
    made = {f"{name}.md": _medicine_page(name, formularies, tried) for name in sorted(names)}
    made["every-plan.md"] = _every_plan_page(formularies, tried)
    made["bibliography.md"] = _bibliography(formularies)
    made["README.md"] = _index(formularies)
    return made


def main() -> None:
    """Write the pages and take away those that nothing makes any more."""
    formularies = {country: load_formulary(country) for country in COUNTRIES}
    made = pages(formularies, CASES)
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, "utf-8")


def _by_row(tried: Iterable[TriedRow]) -> Tried:
    rows: dict[str, list[TriedRow]] = {}
    for one in tried:
        rows.setdefault(one.row, []).append(one)
    return rows


def _medicine_page(name: str, formularies: Mapping[str, Formulary], tried: Tried) -> str:
    known = {c: f for c, f in formularies.items() if name in f.medicines}
    first = next(iter(known.values())).medicines[name]
    statements = {c: tuple(_about(f, f.medicines[name])) for c, f in known.items()}
    return _page(
        first.name,
        f"In {' and '.join(COUNTRIES[c] for c in known)}. Classes: {', '.join(first.classes)}. "
        f"Ingredients: {', '.join(first.ingredients)}.",
        "What holds for every medicine is on [its own page](every-plan.md). " + _GRADES,
        "\n".join(_signatures(name, known)),
        *_sections(_joined(statements), tried),
    )


def _about(formulary: Formulary, medicine: Medicine) -> Iterator[Statement]:
    """What is said of the medicine, without the rules that hold for every medicine."""
    general = {rule.id for rule in formulary.rules if _ANY in rule.medicines}
    for said in statements_about(formulary, medicine):
        if said.name not in general:
            yield said


def _signatures(name: str, known: Mapping[str, Formulary]) -> Iterator[str]:
    for country, formulary in known.items():
        medicine = formulary.medicines[name]
        signed = medicine.signature
        by = f", signed by {signed.by} on {signed.on}, due {signed.due}" if signed else ""
        yield f"- {COUNTRIES[country]}: {medicine.status}{by}"


def _every_plan_page(formularies: Mapping[str, Formulary], tried: Tried) -> str:
    statements = {c: tuple(_for_everyone(f)) for c, f in formularies.items()}
    return _page(
        "Every plan",
        "What holds whatever is prescribed: red flags, opioid load, gastroprotection, laxatives, "
        "unknown facts, and what every plan says.",
        _GRADES,
        *_sections(_joined(statements), tried),
    )


def _for_everyone(formulary: Formulary) -> Iterator[Statement]:
    yield from (rule_statement(rule) for rule in formulary.rules if _ANY in rule.medicines)
    yield from common_statements(formulary)


def _joined(statements: Mapping[str, Iterable[Statement]]) -> list[Said]:
    """Each statement once, with the countries that make it, heading by heading."""
    countries: dict[Statement, list[str]] = {}
    for country, made in statements.items():
        for statement in made:
            said_in = countries.setdefault(statement, [])
            if country not in said_in:
                said_in.append(country)
    headings = list(dict.fromkeys(s.heading for s in countries))
    said = [Said(statement, tuple(where)) for statement, where in countries.items()]
    return sorted(said, key=lambda s: headings.index(s.statement.heading))


def _sections(said: Iterable[Said], tried: Tried) -> Iterator[str]:
    for heading, group in groupby(said, key=lambda s: s.statement.heading):
        yield f"## {heading}"
        rows = (_row(one, tried.get(_row_id(one.statement), ())) for one in group)
        yield "\n".join(chain.from_iterable(rows))


def _row_id(statement: Statement) -> str:
    """The name by which cases know the row."""
    if statement.heading == _UNKNOWN:
        return f"missing-{statement.name.replace('_', '-')}"
    if statement.name == _THRESHOLD:
        mg = statement.text.partition("from ")[2].partition(" ")[0]
        return f"opioid-load-{mg}"
    return statement.name


def _row(said: Said, tried: Sequence[TriedRow]) -> Iterator[str]:
    statement, cited = said.statement, said.statement.citation
    source = f"[{cited.source}](bibliography.md#{source_id(cited.source)})"
    where = ", ".join(said.countries)
    yield f"- **{statement.name}** ({where}) {statement.text} — *{cited.evidence}*, {source}"
    here = [one for one in tried if one.jurisdiction in said.countries]
    for words, speaks in (("Speaks in", True), ("Just missed in", False)):
        cases = dict.fromkeys((one.case, one.title) for one in here if one.speaks is speaks)
        if cases:
            yield f"  - {words}: {', '.join(_case(*case) for case in cases)}"


def _case(name: str, title: str) -> str:
    return f"[{title}](../../tests/cases/rules/{name}.json)"


def _bibliography(formularies: Mapping[str, Formulary]) -> str:
    cited = _citations(formularies)
    sources: dict[str, Source] = {}
    for formulary in formularies.values():
        sources.update(formulary.sources)
    return _page(
        "Bibliography",
        "Every source that a row of the formulary cites. Addresses are of the copies that were "
        "read; many are mirrors of the publisher that is named. " + _GRADES,
        *chain.from_iterable(_source(sources[name], cited[name]) for name in sorted(sources)),
    )


def _citations(formularies: Mapping[str, Formulary]) -> Counter[str]:
    """How many statements, in either country, cite each source."""
    counted: set[tuple[str, Statement]] = set()
    for formulary in formularies.values():
        counted.update(("", s) for s in _for_everyone(formulary))
        for medicine in formulary.medicines.values():
            counted.update((medicine.id, s) for s in _about(formulary, medicine))
    return Counter(source_id(said.citation.source) for _, said in counted)


def _source(source: Source, count: int) -> Iterator[str]:
    year = f", {source.year}" if source.year else ""
    yield f"## {source.id}"
    yield (
        f"{source.title}. {source.publisher}{year} ({source.jurisdiction}). {source.address}. "
        f"At best *{source.evidence}*; cited by {count} statements."
    )


def _index(formularies: Mapping[str, Formulary]) -> str:
    return _page(
        "The formulary",
        "What medplan knows of each medicine, each number with its source and its grade of "
        "evidence, and the cases that try each rule on either side.",
        "- [What holds for every plan](every-plan.md)\n- [Bibliography](bibliography.md)",
        _GRADES,
        "\n".join(_table(formularies)),
    )


def _table(formularies: Mapping[str, Formulary]) -> Iterator[str]:
    yield f"| medicine | countries | statements | {' | '.join(Evidence)} |"
    yield f"|---|---|---|{'---|' * len(Evidence)}"
    names = set(chain.from_iterable(f.medicines for f in formularies.values()))
    for name in sorted(names):
        known = {c: f for c, f in formularies.items() if name in f.medicines}
        said = _joined({c: tuple(_about(f, f.medicines[name])) for c, f in known.items()})
        grades = Counter(one.statement.citation.evidence for one in said)
        counts = " | ".join(str(grades[grade]) for grade in Evidence)
        title = next(iter(known.values())).medicines[name].name
        yield f"| [{title}]({name}.md) | {', '.join(known)} | {len(said)} | {counts} |"


def _page(title: str, *blocks: str) -> str:
    """A page of blocks with an empty line between each two."""
    return "\n\n".join((_MADE, f"# {title}", _DRAFT, *blocks)) + "\n"


if __name__ == "__main__":
    main()
