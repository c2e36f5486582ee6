"""A formulary of a few medicines for the proof's tests. Its numbers are invented."""

from datetime import date
from decimal import Decimal

from medplan.formulary.model import (
    EVERYONE,
    Advice,
    Citation,
    Codes,
    Duration,
    Evidence,
    FindingKind,
    Form,
    Formulary,
    Gastroprotection,
    LaxativeCover,
    Limit,
    LimitKind,
    Medicine,
    OpioidFactor,
    PatientGroup,
    Product,
    Release,
    ReviewRule,
    Sentence,
    Severity,
    Vocabulary,
)

MONDAY = date(2026, 11, 23)
SOURCE = Citation("invented", Evidence.DECISION)
SENTENCE = Sentence("Invented.", SOURCE)


def product(
    medicine: str,
    form: Form,
    *strengths: str,
    ingredients: tuple[str, ...] = (),
    halves: bool = False,
    measure_ml: str | None = None,
) -> Product:
    """A product named by what it is."""
    amounts = tuple(Decimal(strength) for strength in strengths)
    return Product(
        id=f"{medicine}-{form}-{'-'.join(strengths)}",
        medicine=medicine,
        form=form,
        strength_mg=amounts[0],
        contains=dict(zip(ingredients or (medicine,), amounts, strict=True)),
        halves=halves,
        measure_ml=None if measure_ml is None else Decimal(measure_ml),
        citation=SOURCE,
    )


def limit(
    row_id: str,
    kind: LimitKind,
    value: str,
    *,
    severity: Severity = Severity.BLOCK,
    group: PatientGroup = EVERYONE,
    release: Release | None = None,
    regimens: tuple[str, ...] = (),
    dose_count: int | None = None,
    finding_kind: FindingKind = FindingKind.LIMIT,
) -> Limit:
    """A limit; for everyone, on every dose, and blocking, unless said otherwise."""
    return Limit(
        id=row_id,
        kind=kind,
        value=Decimal(value),
        severity=severity,
        group=group,
        release=release,
        regimens=regimens,
        dose_count=dose_count,
        finding_kind=finding_kind,
        note="Invented.",
        suggestion=None,
        citation=SOURCE,
    )


def duration(row_id: str, over_days: int, *, when_required: bool | None = None) -> Duration:
    """A duration row that blocks."""
    return Duration(
        id=row_id,
        over_days=over_days,
        severity=Severity.BLOCK,
        kind=FindingKind.DURATION,
        when_required=when_required,
        text="Invented.",
        suggestion=None,
        citation=SOURCE,
    )


def medicine(
    medicine_id: str,
    classes: tuple[str, ...],
    products: tuple[Product, ...],
    limits: tuple[Limit, ...] = (),
    *,
    ingredients: tuple[str, ...] = (),
    durations: tuple[Duration, ...] = (),
) -> Medicine:
    """A medicine with what a proof reads of it."""
    return Medicine(
        id=medicine_id,
        name=medicine_id.capitalize(),
        jurisdiction="NZ",
        classes=classes,
        ingredients=ingredients or (medicine_id,),
        status="draft",
        signature=None,
        codes=Codes(),
        purpose=SENTENCE,
        advice=SENTENCE,
        missed_dose=SENTENCE,
        driving=None,
        alcohol=None,
        timing=None,
        products=products,
        limits=limits,
        regimens=(),
        titration=None,
        tapers=(),
        taper_pace=None,
        durations=durations,
        review=None,
    )


_DAILY, _SINGLE = LimitKind.MAX_DAILY_MG, LimitKind.MAX_SINGLE_MG
_GAP, _DOSES = LimitKind.MIN_INTERVAL_HOURS, LimitKind.MAX_DOSES_PER_DAY
_LIGHT = PatientGroup(weight_below_kg=Decimal(50))

