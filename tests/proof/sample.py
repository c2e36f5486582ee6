"""One plan with every kind of course in it, for the tests that plant a fault."""

from datetime import timedelta

from medplan.model.plan import EndsIn, Phase, Plan, Role
from tests.proof.formulary import MONDAY
from tests.proof.plans import course, dose, plan_of, step, tablets, when_required

PARACETAMOL, WHEN_REQUIRED, NAPROXEN, OMEPRAZOLE, MORPHINE, LAXATIVE, AMITRIPTYLINE = range(7)
FRIDAY = MONDAY + timedelta(4)
_GRAM = ("paracetamol-tablet-500", "2")
_MR = "morphine-mr-tablet-15"
_TCA = "amitriptyline-tablet-10"


def sample_plan() -> Plan:
    """Seven courses that hold together."""
    week = [MONDAY + timedelta(7 * n) for n in range(4)]
    return plan_of(
        course(
            "paracetamol",
            "regular",
            step(
                MONDAY, 4, *(dose(at, "1000", _GRAM) for at in ("07:00", "12:00", "17:00", "22:00"))
            ),
        ),
        course(
            "paracetamol",
            "when-required",
            when_required(FRIDAY, 3, dose(None, "1000", _GRAM), "4000", "4"),
        ),
        course(
            "naproxen",
            "twice-daily",
            step(
                MONDAY, 7, *(tablets(at, "naproxen-tablet-250", "1") for at in ("08:00", "20:00"))
            ),
        ),
        course(
            "omeprazole",
            "regular",
            step(MONDAY, 7, tablets("07:30", "omeprazole-ec-capsule-20", "1")),
            role=Role.GASTROPROTECTION,
            covers=("naproxen",),
        ),
        course(
            "morphine",
            "taper",
            step(
                week[0],
                7,
                tablets("08:00", _MR, "1"),
                tablets("20:00", _MR, "2"),
                phase=Phase.TAPER,
                percents=("25", "25"),
            ),
            step(
                week[1],
                7,
                tablets("08:00", _MR, "1"),
                tablets("20:00", _MR, "1"),
                phase=Phase.TAPER,
                percents=("25", "25"),
            ),
            step(week[2], 7, tablets("20:00", _MR, "1"), phase=Phase.TAPER, percents=("25", "25")),
        ),
        course(
            "docusate-senna",
            "regular",
            step(MONDAY, 22, dose("22:00", "100", ("docusate-senna-tablet-50-8", "2"))),
            role=Role.LAXATIVE,
            covers=("morphine",),
        ),
        course(
            "amitriptyline",
            "titration",
            *(
                step(week[n], 7, tablets("20:30", _TCA, str(n + 1)), phase=Phase.TITRATION)
                for n in range(3)
            ),
            step(week[3], 14, tablets("20:30", _TCA, "4"), phase=Phase.MAINTENANCE),
            ends_in=EndsIn.REVIEW,
        ),
    )
