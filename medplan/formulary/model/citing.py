"""Where every number and sentence comes from."""

from dataclasses import dataclass

from medplan.formulary.model.words import Evidence


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of the bibliography. `evidence` is the best grade a row citing it may claim."""

    id: str
    title: str
    publisher: str
    jurisdiction: str
    address: str
    year: str | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Citation:
    """Where one row's numbers come from: `source` is `id` or `id#section`."""

    source: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Sentence:
    """A cited sentence for the patient or the prescriber."""

    text: str
    citation: Citation