PARACETAMOL = medicine(
    "paracetamol",
    ("analgesic",),
    (
        product("paracetamol", Form.TABLET, "500", halves=True),
        product("paracetamol", Form.LIQUID, "50", measure_ml="2.5"),
    ),
    (
        limit("paracetamol-daily", _DAILY, "4000"),
        limit("paracetamol-light-daily", _DAILY, "2000", group=_LIGHT),
        limit("paracetamol-per-kg", LimitKind.MAX_DAILY_MG_PER_KG, "60"),
        limit("paracetamol-single", _SINGLE, "1000", release=Release.IMMEDIATE),
        limit("paracetamol-gap", _GAP, "4", finding_kind=FindingKind.INTERVAL),
        limit("paracetamol-doses", _DOSES, "4", severity=Severity.WARN),
    ),
)
PARACETAMOL_CODEINE = medicine(
    "paracetamol-codeine",
    ("opioid", "analgesic"),
    (
        product(
            "paracetamol-codeine", Form.TABLET, "500", "8", ingredients=("paracetamol", "codeine")
        ),
    ),
    (limit("paracetamol-codeine-gap", _GAP, "6"),),
    ingredients=("paracetamol", "codeine"),
)
CODEINE = medicine(
    "codeine",
    ("opioid",),
    (product("codeine", Form.TABLET, "30"),),
    (limit("codeine-daily", _DAILY, "240"), limit("codeine-gap", _GAP, "4")),
    durations=(duration("codeine-over-28-days", 28),),
)
MORPHINE = medicine(
    "morphine",
    ("opioid",),
    (
        product("morphine", Form.TABLET, "10", halves=True),
        product("morphine", Form.MR_TABLET, "15"),
        product("morphine", Form.LIQUID, "2", measure_ml="1"),
    ),
    (
        limit("morphine-daily", _DAILY, "120"),
        limit("morphine-gap", _GAP, "4", release=Release.IMMEDIATE),
        limit("morphine-modified-gap", _GAP, "8", release=Release.MODIFIED),
    ),
    durations=(duration("morphine-over-28-days", 28, when_required=False),),
)
NAPROXEN = medicine(
    "naproxen",
    ("nsaid",),
    (product("naproxen", Form.TABLET, "250"), product("naproxen", Form.TABLET, "500")),
    (
        limit("naproxen-daily", _DAILY, "1000"),
        limit("naproxen-gap-twice", _GAP, "12", dose_count=2),
        limit("naproxen-gap", _GAP, "6"),
    ),
)
OMEPRAZOLE = medicine("omeprazole", ("ppi",), (product("omeprazole", Form.EC_CAPSULE, "20"),))
LAXATIVE = medicine(
    "docusate-senna",
    ("laxative",),
    (product("docusate-senna", Form.TABLET, "50", "8", ingredients=("docusate", "senna")),),
    ingredients=("docusate", "senna"),
)
AMITRIPTYLINE = medicine(
    "amitriptyline",
    ("tca",),
    (product("amitriptyline", Form.TABLET, "10"),),
    (
        limit("amitriptyline-daily", _DAILY, "75"),
        limit(
            "amitriptyline-older",
            _DAILY,
            "20",
            severity=Severity.WARN,
            group=PatientGroup(age_from=66),
            finding_kind=FindingKind.AGE,
        ),
        limit(
            "amitriptyline-heart",
            _DAILY,
            "20",
            severity=Severity.MAJOR,
            group=PatientGroup(conditions=("heart_block", "arrhythmia")),
        ),
    ),
)
MEDICINES = (
    PARACETAMOL,
    PARACETAMOL_CODEINE,
    CODEINE,
    MORPHINE,
    NAPROXEN,
    OMEPRAZOLE,
    LAXATIVE,
    AMITRIPTYLINE,
)


def _factor(opioid: str, authority: str, value: str) -> OpioidFactor:
    return OpioidFactor(opioid, authority, Decimal(value), borrowed=False, citation=SOURCE)


FORMULARY = Formulary(
    jurisdiction="NZ",
    version="sha256:invented",
    status="draft",
    medicines={entry.id: entry for entry in MEDICINES},
    rules=(),
    checks=(),
    co_medicines={},
    vocabulary=Vocabulary((), (), (), (), ()),
    sources={},
    opioid_factors=(
        _factor("codeine", "CDC2022", "0.15"),
        _factor("codeine", "BNF", "0.1"),
        _factor("morphine", "CDC2022", "1"),
    ),
    load_authority="CDC2022",
    load_thresholds=(),
    gastroprotection=Gastroprotection(
        (), 28, {}, 2, "omeprazole", "pantoprazole", (), 56, 14, SOURCE
    ),
    laxative=LaxativeCover("docusate-senna", 1, 1, (), SOURCE),
    advice=Advice(SENTENCE, (), ()),
    plan_review=ReviewRule((42,), None, None, "Invented.", SOURCE),
)
