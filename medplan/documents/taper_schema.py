"""The shape of a taper in a request: stages, or one bare stage (contract section 4)."""

from collections.abc import Iterator

from marshmallow import ValidationError, post_load, validates_schema
from typing_extensions import override

from medplan.documents.faults import MISSING, NOT_AN_OBJECT, Fault
from medplan.documents.fields import Amount, Strict, Whole, Word
from medplan.documents.shapes import (
    MOST_DAYS,
    MOST_MG,
    Loaded,
    Many,
    Object,
    SlotOrder,
    StrictSchema,
)
from medplan.formulary.model import Basis, Stage
from medplan.model.request import TaperRequest

_MOST_STAGES = 20
_NOT_BOTH = Fault("contradiction", "milligrams or a percentage, not both")
_NOT_LAST = Fault("contradiction", "the last stage runs to the end and has no until")


class StageSchema(StrictSchema):
    """One stretch of a taper with a cut every so many days."""

    every_days = Whole(1, MOST_DAYS, required=True)
    reduce_mg = Amount(MOST_MG)
    reduce_percent = Amount(100)
    basis = Word(*Basis)
    until_mg = Amount(MOST_MG)
    until_percent = Amount(100)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def check_cut(self, _read: object, written: object, **_options: object) -> None:
        """A cut is so many milligrams, or a percentage of something."""
        faults = dict(_cut_faults(_given(written)))
        if faults:
            raise ValidationError(faults)

    @post_load
    def make(self, read: Loaded, **_options: object) -> Stage | TaperRequest:
        """The stage as a value."""
        return _stage(read)


class TaperSchema(StrictSchema):
    """Stages in order, each but the last with where it ends."""

    stages = Many(Object(StageSchema, required=True), 1, _MOST_STAGES, required=True)
    slot_order = SlotOrder()
    floor_mg = Amount(MOST_MG)
    ends_in = Word("stop", "review")

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def check_ends(self, _read: object, written: object, **_options: object) -> None:
        """Every stage but the last says where it ends; the last one doesn't."""
        stages = written.get("stages") if isinstance(written, dict) else None
        if not isinstance(stages, list):
            return
        faults: dict[int, object] = {}
        for n, stage in enumerate(stages):
            found = dict(_until_faults(_given(stage), last=n == len(stages) - 1))
            if found and isinstance(stage, dict):
                faults[n] = found
        if faults:
            raise ValidationError({"stages": faults})

    @post_load
    def make(self, read: Loaded, **_options: object) -> TaperRequest:
        """The taper as a value."""
        return _taper(read, tuple(read["stages"]))


class BareTaperSchema(StageSchema):
    """One stage that stands for the whole taper."""

    slot_order = SlotOrder()
    floor_mg = Amount(MOST_MG)
    ends_in = Word("stop", "review")

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def check_end(self, _read: object, written: object, **_options: object) -> None:
        """The only stage is the last one."""
        faults = dict(_until_faults(_given(written), last=True))
        if faults:
            raise ValidationError(faults)

    @override
    @post_load
    def make(self, read: Loaded, **_options: object) -> TaperRequest:
        """The taper as a value."""
        return _taper(read, (_stage(read),))


class Taper(Strict[TaperRequest]):
    """A taper, written in full or as a bare stage."""

    def __init__(self) -> None:
        super().__init__(type="object")
        self._full, self._bare = TaperSchema(), BareTaperSchema()

    @override
    def read(self, value: object) -> TaperRequest:
        if not isinstance(value, dict):
            raise ValidationError(NOT_AN_OBJECT)
        schema = self._full if "stages" in value else self._bare
        taper: TaperRequest = schema.load(value)
        return taper


def _given(written: object) -> frozenset[str]:
    """The keys that say something; null says nothing."""
    if not isinstance(written, dict):
        return frozenset()
    return frozenset(key for key, value in written.items() if value is not None)


def _cut_faults(given: frozenset[str]) -> Iterator[tuple[str, object]]:
    if {"reduce_mg", "reduce_percent"} <= given:
        yield "reduce_percent", [_NOT_BOTH]
    elif "reduce_percent" in given and "basis" not in given:
        yield "basis", [MISSING]
    elif "reduce_mg" in given and "basis" in given:
        yield "basis", [Fault("contradiction", "only a percentage has a basis")]
    elif not {"reduce_mg", "reduce_percent"} & given:
        yield "_schema", [Fault("missing", "reduce_mg or reduce_percent is needed")]


def _until_faults(given: frozenset[str], *, last: bool) -> Iterator[tuple[str, object]]:
    ends = sorted(given & {"until_mg", "until_percent"})
    if last:
        yield from ((until, [_NOT_LAST]) for until in ends)
    elif not ends:
        yield (
            "_schema",
            [Fault("missing", "until_mg or until_percent is needed before a next stage")],
        )
    elif len(ends) > 1:
        yield "until_percent", [_NOT_BOTH]


def _stage(read: Loaded) -> Stage:
    basis = read.get("basis")
    return Stage(
        every_days=read["every_days"],
        reduce_mg=read.get("reduce_mg"),
        reduce_percent=read.get("reduce_percent"),
        basis=Basis(basis) if basis else None,
        until_mg=read.get("until_mg"),
        until_percent=read.get("until_percent"),
    )


def _taper(read: Loaded, stages: tuple[Stage, ...]) -> TaperRequest:
    return TaperRequest(
        stages=stages,
        slot_order=read.get("slot_order"),
        floor_mg=read.get("floor_mg"),
        ends_in=read.get("ends_in"),
    )
