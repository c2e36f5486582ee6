"""Pictures show what the plan says, exactly, and stay pictures whatever names are in it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medplan.formulary.model import Citation, Evidence, LoadThreshold, Severity
from medplan.model.plan import Course, EndsIn, OpioidLoad, Plan
from medplan.pictures.blister import blister_week_table, draw_blister_week
from medplan.pictures.load import draw_opioid_load, opioid_load_table
from medplan.pictures.staircase import draw_staircase, staircase_table
from medplan.pictures.timeline import draw_timeline, timeline_table
from medplan.units import Days
from tests.ical.invented import START, course, dose, formulary, plan, regular, step, titration

SVG = "{http://www.w3.org/2000/svg}"
LINES = tuple(
    LoadThreshold(Decimal(mg), Severity.MAJOR, "", Citation("made-up", Evidence.DECISION))
    for mg in (50, 90, 120)
)
OPIOIDS = replace(formulary(), load_thresholds=LINES)
MADE = plan(
    regular("paracetamol", "500", ["08:00", "20:00"], 10),
    titration("10", "20", "30"),
)


def drawn(picture: str) -> ET.Element:
    """A picture as its elements."""
    return ET.fromstring(picture)  # noqa: S314 - our own picture


def stepped(*daily_mg: str, days: int = 3) -> Course:
    """A course with one dose a day of so many milligrams, each for some days."""
    steps = [
        step(
            Days.lasting(START + timedelta(n * days), days),
            dose("08:00", mg, "naproxen-tablet-250"),
        )
        for n, mg in enumerate(daily_mg)
    ]
    return course("naproxen", *steps)


amounts = st.lists(
    st.decimals("0.05", "4000", places=2).map(lambda d: str(d.normalize())), min_size=1, max_size=12
)


@given(amounts, st.integers(1, 60))
def test_the_height_of_every_step_is_its_dose_and_its_width_its_days(
    daily_mg: list[str], days: int
) -> None:
    made = stepped(*daily_mg, days=days)

    found = drawn(draw_staircase(made, formulary()))

    (group,) = found.findall(f"{SVG}g")
    rects = [(r.get("x"), r.get("width"), Decimal(r.get("height", "0"))) for r in group]
    assert rects == [(str(n * days), str(days), s.daily_mg) for n, s in enumerate(made.steps)]


def test_a_step_that_waits_for_an_agreement_is_outlined_and_not_filled() -> None:
    found = drawn(draw_staircase(titration("10", "20", "30"), formulary()))

    heights = [r.get("height") for r in found.findall(f"{SVG}g/{SVG}rect")]
    dashes = [p.get("stroke-dasharray") for p in found.findall(f"{SVG}polyline")]
    assert (heights, dashes) == (["10"], ["none", "4 3"])


def test_the_staircase_as_a_table_says_every_step() -> None:
    table = staircase_table(titration("10", "20"), formulary())

    assert table.caption == "Amitriptyline: milligrams a day"
    assert table.rows == (
        ("Mon 23 November to Sun 29 November (7 days)", "10 mg a day", ""),
        (
            "Mon 30 November to Sun 6 December (7 days)",
            "20 mg a day",
            "only if you agreed to go up",
        ),
    )


def test_the_timeline_names_every_course_its_days_and_what_follows() -> None:
    assert timeline_table(MADE, formulary()).rows == (
        ("Paracetamol", "Mon 23 November to Wed 2 December (10 days)", "then stop"),
        ("Amitriptyline", "Mon 23 November to Sun 13 December (21 days)", "then a review"),
    )
    said = [t.text for t in drawn(draw_timeline(MADE, formulary())).findall(f"{SVG}text")]
    assert [word for word in said if word in {"Paracetamol", "Amitriptyline"}] == [
        "Paracetamol",
        "Amitriptyline",
    ]


def test_a_stop_is_a_bar_at_the_end_and_what_goes_on_has_none() -> None:
    for ends_in, bars in ((EndsIn.STOP, 1), (EndsIn.CONTINUES, 0)):
        made = plan(replace(regular("naproxen", "250", ["08:00"], 7), ends_in=ends_in))
        found = drawn(draw_timeline(made, formulary()))
        assert len(found.findall(f"{SVG}rect")) == bars


def with_load(*ome_mg: int) -> Plan:
    """A plan whose opioid load is so many milligrams, three days each."""
    rows = tuple(
        OpioidLoad("CDC2022", Days.lasting(START + timedelta(3 * n), 3), Decimal(mg))
        for n, mg in enumerate(ome_mg)
    )
    return replace(MADE, opioid_load=(*rows, replace(rows[0], authority="another")))


def test_the_load_is_drawn_with_the_lines_it_reaches_and_the_next() -> None:
    made = with_load(60, 95, 20)

    found = drawn(draw_opioid_load(made, OPIOIDS))

    heights = [r.get("height") for r in found.findall(f"{SVG}g/{SVG}rect")]
    said = {t.text for t in found.findall(f"{SVG}text")}
    assert heights == ["60", "95", "20"]
    assert {"50 mg", "90 mg", "120 mg"} <= said
    assert [row[1:] for row in opioid_load_table(made, OPIOIDS).rows] == [
        ("60 mg", "50 mg"),
        ("95 mg", "90 mg"),
        ("20 mg", ""),
    ]


def test_a_plan_without_opioids_has_no_picture_of_their_load() -> None:
    assert draw_opioid_load(MADE, OPIOIDS) == ""


def test_a_week_holds_what_is_agreed_on_its_days_and_nothing_else() -> None:
    second = START + timedelta(7)

    table = blister_week_table(MADE, second, formulary())

    assert table.headings[:2] == ("When and what", "Mon 30")
    assert table.rows == (
        ("08:00 Paracetamol 500 mg tablets", "1", "1", "1", "", "", "", ""),
        ("20:00 Paracetamol 500 mg tablets", "1", "1", "1", "", "", "", ""),
        ("20:30 Amitriptyline 10 mg tablets", *["1"] * 7),
    )


DRAWERS: tuple[Callable[[Plan], str], ...] = (
    lambda made: draw_timeline(made, formulary()),
    lambda made: draw_staircase(made.courses[0], formulary()),
    lambda made: draw_opioid_load(replace(made, opioid_load=with_load(60).opioid_load), OPIOIDS),
    lambda made: draw_blister_week(made, made.start, formulary()),
)


@pytest.mark.parametrize("draw", DRAWERS)
@pytest.mark.parametrize(
    "name", ["</text><script>alert(1)</script>", "\x00\x07\ufffe", "\u202ebackwards", '"&<💊']
)
def test_hostile_names_stay_words(draw: Callable[[Plan], str], name: str) -> None:
    made = plan(replace(regular("unlisted", "5", ["08:00"], 3), name=name))

    found = drawn(draw(made))

    kinds = {part.tag.removeprefix(SVG) for part in found.iter()}
    assert kinds <= {
        *("svg", "title", "desc", "text", "g", "rect", "line", "polyline", "polygon", "circle")
    }
    attributes = {key for part in found.iter() for key in part.attrib}
    assert not {key for key in attributes if key.startswith("on") or key in {"style", "href"}}
    assert "\u202e" not in draw(made)


@pytest.mark.parametrize("draw", DRAWERS)
def test_a_picture_is_named_and_described_and_always_the_same(draw: Callable[[Plan], str]) -> None:
    first = drawn(draw(MADE))

    assert draw(MADE) == draw(MADE)
    assert first.get("role") == "img"
    assert first.get("aria-label") == first[0].text
    assert [part.tag for part in first[:2]] == [f"{SVG}title", f"{SVG}desc"]
    assert all(part.text for part in first[:2])
