"""The plain text of a plan says everything the plan holds."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from medplan.documents.request import read_request
from medplan.formulary.model import Formulary
from medplan.model.plan import Plan
from medplan.services.planning import plan_and_prove
from medplan.wording.amounts import number_text
from medplan.wording.dates import short_day_text
from medplan.wording.good_to_know import AIM, LEFTOVERS, WHOM_TO_ASK
from medplan.wording.plan_text import plan_text

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.json"))


def planned(path: Path, formularies: Mapping[str, Formulary]) -> tuple[Plan, Formulary]:
    """An example's plan and the formulary it was made from."""
    request = read_request(path.read_bytes(), formularies)
    formulary = formularies[request.jurisdiction]
    return plan_and_prove(request, formulary), formulary


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_part_of_a_plan_is_said(path: Path, formularies: Mapping[str, Formulary]) -> None:
    made, formulary = planned(path, formularies)

    said = plan_text(made, formulary)

    assert [sentence for sentence in sentences(made) if sentence not in said] == []


def sentences(made: Plan) -> Iterator[str]:
    """What a reader must find of a plan, part by part."""
    yield from (finding.message for finding in made.findings)
    for step in (step for course in made.courses for step in course.steps):
        yield short_day_text(step.days.first)
        yield f"{number_text(step.max_daily_mg or step.daily_mg)} mg a day"
    yield from (stop.text for stop in made.stops)
    yield from (f"- {short_day_text(review.day)}: Review of " for review in made.reviews)
    yield from (review.why for review in made.reviews)
    yield from (f"- {short_day_text(decision.day)}: " for decision in made.decisions)
    for item in (item for check in made.checks for item in check.items):
        yield item.text
        yield item.action
    yield from (f"{number_text(row.units)} " for row in made.supply)
    yield from (*made.self_care, *made.red_flags, made.emergency)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_text_says_that_the_formulary_is_a_draft_only_while_it_is(
    path: Path, formularies: Mapping[str, Formulary]
) -> None:
    made, formulary = planned(path, formularies)
    signed = replace(made, formulary=replace(made.formulary, status="signed"))

    draft_words = "DRAFT formulary: not signed clinical guidance"
    assert (draft_words in plan_text(made, formulary)) is (made.formulary.status == "draft")
    assert draft_words not in plan_text(signed, formulary)


def test_a_plan_that_may_not_be_issued_says_so(formularies: Mapping[str, Formulary]) -> None:
    made, formulary = planned(EXAMPLES[0], formularies)

    assert "NOT ISSUED" not in plan_text(made, formulary)
    assert "NOT ISSUED" in plan_text(replace(made, issuable=False), formulary)


def test_a_planned_step_up_says_that_it_holds_only_if_agreed(
    formularies: Mapping[str, Formulary],
) -> None:
    made, formulary = planned(EXAMPLES[0].parent / "sciatica-amitriptyline.json", formularies)

    said = plan_text(made, formulary)

    conditional = [s for c in made.courses for s in c.steps if s.conditional]
    assert said.count("  Only if you agreed to go up.\n") == len(conditional) > 0


def test_a_plan_of_no_courses_is_still_a_text(formularies: Mapping[str, Formulary]) -> None:
    made, formulary = planned(EXAMPLES[0], formularies)
    bare = replace(
        made, findings=(), courses=(), reviews=(), decisions=(), checks=(), stops=(), supply=()
    )

    assert json.dumps(plan_text(bare, formulary)).startswith('"Plan from Monday 23 November 2026')


def test_a_written_plan_says_its_aim_what_for_and_what_to_do_with_leftovers(
    formularies: Mapping[str, Formulary],
) -> None:
    example = next(path for path in EXAMPLES if path.stem == "acute-back-pain")
    made, formulary = planned(example, formularies)
    said = plan_text(made, formulary)

    medicine = formulary.medicines["naproxen"]
    for sentence in (AIM, LEFTOVERS, WHOM_TO_ASK, medicine.purpose.text, medicine.missed_dose.text):
        assert sentence in said
