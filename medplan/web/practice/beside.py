"""What a plan says, put beside the choices that made it say so. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from medplan.formulary.model import FindingKind, Formulary, Severity
from medplan.model.plan import Course, EndsIn, Finding, Plan, Step
from medplan.pictures.load import draw_opioid_load
from medplan.pictures.staircase import draw_staircase
from medplan.pictures.timeline import draw_timeline
from medplan.web.practice.form import Form
from medplan.web.practice.form_tree import UNLISTED
from medplan.wording.dates import days_text
from medplan.wording.doses import amount_text, clock_text, daily_text
from medplan.wording.language import Language, marked
from medplan.wording.names import medicine_key, medicine_name, name_in_plan
from medplan.wording.notes import supply_sentence

_SEVERITIES = list(Severity)
_WIDE, _NARROW = 640, 360
_ENDS = {
    EndsIn.STOP: marked("Then it stops."),
    EndsIn.REVIEW: marked("Then it is reviewed."),
    EndsIn.CONTINUES: marked("It goes on after that."),
}


@dataclass(frozen=True, slots=True)
class Cited:
    """A finding with the titles of what it cites."""

    finding: Finding
    sources: Sequence[str]


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step as a row: its days, its daily amount, its doses, and what it depends on."""

    when: str
    daily: str
    doses: Sequence[str]
    conditional: bool


@dataclass(frozen=True, slots=True)
class CourseShown:
    """A course as a table, and what follows it."""

    medicine: str
    steps: Sequence[StepShown]
    ends: str


@dataclass(frozen=True, slots=True)
class Pictures:
    """A plan's pictures as SVG: its courses, each course of several steps, the opioid load."""

    timeline: str
    staircases: Sequence[str]
    load: str


def cited(findings: Sequence[Finding], formulary: Formulary) -> list[Cited]:
    """Findings, the gravest first, each with what it rests on."""
    ordered = sorted(findings, key=lambda finding: -_SEVERITIES.index(finding.severity))
    return [Cited(finding, _titles(finding, formulary)) for finding in ordered]


def beside_choices(plan: Plan, form: Form, formulary: Formulary) -> dict[int | None, list[Cited]]:
    """The findings by the number of the course that caused them; None: by the patient or no one."""
    placed: dict[int | None, list[Finding]] = {}
    for finding in plan.findings:
        placed.setdefault(_cause(finding, form), []).append(finding)
    return {number: cited(found, formulary) for number, found in placed.items()}


def pictures(plan: Plan, formulary: Formulary, language: Language) -> Pictures:
    """Draw a plan."""
    stepped = (course for course in plan.courses if _has_stairs(course))
    return Pictures(
        draw_timeline(plan, formulary, language, _WIDE),
        [draw_staircase(course, formulary, language, _NARROW) for course in stepped],
        draw_opioid_load(plan, formulary, language, _NARROW),
    )


def courses_shown(plan: Plan, formulary: Formulary, language: Language) -> list[CourseShown]:
    """Every course with every step of it, those too that wait for an agreement."""
    return [
        CourseShown(
            medicine_name(medicine_key(course), formulary),
            [_step_shown(step, language) for step in course.steps],
            _end_text(course, language),
        )
        for course in plan.courses
    ]


def supply_shown(plan: Plan, formulary: Formulary, language: Language) -> list[str]:
    """What to supply for which days, a sentence for each product."""
    owner = {product.id: product.medicine for product in plan.products}
    return [
        supply_sentence(
            name_in_plan(owner.get(row.product, row.product), plan, formulary, language),
            row,
            language,
        )
        for row in plan.supply
    ]


def open_findings(plan: Plan) -> list[Finding]:
    """What still keeps a plan from being issued."""
    return [finding for finding in plan.findings if finding.open]


def _has_stairs(course: Course) -> bool:
    return len({step.daily_mg for step in course.steps}) > 1


def _step_shown(step: Step, language: Language) -> StepShown:
    doses = [
        f"{clock_text(dose, language)}  {amount_text(dose, language)}"
        for dose in step.doses
        if dose.mg
    ]
    when, daily = days_text(step.days, language), daily_text(step, language)
    return StepShown(when, daily, doses, step.conditional)


def _end_text(course: Course, language: Language) -> str:
    return language.say(_ENDS[course.ends_in])


def _cause(finding: Finding, form: Form) -> int | None:
    if finding.kind is FindingKind.MISSING_DATA:
        return None  # what is missing is asked of the patient, whatever medicine needs it
    for number in form.courses():
        medicine = form.value(f"/courses/{number}/medicine")
        name = form.value(f"/courses/{number}/name") if medicine == UNLISTED else medicine
        if {medicine, name} & set(finding.medicines):
            return number
    return None


def _titles(finding: Finding, formulary: Formulary) -> list[str]:
    """What a finding cites, each once: the publication's title, and where the word is weak."""
    said = []
    for citation in finding.sources:
        source = formulary.sources.get(citation.source.partition("#")[0])
        title = citation.source if source is None else f"{source.publisher}: {source.title}"
        said.append(f"{title} ({citation.evidence})")
    return list(dict.fromkeys(said))
