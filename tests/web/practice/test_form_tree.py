"""A form is a request in other words: nothing is lost on the way there and back."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from medplan.documents.request import request_of
from medplan.errors import InvalidRequestError, Problem
from medplan.formulary.model import Formulary
from medplan.web.practice.form import Form, place_text, without_course
from medplan.web.practice.form_tree import fields_from, request_from

CASES = Path(__file__).parents[2] / "cases"


def requests() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted(CASES.glob("*/**/*.json")):
        case = json.loads(file.read_text(encoding="utf-8"))
        if isinstance(case, dict) and isinstance(case.get("request"), dict):
            yield file.stem, case["request"]


def test_every_request_comes_back_from_its_form(formularies: Mapping[str, Formulary]) -> None:
    tried, lost = 0, []
    for name, asked in requests():
        try:
            wanted = request_of(asked, formularies)
        except InvalidRequestError:
            continue
        tried += 1
        if request_of(request_from(fields_from(asked)), formularies) != wanted:
            lost.append(name)

    assert lost == []
    assert tried > 1000


def test_what_is_left_empty_is_unknown_and_what_was_asked_is_none() -> None:
    asked = {
        "/patient/age_years": ["41"],
        "/patient/egfr": [""],
        "/patient/pregnancy": ["no"],
        "asked:/patient/allergies": ["yes"],
        "/patient/medicines/0/name": ["ramipril"],
        "/patient/medicines/2/name": ["phenelzine"],
        "/patient/medicines/2/stopped_on": ["2026-11-14"],
    }

    assert request_from(asked)["patient"] == {
        "age_years": 41,
        "pregnancy_weeks": None,
        "allergies": [],
        "medicines": ["ramipril", {"name": "phenelzine", "stopped_on": "2026-11-14"}],
    }


def test_text_that_is_no_number_stays_for_its_reader_to_name() -> None:
    asked = {"/patient/age_years": ["forty"], "/courses/0/days": ["5.0"]}

    assert request_from(asked) == {
        "patient": {"age_years": "forty"},
        "courses": [{"days": "5.0"}],
    }


def test_an_empty_row_between_others_keeps_its_place() -> None:
    asked = {"/courses/0/steps/0/days": ["7"], "/courses/0/steps/2/days": ["7"]}

    assert request_from(asked)["courses"] == [{"steps": [{"days": 7}, {}, {"days": 7}]}]


def test_the_products_of_an_unlisted_medicine_are_named_by_their_facts() -> None:
    asked = {
        "/courses/0/medicine": ["unlisted"],
        "/courses/0/name": ["inventium"],
        "/courses/0/products/0/form": ["mr-tablet"],
        "/courses/0/products/0/strength_mg": ["5"],
        "/courses/0/products/0/halves": ["no"],
    }

    assert request_from(asked)["courses"] == [
        {
            "medicine": "unlisted",
            "name": "inventium",
            "products": [{"id": "inventium-mr-tablet-5", "strength_mg": "5", "halves": False}],
        }
    ]


def test_a_fault_is_shown_at_its_field_and_told_in_words() -> None:
    problem = Problem("/courses/1/taper/stages/0/reduce_mg", "missing", "is needed")
    form = Form({}, [problem])

    assert form.faults(problem.pointer) == ["is needed"]
    assert form.faults("/courses/1/taper") == []
    assert form.wrong("/courses/1/taper")
    assert place_text(problem.pointer) == "medicine 2, taper, stages 1, reduce mg"


def test_removing_a_course_moves_up_those_after_it() -> None:
    fields = {f"/courses/{n}/medicine": [name] for n, name in enumerate("abc")}

    assert without_course(fields, 1) == {"/courses/0/medicine": ["a"], "/courses/1/medicine": ["c"]}


def test_a_form_has_spare_rows_and_shows_those_that_are_filled() -> None:
    form = Form({"/courses/0/steps/3/days": ["7"], "/courses/0/steps/5/days": [" "]})

    assert form.rows("/courses/0/steps", spare=2) == range(6)
    assert form.courses() == range(1)


def test_a_taper_keeps_the_order_in_which_its_slots_give_way() -> None:
    fields = {
        "/courses/0/regimen": ["taper"],
        "/courses/0/taper/slot_order/0": ["noon"],
        "/courses/1/regimen": ["regular"],
        "/courses/1/taper/slot_order/0": ["noon"],
        "/acknowledged/0/code": ["x"],
    }

    assert Form(fields).kept() == [
        ("/courses/0/taper/slot_order/0", "noon"),
        ("/acknowledged/0/code", "x"),
    ]
