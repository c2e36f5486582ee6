"""The tables that every file of the formulary may hold: cited rows, sentences, groups, signatures.

A row's schema refuses keys it doesn't know and makes one frozen value. This module knows no
medicine and no rule.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from marshmallow import Schema, ValidationError, post_load

from medplan.formulary.model import (
    EVERYONE,
    Citation,
    Evidence,
    PatientGroup,
    ReviewRule,
    Sentence,
    Signature,
)
from medplan.formulary.schema_values import (
    amount,
    bound,
    count,
    day,
    flag,
    listed,
    needed,
    optional,
    pair,
    positive,
    several,
    string,
    table,
    word,
)

_MESSAGES = {"type": "is not a table", "unknown": "is an unknown key"}
_CITED = frozenset({"source", "evidence"})
_cite: Callable[..., Citation] = Citation


class Row(Schema):
    """A table: `makes` turns its keys into one frozen value."""

    makes: ClassVar[Callable[..., object]]
    error_messages = _MESSAGES

    @post_load
    def make(self, data: Mapping[str, object], **_: object) -> object:
        """The table's frozen value; `source` and `evidence` become its citation."""
        return type(self).makes(**_with_citation(data))


class CitedRow(Row):
    """A table with a source. The grade is the source's own unless the row says another.

    `citations.py` fills in the source's grade before a schema sees the row.
    """

    source = needed(string)
    evidence = optional(word(Evidence), default=Evidence.UNVERIFIED)


class SentenceRow(CitedRow):
    """`{ text = "…", source = "…" }`."""

    makes = Sentence
    text = needed(string)


class ReviewRow(CitedRow):
    """When to look again."""

    makes = ReviewRule
    days = listed(positive)
    then_every = optional(positive)
    last_day_up_to = optional(positive)
    text = needed(string)


class Sex(StrEnum):
    """What a group's `sex` may say."""

    FEMALE = "female"
    MALE = "male"


def _group(**bounds: object) -> PatientGroup:
    make: Callable[..., PatientGroup] = PatientGroup
    group = make(**bounds)
    if group == EVERYONE:
        raise ValidationError("bounds nothing; leave the group out to mean everyone")
    return group


class GroupRow(Row):
    """A box of patients; every key that is given must hold."""

    makes = _group
    age_from = bound(count)
    age_below = bound(positive)
    weight_from_kg = bound(amount)
    weight_below_kg = bound(amount)
    egfr_from = bound(count)
    egfr_below = bound(positive)
    pregnancy_from_week = bound(count)
    pregnancy_below_week = bound(positive)
    breastfeeding = bound(flag)
    smoker = bound(flag)
    alcohol_units_over = bound(count)
    pressure_over = pair(positive)
    sex = bound(word(Sex))
    conditions = several(string)
    allergies = several(string)
    red_flags = several(string)


class FileStatus(StrEnum):
    """Whether a pharmacist has signed a file."""

    DRAFT = "draft"
    SIGNED = "signed"


class SignatureRow(Row):
    """Who signed a file, when, and until when that holds."""

    makes = Signature
    by = needed(string)
    on = needed(day)
    due = needed(day)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHead:
    """What every file may open with; a file that says nothing is a draft."""

    status: FileStatus
    signed: Signature | None


class FileRow(Row):
    """A whole file."""

    status = optional(word(FileStatus), default=FileStatus.DRAFT)
    signed = table(SignatureRow)


def _with_citation(data: Mapping[str, object]) -> Mapping[str, object]:
    if not data.keys() >= _CITED:
        return data
    rest = {key: value for key, value in data.items() if key not in _CITED}
    return {**rest, "citation": _cite(source=data["source"], evidence=data["evidence"])}
