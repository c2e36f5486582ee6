"""Paper says the same doses as the plan, can be read aloud, and takes no text for markup."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject

from medplan.documents.request import read_request
from medplan.formulary.model import Formulary
from medplan.model.plan import Course, Plan
from medplan.printing.letters import settable
from medplan.printing.paper import render_paper
from medplan.services.parts import PaperFacts, PaperForm
from medplan.services.planning import plan_and_prove
from medplan.units import format_clock
from medplan.wording.amounts import mg_text
from medplan.wording.dates import days_text
from medplan.wording.doses import ONLY_IF_AGREED, amount_text, daily_text
from tests.ical.invented import formulary, plan, regular, titration

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.json"))
FACTS = PaperFacts(
    PaperForm.PLAN, "pln_invented", 3, date(2026, 11, 22), "active", "https://plan.example/f"
)
RECORD = replace(FACTS, form=PaperForm.RECORD)
_MG = re.compile(r"([\d,.]*\d) mg")


def planned(path: Path, formularies: Mapping[str, Formulary]) -> Plan:
    """What the planner makes of an example."""
    read = read_request(path.read_text(), formularies)
    return plan_and_prove(read, formularies[read.jurisdiction])


@dataclass(frozen=True)
class Papers:
    """The examples on paper, each set once."""

    formularies: Mapping[str, Formulary]
    plans: dict[Path, Plan] = field(default_factory=dict)
    readers: dict[tuple[Path, PaperForm], PdfReader] = field(default_factory=dict)

    def plan(self, path: Path) -> Plan:
        """The plan of an example."""
        if path not in self.plans:
            self.plans[path] = planned(path, self.formularies)
        return self.plans[path]

    def of(self, path: Path, facts: PaperFacts) -> PdfReader:
        """An example on paper."""
        made, key = self.plan(path), (path, facts.form)
        if key not in self.readers:
            known = self.formularies[made.formulary.jurisdiction]
            self.readers[key] = printed(made, facts, known)
        return self.readers[key]


@pytest.fixture(scope="module")
def papers(formularies: Mapping[str, Formulary]) -> Papers:
    """The examples on paper."""
    return Papers(formularies)


def printed(made: Plan, facts: PaperFacts, known: Formulary) -> PdfReader:
    """The PDF of a plan, as another library reads it."""
    return PdfReader(BytesIO(render_paper(made, known, facts)))


def words(reader: PdfReader) -> str:
    """All the text of a PDF, with every run of white space as one space."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_written_plan_says_every_dose_of_every_step_in_order(
    path: Path, papers: Papers
) -> None:
    made = papers.plan(path)

    text = words(papers.of(path, FACTS))

    place = text.index("Step by step")
    for course in made.courses:
        for step in course.steps:
            said = [days_text(step.days)]
            for dose in step.doses:
                amount = amount_text(dose) if dose.mg else mg_text(dose.mg)
                timed = dose.minute is not None
                said.append(f"{format_clock(dose.minute or 0)}: {amount}" if timed else amount)
            said += [f"{ONLY_IF_AGREED}."] if step.conditional else []
            for one in (*said, daily_text(step)):
                place = text.index(one, place) + len(one)


@pytest.mark.parametrize("facts", [FACTS, RECORD])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_paper_names_no_amount_that_the_plan_lacks(
    path: Path, facts: PaperFacts, papers: Papers
) -> None:
    made = papers.plan(path)
    known = papers.formularies[made.formulary.jurisdiction]
    doses = [d for c in made.courses for s in c.steps for d in s.doses]
    said = [mg_text(d.mg) for d in doses] + [amount_text(d) for d in doses]
    said += [daily_text(s) for c in made.courses for s in c.steps]
    said += [mg_text(row.ome_mg) for row in made.opioid_load]
    said += [mg_text(t.ome_mg) for t in known.load_thresholds]
    said += [f.message for f in made.findings] + [str(d.instruction) for d in doses]
    said += [f"{s} mg" for row in made.supply for s in re.findall(r"[\d.]+", row.product)]
    said += [
        mg_text(s.max_daily_mg) for c in made.courses for s in c.steps if s.max_daily_mg is not None
    ]

    text = words(papers.of(path, facts))

    assert set(_MG.findall(text)) <= {mg for one in said for mg in _MG.findall(one)} | {"0"}


