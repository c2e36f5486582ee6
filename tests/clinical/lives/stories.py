"""What is asked for, and what is then done to it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from medplan.formulary.model import Basis
from medplan.model.acts import (
    Amend,
    Choice,
    Decide,
    Hold,
    Resume,
    Resync,
    Stop,
    StopTaper,
)
from medplan.model.request import (
    CourseRequest,
    TaperRequest,
    WrittenStep,
)
from medplan.units import Slot
from tests.clinical.lives.amended_stories import AMENDED
from tests.clinical.lives.prescribed import (
    AMITRIPTYLINE,
    BURDENED,
    CODEINE,
    FORCED,
    GABAPENTIN,
    LATE,
    MORPHINE,
    NAPROXEN,
    NOTHING_KNOWN,
    OLD,
    PARACETAMOL,
    PHENELZINE,
    PREDNISOLONE,
    TABLE,
    day,
    listed,
    mg_each,
    percent_each,
)
from tests.clinical.lives.story import Story
from tests.clinical.requesting import WELL, asked, slots

STORIES: Mapping[str, Story] = {
    **AMENDED,
    "titration": Story(
        "A titration is answered late, not at all, with yes and with no, and is stopped",
        asked(AMITRIPTYLINE),
        (
            Decide(day(7), "amitriptyline", Choice.INCREASE),
            Decide(day(10), "amitriptyline", Choice.INCREASE),
            Decide(day(17), "amitriptyline", Choice.STAY),
            Decide(day(24), "amitriptyline", Choice.INCREASE),
            Decide(day(60), "amitriptyline", Choice.STEP_BACK),
            Decide(day(61), "amitriptyline", Choice.STOP),
            Stop(day(80), "amitriptyline"),
        ),
    ),
    "titration-by-slots": Story(
        "A titration over three slots is held, gone back from, and taken with missed days",
        replace(asked(GABAPENTIN, jurisdiction="GB", indication="sciatica"), routine=LATE),
        (
            Decide(day(2), "gabapentin", Choice.INCREASE),
            Hold(day(2), 5),
            Resume(day(4)),
            Decide(day(4), "gabapentin", Choice.INCREASE),
            Decide(day(12), "gabapentin", Choice.INCREASE),
            Resume(day(14), missed_days=3),
            Resync(day(20), "gabapentin", slots(morning="100", evening="300")),
            Stop(day(30), None),
        ),
    ),
    "forced-taper": Story(
        "A taper whose steps are forced is held, resumed, re-synced, stopped and begun again",
        asked(FORCED, PARACETAMOL),
        (
            Hold(day(9), 5),
            Resume(day(11), "morphine"),
            Resync(day(12), "morphine", Decimal(10)),
            Resync(day(12), "morphine", Decimal(0)),
            Amend(
                day(25),
                asked(FORCED, replace(FORCED, first_day=day(25)), replace(PARACETAMOL, days=45)),
            ),
            Stop(day(26), "paracetamol"),
        ),
    ),
    "taper": Story(
        "A taper by percent goes on from less, is stopped on the way, and is amended",
        asked(MORPHINE, PARACETAMOL),
        (
            Resync(day(10), "morphine", slots(morning="30", evening="50")),
            Hold(day(16), 3, "morphine"),
            Resume(day(18), "morphine", missed_days=2),
            Resume(day(19), "morphine", missed_days=7),
            Stop(day(30), "morphine"),
            Amend(day(33), asked(MORPHINE, replace(PARACETAMOL, dose_mg=Decimal(500)))),
            Stop(day(34), "morphine", StopTaper.NONE),
        ),
    ),
    "own-taper": Story(
        "A taper by the formulary's own rule, and one to a floor by an order of its own",
        asked(
            CourseRequest(
                "tramadol",
                "taper",
                products=listed("tramadol-mr-tablet-50", "tramadol-mr-tablet-100"),
                current=slots(morning="150", evening="200"),
                used_days=90,
            ),
            CourseRequest(
                "gabapentin",
                "taper",
                first_day=day(5),
                current=slots(morning="600", noon="300", bedtime="600"),
                used_days=500,
                taper=TaperRequest(
                    (mg_each(7, "300", "900"), percent_each(14, "25", Basis.CURRENT)),
                    slot_order=(Slot.BEDTIME, Slot.NOON),
                    floor_mg=Decimal(400),
                    ends_in="stop",
                ),
            ),
        ),
        (Resync(day(8), "gabapentin", Decimal(900)), Hold(day(9), 729, "tramadol")),
    ),
    "not-makeable": Story(
        "Courses that no tablets make, or that run too long, are told in full and not issued",
        asked(
            CourseRequest(
                "diazepam",
                "taper",
                current=slots(bedtime="2"),
                used_days=100,
                taper=TaperRequest((mg_each(7, "1"),), floor_mg=Decimal(1)),
            ),
            CourseRequest(
                "pregabalin",
                "taper",
                current=slots(bedtime="150"),
                used_days=100,
                taper=TaperRequest((mg_each(731, "75"),)),
            ),
            replace(
                GABAPENTIN, start_mg=Decimal(300), step_mg=Decimal(150), target_mg=Decimal(900)
            ),
            replace(PARACETAMOL, days=3, dose_mg=Decimal(400)),
            CourseRequest("omeprazole", "regular", days=731),
            replace(AMITRIPTYLINE, medicine="nortriptyline", days=731),
            replace(TABLE, medicine="celecoxib", steps=(WrittenStep(731, slots(noon="100")),)),
        ),
    ),
    "short-opioid": Story(
        "A short opioid comes down by itself from what is really taken, its laxative with it",
        asked(CODEINE, NAPROXEN, patient=OLD, indication="acute_injury"),
        (
            Resync(day(4), "codeine", slots(morning="15", noon="30", evening="30", bedtime="15")),
            Amend(day(6), asked(replace(CODEINE, days=12), NAPROXEN, patient=OLD)),
            Stop(day(9), "naproxen"),
            Stop(day(9), "codeine", StopTaper.NONE),
        ),
    ),
    "table": Story(
        "A written table is taken at less than one row, then at less than a later one",
        asked(TABLE, CODEINE, jurisdiction="GB"),
        (
            Resync(day(3), "gabapentin", Decimal(900)),
            Resync(day(12), "gabapentin", slots(noon="300", evening="300")),
            Resync(day(20), "gabapentin", slots(evening="300")),
            Hold(day(21), 4, "gabapentin"),
        ),
    ),
    "unlisted": Story(
        "Medicines that the formulary lacks are known by their names",
        asked(PREDNISOLONE, PHENELZINE, CODEINE),
        (
            Hold(day(9), 2, "Prednisolone (Acme)"),
            Stop(day(12), "Moclobemide tablets"),
            Resync(day(6), "unlisted", Decimal(10)),
        ),
    ),
    "unknown": Story(
        "Of a patient of whom nothing is known each fact that matters is asked for",
        asked(
            NAPROXEN,
            replace(PARACETAMOL, regimen="when-required", every_hours=6),
            GABAPENTIN,
            replace(CODEINE, first_day=day(3), days=5),
            patient=NOTHING_KNOWN,
        ),
        (Stop(day(4), None),),
    ),
    "clocks": Story(
        "Clocks go forward among four doses a day, when the patient's own times are late",
        replace(
            asked(
                replace(
                    PARACETAMOL, days=9, slots=slots(morning="1000", noon="500", bedtime="1000")
                ),
                CourseRequest("tramadol", "when-required", days=9, max_daily_mg=Decimal(200)),
                CourseRequest("lansoprazole", "regular", days=9),
                start=date(2026, 9, 22),
            ),
            routine=LATE,
        ),
        (Stop(date(2026, 9, 25), "paracetamol"),),
    ),
    "packed": Story(
        "A pharmacy gives what is agreed, by week, until the law or a step ends the period",
        asked(
            replace(CODEINE, days=40, first_day=day(3)),
            replace(AMITRIPTYLINE, days=30),
            CourseRequest("ibuprofen", "when-required", first_day=day(6), days=5),
            CourseRequest("diazepam", "short-course", days=6, halves=True, dose_mg=Decimal(3)),
            replace(PREDNISOLONE, first_day=day(8)),
            jurisdiction="GB",
        ),
        at_the_counter=True,
    ),
    "forced-in-a-course": Story(
        "A course's own taper is forced, runs past the horizon, or stops as the bowel allows",
        asked(
            CourseRequest(
                "morphine",
                "short-course",
                days=8,
                dose_mg=Decimal(20),
                times_per_day=2,
                products=listed("morphine-tablet-20"),
            ),
            CourseRequest("oxycodone", "short-course", days=728, laxative="auto"),
            patient=replace(WELL, conditions=("bowel_obstruction",)),
        ),
    ),
    "answers": Story(
        "A decision is put off in the middle of a titration, and stepped back from at its first",
        asked(replace(AMITRIPTYLINE, days=60), replace(GABAPENTIN, days=30, step_days=4)),
        (
            Decide(day(10), "amitriptyline", Choice.STAY),
            Decide(day(10), "gabapentin", Choice.STEP_BACK),
            Decide(day(16), "amitriptyline", Choice.INCREASE),
            Decide(day(24), "amitriptyline", Choice.INCREASE),
            Decide(day(30), "amitriptyline", Choice.STAY),
            Hold(day(40), 30),
        ),
    ),
    "taking": Story(
        "What somebody takes already is named in each finding that it brings",
        asked(
            replace(NAPROXEN, days=5),
            CourseRequest("tramadol", "short-course", days=5),
            replace(AMITRIPTYLINE, medicine="nortriptyline", days=20),
            replace(CODEINE, days=3, first_day=day(4)),
            replace(PHENELZINE, first_day=day(26)),
            patient=BURDENED,
        ),
    ),
    "own-cover": Story(
        "A protector and a laxative that are prescribed are gone on with on the other days",
        asked(
            replace(NAPROXEN, days=20),
            replace(CODEINE, days=12),
            CourseRequest("pantoprazole", "regular", first_day=day(4), days=3),
            CourseRequest("pantoprazole", "regular", first_day=day(9), days=4),
            CourseRequest("senna", "regular", first_day=day(1), days=5),
            CourseRequest("omeprazole", "when-required", days=10),
            patient=replace(WELL, age_years=70),
        ),
        (Stop(day(6), "naproxen"),),
    ),
}
