"""Every form of a calendar is small: six weeks of four medicines, two years, what is drawn."""

import itertools
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.requests import everyday_plan
from medplan.cli import main
from medplan.documents.request import read_request
from medplan.formulary.model import Formulary
from medplan.ical.calendar import (
    CalendarOptions,
    Detail,
    Group,
    render_calendar,
    render_cancellation,
)
from medplan.model.plan import Phase, Plan
from medplan.services.planning import plan_and_prove
from tests.ical.drawn import drawn_plans
from tests.ical.invented import OPTIONS

SIX_WEEKS, TWO_YEARS = 20_000, 200_000
AN_EVENT, ALL_BESIDES = 740, 1_000
DRAWN = 24
# A feed that was rendered more often than its plan was revised.
LATE = replace(OPTIONS, revision=12, sequence=17, page_url="https://plans.practice.example/f")
LONG_TAPERS = [
    {"medicine": "paracetamol", "regimen": "regular", "days": 730},
    {
        "medicine": "gabapentin",
        "regimen": "taper",
        "current": {"slots": {"morning": "900", "noon": "900", "evening": "900"}},
        "used_days": 500,
        "taper": {"every_days": 28, "reduce_mg": "100"},
    },
    {
        "medicine": "morphine",
        "regimen": "taper",
        "products": [{"id": "morphine-mr-capsule-10"}],
        "current": {"slots": {"morning": "150", "evening": "150"}},
        "used_days": 500,
        "taper": {"every_days": 14, "reduce_mg": "10"},
    },
]


def forms() -> Mapping[str, CalendarOptions]:
    """Every form a calendar can take: names or not, grouping, alarms, planned steps or not."""
    made = {}
    for detail, group, alarms, advance in itertools.product(
        Detail, Group, (True, False), (True, False)
    ):
        name = f"{detail}-{group}{'-alarms' * alarms}{'-planned' * advance}"
        made[name] = replace(LATE, detail=detail, group=group, alarms=alarms, advance=advance)
    return made


FORMS = forms()


def planned(text: str, formularies: Mapping[str, Formulary]) -> Plan:
    """What the planner makes of a request."""
    read = read_request(text, formularies)
    return plan_and_prove(read, formularies[read.jurisdiction])


def size(made: Plan, formularies: Mapping[str, Formulary], options: CalendarOptions) -> int:
    """How many octets a calendar takes."""
    return len(render_calendar(made, formularies[made.formulary.jurisdiction], options))


@pytest.fixture(scope="module")
def everyday(formularies: Mapping[str, Formulary]) -> Plan:
    """Four medicines and what protects from them, for six weeks."""
    return planned(everyday_plan(), formularies)


@pytest.fixture(scope="module")
def years(formularies: Mapping[str, Formulary]) -> Plan:
    """Two opioids and more brought down over two years."""
    asked = json.loads(Path("examples/sciatica-amitriptyline.json").read_text(encoding="utf-8"))
    return planned(json.dumps(asked | {"courses": LONG_TAPERS}), formularies)


@pytest.mark.parametrize("issued", [True, False])
@pytest.mark.parametrize("form", FORMS)
def test_the_everyday_plan_of_six_weeks_is_small(
    form: str, everyday: Plan, formularies: Mapping[str, Formulary], *, issued: bool
) -> None:
    made = replace(everyday, issuable=issued)

    assert size(made, formularies, FORMS[form]) < SIX_WEEKS


@pytest.mark.parametrize("group", list(Group))
def test_its_download_at_a_terminal_is_small(group: Group) -> None:
    asked = ("plan", "-", "--format", "ics", "--group", group.value)

    written = CliRunner().invoke(main, asked, input=everyday_plan()).stdout_bytes

    assert written.startswith(b"BEGIN:VCALENDAR")
    assert len(written) < SIX_WEEKS


def test_its_cancellation_is_small(everyday: Plan, formularies: Mapping[str, Formulary]) -> None:
    looks = [replace(LATE, detail=d, group=g, advance=True) for d in Detail for g in Group]

    assert len(render_cancellation([everyday], formularies["NZ"], looks)) < SIX_WEEKS


@pytest.mark.parametrize("country", ["NZ", "GB"])
def test_six_weeks_of_any_four_medicines_are_small_in_every_form(
    country: str, formularies: Mapping[str, Formulary]
) -> None:
    """But for those that bring several opioids down at once, step by step."""
    plans = [replace(made, issuable=True) for made in drawn_plans(formularies, country, DRAWN)]
    tapered = [any(s.phase is Phase.TAPER for c in p.courses for s in c.steps) for p in plans]

    usual = [made for made, tapers in zip(plans, tapered, strict=True) if not tapers]

    assert len(usual) > DRAWN // 2
    largest = [max(size(p, formularies, form) for form in FORMS.values()) for p in usual]
    assert max(largest) < SIX_WEEKS


@pytest.mark.parametrize("country", ["NZ", "GB"])
def test_what_is_drawn_takes_no_more_than_so_much_an_event(
    country: str, formularies: Mapping[str, Formulary]
) -> None:
    most = replace(LATE, detail=Detail.FULL, alarms=True, advance=True)
    for made in drawn_plans(formularies, country, DRAWN):
        for group in Group:
            written = render_calendar(made, formularies[country], replace(most, group=group))

            events = written.count(b"BEGIN:VEVENT")
            assert len(written) < ALL_BESIDES + AN_EVENT * events


@pytest.mark.parametrize("form", FORMS)
def test_two_years_are_small(form: str, years: Plan, formularies: Mapping[str, Formulary]) -> None:
    assert (years.end - years.start).days >= 728
    assert size(years, formularies, FORMS[form]) < TWO_YEARS