@pytest.mark.parametrize("facts", [FACTS, RECORD])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_paper_is_tagged_titled_and_in_a_language(
    path: Path, facts: PaperFacts, papers: Papers
) -> None:
    reader = papers.of(path, facts)

    root = str(reader.root_object)
    assert "'/MarkInfo': {'/Marked': True" in root
    assert "'/Lang': 'en-GB'" in root
    assert "'/DisplayDocTitle': True" in root
    assert reader.metadata is not None
    assert reader.metadata.title == ("Your plan" if facts is FACTS else "Plan summary")
    kinds = {str(node.get("/S", "")) for node in _elements(reader.root_object["/StructTreeRoot"])}
    assert {"/Document", "/H1", "/Table", "/TR", "/TH", "/TD", "/P", "/Figure"} <= kinds


def _elements(tree: PdfObject) -> Iterator[DictionaryObject]:
    """Every element of a structure tree; each figure among them says what it shows."""
    left = [tree]
    while left:
        node = left.pop().get_object()
        if isinstance(node, ArrayObject):
            left += node
        elif isinstance(node, DictionaryObject):
            assert node.get("/S") != "/Figure" or node.get("/Alt")
            yield node
            left += [node[key] for key in ("/K",) if key in node]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("#panic(1)", "#panic(1)"),
        ("*bold* _it_ $x^2$ @ref <label>", "*bold* _it_ $x^2$ @ref <label>"),
        ("`raw` // /* = heading", "`raw` // /* = heading"),
        ("\\u{1F48A} \\ #eval", "\\u{1F48A} \\ #eval"),
        ("pill 💊", "pill [U+1F48A]"),
        ("\x07be\x00ll\u202e", "bell"),
        ("薬 cafe\u0301", "[U+85AC] café"),
    ],
)
def test_hostile_and_foreign_names_stay_text(name: str, said: str) -> None:
    made = plan(named(name))

    text = words(printed(made, FACTS, formulary()))

    assert text.count(said) >= 3


def test_every_letter_that_is_set_has_a_shape() -> None:
    letters = "".join(map(chr, range(0x20, 0x2700)))
    kept = "".join(letter for letter in letters if settable(letter) == letter)

    made = plan(named(kept))

    assert len(kept) > 800
    assert render_paper(made, formulary(), FACTS)


@settings(max_examples=25)
@given(st.text(max_size=40))
def test_no_name_stops_a_plan_from_being_printed(name: str) -> None:
    assert render_paper(plan(named(name)), formulary(), FACTS)


def named(name: str) -> Course:
    """A short course of a medicine of that name."""
    return replace(regular("unlisted", "5", ["08:00"], 1), name=name)


def test_the_same_plan_is_the_same_bytes() -> None:
    made = plan(regular("naproxen", "250", ["08:00"], 7))

    assert render_paper(made, formulary(), FACTS) == render_paper(made, formulary(), FACTS)


def test_only_agreed_doses_have_boxes_to_tick() -> None:
    text = words(printed(plan(titration("10", "20")), FACTS, formulary()))

    ticks, steps = text.split("Step by step")
    assert ticks.count("☐") == 14
    assert "1 tablet of 10 mg" in ticks
    assert "2 tablets" not in ticks
    assert "2 tablets of 10 mg (20 mg)" in steps


def test_a_box_stands_for_every_dose_of_every_day() -> None:
    made = plan(
        regular("naproxen", "250", ["08:00", "20:00"], 10),
        regular("omeprazole", "20", ["07:30"], 3),
    )

    text = words(printed(made, FACTS, formulary())).split("Step by step")[0]

    assert text.count("☐") == 23


def test_a_plan_that_is_not_issued_says_so_on_its_first_page() -> None:
    made = replace(plan(regular("naproxen", "250", ["08:00"], 7)), issuable=False)

    for facts in (FACTS, RECORD):
        first = printed(made, facts, formulary()).pages[0].extract_text()
        assert "NOT ISSUED" in first
        assert "DRAFT formulary" in first


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_first_page_is_enough_to_begin_with(path: Path, papers: Papers) -> None:
    made, first = papers.plan(path), words(papers.of(path, FACTS)).split("Page 1 of")[0]

    timed = any(not step.when_required for course in made.courses for step in course.steps)
    assert made.emergency in first
    assert "Your medicines" in first
    assert ("☐" in first) is timed


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_record_is_one_page(path: Path, papers: Papers) -> None:
    assert len(papers.of(path, RECORD).pages) == 1
