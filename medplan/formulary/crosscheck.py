"""Every check of a formulary against itself, in one list.

What hangs on a file that couldn't be read is left unchecked, so that one broken file doesn't fill
the report with faults of others.
"""

from collections.abc import Iterator

from medplan.formulary.assemble import Whole
from medplan.formulary.check_commons import (
    co_medicine_faults,
    gastroprotection_faults,
    jurisdiction_faults,
    laxative_faults,
    load_faults,
    source_faults,
)
from medplan.formulary.check_medicine import BUILT_IN_REGIMENS, medicine_faults
from medplan.formulary.check_regimen import regimen_faults
from medplan.formulary.check_rules import (
    KnownNames,
    check_faults,
    missing_fact_faults,
    rule_faults,
)
from medplan.formulary.places import Fault


def all_faults(whole: Whole) -> Iterator[Fault]:
    """Everything in which the files contradict each other."""
    known = _known_names(whole)
    for medicine in whole.medicines.values():
        yield from medicine_faults(medicine, whole.vocabulary)
        yield from regimen_faults(medicine, whole.medicines)
    yield from source_faults(whole.sources)
    yield from rule_faults(whole.rules, whole.jurisdiction, known)
    yield from check_faults(whole.checks, known)
    yield from missing_fact_faults(whole.missing_facts, known)
    yield from co_medicine_faults(whole.co_medicines or (), known)
    yield from _cover_and_load(whole, known)


def _cover_and_load(whole: Whole, known: KnownNames) -> Iterator[Fault]:
    if whole.load:
        yield from load_faults(whole.load, whole.medicines)
    if whole.gastroprotection:
        yield from gastroprotection_faults(whole.gastroprotection, known)
    if whole.laxative:
        yield from laxative_faults(whole.laxative, known)
    if whole.choices:
        yield from jurisdiction_faults(whole.choices, whole.medicines, whole.present)


def _known_names(whole: Whole) -> KnownNames:
    medicines = whole.medicines.values()
    all_read = len(whole.medicines) == len(whole.present)
    classes = {name for medicine in medicines for name in medicine.classes}
    regimens = {row.id for medicine in medicines for row in medicine.regimens}
    names = None if whole.co_medicines is None else {row.name for row in whole.co_medicines}
    return KnownNames(
        medicines=whole.named,
        carried_classes=classes if all_read else None,
        regimens=regimens | BUILT_IN_REGIMENS if all_read else None,
        co_medicines=names,
        vocabulary=whole.vocabulary,
    )
