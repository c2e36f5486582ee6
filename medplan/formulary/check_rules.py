"""Whether rules and side-effect checks name only what exists, in words that can be filled in.

A rule may name a medicine that only the other jurisdiction has; it then simply never fires here.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from string import Formatter

from medplan.formulary.check_groups import group_faults, unknown_words
from medplan.formulary.check_medicine import repeated_ids
from medplan.formulary.files import Steps
from medplan.formulary.model import CheckRule, CheckTime, MissingFact, Rule, Vocabulary
from medplan.formulary.places import Fault
from medplan.formulary.schema_rules import PlacedRule

Found = Iterator[tuple[Steps, str]]
ANY = "any"
CLASS_PREFIX = "class:"
_RULE_WORDS = frozenset({"medicine", "with"})
_RECURRING = frozenset({CheckTime.DURING})


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Every name that a rule may use; None where a broken file leaves that open.

    `medicines` are those of any jurisdiction, `carried_classes` and `regimens` this one's.
    """

    medicines: Collection[str]
    carried_classes: Collection[str] | None
    regimens: Collection[str] | None
    co_medicines: Collection[str] | None
    vocabulary: Vocabulary | None


def rule_faults(
    rules: Sequence[PlacedRule], jurisdiction: str, known: KnownNames
) -> Iterator[Fault]:
    """Everything a rule says that nobody can act on."""
    found = list(repeated_ids("rule", [placed.rule.id for placed in rules]))
    for placed in rules:
        found += _rule(placed.rule, known)
        if not placed.jurisdictions or jurisdiction in placed.jurisdictions:
            found += _medicines(placed.rule.medicines, known, ("rule", placed.rule.id))
    return (Fault("rules", steps, detail) for steps, detail in found)


def check_faults(checks: Sequence[CheckRule], known: KnownNames) -> Iterator[Fault]:
    """Everything wrong with the side-effect checks."""
    found = list(repeated_ids("check", [check.id for check in checks]))
    for check in checks:
        steps = ("check", check.id)
        found += _medicines(check.medicines, known, steps)
        found += _check_days(check, steps)
    return (Fault("checks", steps, detail) for steps, detail in found)


def missing_fact_faults(rows: Sequence[MissingFact], known: KnownNames) -> Iterator[Fault]:
    """Everything wrong with the rows on unknown facts."""
    for index, row in enumerate(rows):
        steps = ("missing_fact", index)
        for place, detail in _medicines(row.medicines, known, steps):
            yield Fault("missing_facts", place, detail)
        for place, detail in group_faults(row.group, known.vocabulary, (*steps, "group")):
            yield Fault("missing_facts", place, detail)


def named_things(names: Sequence[str], known: KnownNames, steps: Steps) -> Found:
    """Names of co-medicines, of our medicines or of classes that nobody knows."""
    plain = [name for name in names if not name.startswith(CLASS_PREFIX)]
    if known.co_medicines is not None:
        everything = {*known.co_medicines, *known.medicines}
        yield from unknown_words(plain, everything, steps, "medicines and co-medicines")
    if known.vocabulary is not None:
        classes = [name.removeprefix(CLASS_PREFIX) for name in names if name not in plain]
        where = "classes of the vocabulary"
        yield from unknown_words(classes, known.vocabulary.classes, steps, where)


def _rule(rule: Rule, known: KnownNames) -> Found:
    steps = ("rule", rule.id)
    yield from named_things(rule.takes, known, (*steps, "takes"))
    yield from group_faults(rule.group, known.vocabulary, (*steps, "group"))
    if known.regimens is not None:
        where = "regimens of any medicine"
        yield from unknown_words(rule.regimens, known.regimens, (*steps, "regimens"), where)
    if known.vocabulary is not None:
        words, where = known.vocabulary.indications, "indications of the vocabulary"
        yield from unknown_words(rule.indications, words, (*steps, "indications"), where)
    for key, text in (("text", rule.text), ("suggestion", rule.suggestion)):
        if text is not None:
            yield from _blanks(rule, text, (*steps, key))
    if rule.washout_days is not None and not (rule.takes or rule.check):
        yield (*steps, "washout_days"), "has nothing to wait for without takes or check"


def _blanks(rule: Rule, text: str, steps: Steps) -> Found:
    """Blanks of a text that the core can't fill in."""
    try:
        blanks = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        yield steps, f"has a stray brace: {error}"
        return
    for blank in sorted(blanks - _RULE_WORDS):
        yield steps, f"has the blank {{{blank}}}; only {{medicine}} and {{with}} are filled in"
    if "with" in blanks and not (rule.takes or rule.check):
        yield steps, "says {with} in a rule without takes"


def _medicines(names: Sequence[str], known: KnownNames, steps: Steps) -> Found:
    at = (*steps, "medicines")
    plain = [name for name in names if not name.startswith(CLASS_PREFIX) and name != ANY]
    yield from unknown_words(plain, known.medicines, at, "medicines")
    classes = [name.removeprefix(CLASS_PREFIX) for name in names if name.startswith(CLASS_PREFIX)]
    if known.carried_classes is not None:
        yield from unknown_words(classes, known.carried_classes, at, "classes of any medicine")


def _check_days(check: CheckRule, steps: Steps) -> Found:
    if check.then_every is not None and check.when not in _RECURRING:
        yield (*steps, "then_every"), "is for checks during a course only"
    if check.when is not CheckTime.AFTER_STOP and 0 in check.days:
        yield (*steps, "days"), "count from day 1; only after-stop has a day 0"
    if list(check.days) != sorted(check.days):
        yield (*steps, "days"), "don't rise"
    if not check.items:
        yield (*steps, "item"), "has nothing to look out for"
