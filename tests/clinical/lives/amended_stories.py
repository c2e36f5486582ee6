"""Plans whose request is changed while they are in force."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from medplan.model.acts import (
    Amend,
    Choice,
    Decide,
    Hold,
    Stop,
)
from medplan.model.request import (
    CourseRequest,
)
from tests.clinical.lives.prescribed import (
    AMITRIPTYLINE,
    CODEINE,
    GABAPENTIN,
    IBUPROFEN_LATER,
    MORPHINE,
    NAPROXEN,
    PARACETAMOL,
    PREDNISOLONE,
    PROTECTED,
    SLOWLY,
    TABLE,
    TWO_STEPS,
    UNPROTECTED,
    day,
)
from tests.clinical.lives.story import Story
from tests.clinical.requesting import asked, slots

AMENDED: Mapping[str, Story] = {
    "cover": Story(
        "A stomach is protected from the day on which it is asked for, and no longer than that",
        asked(replace(NAPROXEN, days=14), replace(CODEINE, days=5, laxative="none")),
        (
            Amend(day(3), asked(PROTECTED, replace(CODEINE, days=5))),
            Amend(day(4), asked(UNPROTECTED, replace(CODEINE, days=5, laxative="none"))),
            Amend(day(6), asked(UNPROTECTED, replace(PARACETAMOL, days=3))),
            Amend(day(9), asked(replace(PROTECTED, days=20, gastroprotection="pantoprazole"))),
        ),
    ),
    "amended": Story(
        "A request is changed before, on and after the days of its courses",
        asked(
            replace(PARACETAMOL, days=5),
            AMITRIPTYLINE,
            CourseRequest("ibuprofen", "when-required", first_day=day(10), days=10),
        ),
        (
            Decide(day(8), "amitriptyline", Choice.INCREASE),
            Amend(
                day(12),
                asked(
                    replace(PARACETAMOL, days=30),
                    replace(AMITRIPTYLINE, target_mg=Decimal(20), days=50),
                    CourseRequest("ibuprofen", "regular", first_day=day(15), days=10),
                ),
            ),
            Amend(
                day(12),
                asked(
                    replace(PARACETAMOL, days=5),
                    replace(AMITRIPTYLINE, target_mg=Decimal(20), days=50),
                    CourseRequest("ibuprofen", "regular", first_day=day(15), days=10),
                ),
            ),
            Amend(day(70), asked(AMITRIPTYLINE)),
        ),
    ),
    "amended-on-the-way": Story(
        "Courses of every kind are asked for otherwise while they are taken",
        asked(
            replace(CODEINE, days=5),
            CourseRequest("ibuprofen", "regular", days=5),
            IBUPROFEN_LATER,
            replace(GABAPENTIN, days=30),
            replace(MORPHINE, first_day=day(2)),
            PREDNISOLONE,
            AMITRIPTYLINE,
        ),
        (
            Decide(day(8), "gabapentin", Choice.INCREASE),
            Decide(day(9), "amitriptyline", Choice.INCREASE),
            Amend(
                day(12),
                asked(
                    replace(CODEINE, days=5),
                    CourseRequest("ibuprofen", "regular", days=5),
                    CourseRequest(
                        "ibuprofen", "regular", first_day=day(10), days=10, times_per_day=2
                    ),
                    replace(GABAPENTIN, days=40, target_mg=Decimal(900)),
                    replace(MORPHINE, first_day=day(2), taper=SLOWLY, current=slots(evening="100")),
                    replace(PREDNISOLONE, ends_in="review"),
                    replace(TABLE, medicine="amitriptyline", steps=TWO_STEPS),
                ),
            ),
        ),
    ),
    "prolonged": Story(
        "A course that just ended goes on, one that is cut short comes down, one begins anew",
        asked(
            replace(CODEINE, days=3),
            CourseRequest("tramadol", "short-course", days=14),
            replace(NAPROXEN, days=3),
            TABLE,
        ),
        (
            Amend(
                day(4),
                asked(
                    replace(CODEINE, days=8),
                    CourseRequest("tramadol", "short-course", days=14),
                    replace(NAPROXEN, days=3, dose_mg=Decimal(500)),
                    TABLE,
                ),
            ),
            Amend(
                day(4),
                asked(
                    replace(CODEINE, days=8),
                    CourseRequest("tramadol", "short-course", days=14),
                    replace(NAPROXEN, days=3),
                    replace(NAPROXEN, days=3, dose_mg=Decimal(500)),
                    TABLE,
                ),
            ),
            Amend(
                day(9),
                asked(
                    CourseRequest("tramadol", "short-course", days=6),
                    replace(NAPROXEN, days=3),
                    replace(TABLE, steps=TABLE.steps and TABLE.steps[:2]),
                ),
            ),
            Hold(day(10), 5, "tramadol"),
            Stop(day(14), "gabapentin"),
        ),
    ),
}
