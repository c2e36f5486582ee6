"""Plans and a formulary made up by hand, so that calendars can be tested without a planner."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from medplan.formulary.model import (
    Advice,
    Citation,
    Codes,
    Evidence,
    Formulary,
    Gastroprotection,
    LaxativeCover,
    Medicine,
    ReviewRule,
    Sentence,
    Vocabulary,
)
from medplan.ical.calendar import CalendarOptions
from medplan.model.plan import (
    Course,
    Dose,
    EndsIn,
    FormularyRef,
    LimitFacts,
    Phase,
    Plan,
    PlanProduct,
    ProductUnits,
    Role,
    Step,
)
from medplan.units import Days, parse_clock

MADE_UP = Citation("made-up", Evidence.DECISION)
START = date(2026, 11, 23)
STAMP = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
OPTIONS = CalendarOptions(plan_key="plan-of-nobody", revision=3, stamped_at=STAMP)
NAMES = {
    "naproxen": "Naproxen",
    "omeprazole": "Omeprazole",
    "paracetamol": "Paracetamol",
    "amitriptyline": "Amitriptyline",
    "gabapentin": "Gabapentin",
}


def said(words: str) -> Sentence:
    """A sentence nobody stands behind."""
    return Sentence(words, MADE_UP)


def formulary() -> Formulary:
    """A formulary that knows five names and nothing more."""
    return Formulary(
        jurisdiction="NZ",
        version="sha256:made-up",
        status="draft",
        medicines={key: _medicine(key, name) for key, name in NAMES.items()},
        rules=(),
        checks=(),
        co_medicines={},
        vocabulary=Vocabulary((), (), (), (), ()),
        sources={},
        opioid_factors=(),
        load_authority="CDC2022",
        load_thresholds=(),
        gastroprotection=Gastroprotection(
            (), 0, {}, 0, "omeprazole", "pantoprazole", (), 0, 0, MADE_UP
        ),
        laxative=LaxativeCover("docusate-senna", 0, 0, (), MADE_UP),
        advice=Advice(said("Call 111."), (), ()),
        plan_review=ReviewRule((), None, None, "", MADE_UP),
    )


def dose(at: str | None, mg: str, product: str, units: str = "1", advice: str = "") -> Dose:
    """One dose of some units of one product."""
    minute = None if at is None else parse_clock(at)
    parts = (ProductUnits(product, Decimal(units)),)
    return Dose(minute, None, Decimal(mg), parts, advice)


def step(days: Days, *doses: Dose, conditional: bool = False) -> Step:
    """A step with timed doses."""
    return Step(
        phase=Phase.TITRATION if conditional else Phase.FIXED,
        days=days,
        daily_mg=sum((d.mg for d in doses), Decimal(0)),
        conditional=conditional,
        when_required=False,
        max_daily_mg=None,
        min_interval_hours=None,
        asked_percent=None,
        actual_percent=None,
        doses=doses,
    )


def when_required(days: Days, one: Dose, most: str, gap: str) -> Step:
    """A step taken only when needed."""
    return replace(
        step(days, one),
        when_required=True,
        daily_mg=Decimal(most),
        max_daily_mg=Decimal(most),
        min_interval_hours=Decimal(gap),
    )


def course(
    medicine: str, *steps: Step, ends_in: EndsIn = EndsIn.STOP, name: str | None = None
) -> Course:
    """A prescribed course of those steps."""
    return Course(medicine, name, "regular", Role.PRESCRIBED, (), ends_in, steps)


def regular(
    medicine: str, strength: str, times: Sequence[str], days: int, first: date = START
) -> Course:
    """One tablet at each of those times on every day."""
    product = f"{medicine}-tablet-{strength}"
    doses = (dose(at, strength, product) for at in times)
    return course(medicine, step(Days.lasting(first, days), *doses))


def titration(*daily_mg: str, step_days: int = 7, at: str = "20:30") -> Course:
    """Amitriptyline stepped up at bedtime, each step but the first only if agreed."""
    steps = []
    for n, mg in enumerate(daily_mg):
        first = date.fromordinal(START.toordinal() + n * step_days)
        advice = "Only if you agreed to go up. Swallow whole." if n else "Swallow whole."
        one = dose(at, mg, "amitriptyline-tablet-10", str(Decimal(mg) / 10), advice)
        steps.append(step(Days.lasting(first, step_days), one, conditional=n > 0))
    return course("amitriptyline", *steps, ends_in=EndsIn.REVIEW)


def plan(*courses: Course, zone: str = "Pacific/Auckland") -> Plan:
    """A plan of those courses and nothing besides."""
    products = {
        part.product: PlanProduct(
            part.product, c.medicine, (), halves=False, measure_ml=None, declared=False
        )
        for c in courses
        for s in c.steps
        for d in s.doses
        for part in d.products
    }
    return Plan(
        formulary=FormularyRef("NZ", "sha256:made-up", "draft"),
        indication="acute-low-back-pain",
        start=min((c.days.first for c in courses), default=START),
        end=max((c.days.last for c in courses), default=START),
        time_zone=zone,
        facts=LimitFacts(50, None, None, ()),
        products=tuple(products.values()),
        issuable=True,
        findings=(),
        courses=courses,
        reviews=(),
        decisions=(),
        checks=(),
        stops=(),
        supply=(),
        opioid_load=(),
        proof=(),
        self_care=(),
        red_flags=(),
        emergency="Call 111.",
        sources=(),
    )


def _medicine(key: str, name: str) -> Medicine:
    rows: Mapping[str, tuple[()]] = dict.fromkeys(
        ("classes", "products", "limits", "regimens", "tapers", "durations"), ()
    )
    return Medicine(
        id=key,
        name=name,
        jurisdiction="NZ",
        ingredients=(key,),
        status="draft",
        signature=None,
        codes=Codes(),
        purpose=said("For pain."),
        advice=said("Take with food."),
        missed_dose=said("Leave it out."),
        driving=None,
        alcohol=None,
        timing=None,
        titration=None,
        taper_pace=None,
        review=None,
        caution=None,
        **rows,
    )
