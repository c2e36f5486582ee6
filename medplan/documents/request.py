"""From JSON text to a `PlanRequest`, or every reason at once why not.

Three readings of one text: is it JSON, has it the right shape (`request_schema`), and do its words
and courses mean something to the formulary (`clinical.resolve`). What one reading refuses the
next ones leave out, so that a fault is told once and hides no other.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

from marshmallow import ValidationError

from medplan.clinical.course import resolve
from medplan.documents.faults import problems_of
from medplan.documents.json_text import JsonValue, child, read_json, survey_json
from medplan.documents.request_schema import PlanRequestSchema
from medplan.documents.shapes import Loaded, frozen
from medplan.errors import InvalidRequestError, Problem
from medplan.formulary.model import Formulary, Vocabulary
from medplan.model.request import CourseRequest, PlanRequest

_MOST_PROBLEMS = 500
_SCHEMA = PlanRequestSchema()
_LISTS = ("conditions", "allergies", "red_flags")
_NOT_IN_LIST = "not in the vocabulary that formulary list --vocabulary shows"


def read_request(text: str | bytes, formularies: Mapping[str, Formulary]) -> PlanRequest:
    """The request that a JSON text makes; `formularies` are by jurisdiction.

    Raises:
        InvalidRequestError: every problem with its JSON Pointer; the sender is at fault.
    """
    document, broken = survey_json(text)
    return _read(document, broken, formularies)


def request_of(document: JsonValue, formularies: Mapping[str, Formulary]) -> PlanRequest:
    """The request that JSON values make; `formularies` are by jurisdiction.

    Raises:
        InvalidRequestError: every problem with its JSON Pointer; the sender is at fault.
    """
    return _read(document, (), formularies)


def read_kept_request(text: str) -> PlanRequest:
    """The request that was kept with a plan. It was checked against the formulary of its day; the
    words of today's may be others.

    Raises:
        InvalidRequestError: the text has not the shape of a request.
    """
    read, faults = _shape(read_json(text))
    if faults:
        raise InvalidRequestError(problems_of(faults))
    return _request(read)


def _read(
    document: JsonValue, broken: tuple[Problem, ...], formularies: Mapping[str, Formulary]
) -> PlanRequest:
    read, faults = _shape(document)
    problems = [*broken, *_beside({p.pointer for p in broken}, problems_of(faults))]
    found = {p.pointer for p in problems}
    formulary = formularies.get(read.get("jurisdiction", ""))
    if formulary is None and not _touches("/jurisdiction", found):
        problems.append(_no_such_jurisdiction(formularies))
    vocabulary = (formulary or next(iter(formularies.values()))).vocabulary
    problems += _beside(found, _word_problems(document, vocabulary))
    if formulary is not None:
        told = _course_problems(read, faults, formulary)
        problems += (p for p in told if not _touches(p.pointer, found))
    if problems:
        raise InvalidRequestError(_bounded(problems))
    return _request(read)


def _beside(found: Collection[str], problems: Iterable[Problem]) -> Iterator[Problem]:
    """The problems whose place has none yet."""
    return (p for p in problems if p.pointer not in found)


def _shape(document: JsonValue) -> tuple[Loaded, Mapping[str, object]]:
    """What the schema could read, and its messages about the rest."""
    try:
        read: Loaded = _SCHEMA.load(document)  # type: ignore[arg-type] # refuses what is no object
    except ValidationError as error:
        valid = error.valid_data if isinstance(error.valid_data, dict) else {}
        return valid, error.messages_dict
    return read, {}


def _request(read: Loaded) -> PlanRequest:
    given = {key: value for key, value in read.items() if value is not None}
    courses = tuple(_course(course) for course in given.pop("courses"))
    return PlanRequest(courses=courses, **frozen(given))


def _course(read: Loaded) -> CourseRequest:
    return CourseRequest(**{"medicine": "", "regimen": "", **frozen(read)})


def _no_such_jurisdiction(formularies: Mapping[str, Formulary]) -> Problem:
    return Problem("/jurisdiction", "not-in-list", f"one of {', '.join(sorted(formularies))}")


def _course_problems(
    read: Loaded, faults: Mapping[str, object], formulary: Formulary
) -> Iterator[Problem]:
    """What the formulary says of each course, as far as its fields could be read."""
    about = faults.get("courses")
    by_index = about if isinstance(about, Mapping) else {}
    start = read.get("start") or date.min
    for index, course in enumerate(read.get("courses") or ()):
        bad = by_index.get(index, ())
        kept = {key: value for key, value in (course or {}).items() if key not in bad}
        yield from resolve.course_problems(_course(kept), index, start, formulary)


def _touches(pointer: str, found: Iterable[str]) -> bool:
    """Whether a place with a problem already is this one, around it, or inside it."""
    return any(
        pointer == other or pointer.startswith(f"{other}/") or other.startswith(f"{pointer}/")
        for other in found
    )


def _word_problems(document: JsonValue, vocabulary: Vocabulary) -> Iterator[Problem]:
    """Words that must come from a closed list, looked at as they were written."""
    if not isinstance(document, dict):
        return
    indication = document.get("indication")
    if isinstance(indication, str) and indication not in vocabulary.indications:
        yield Problem("/indication", "not-in-list", f"one of {', '.join(vocabulary.indications)}")
    patient = document.get("patient")
    if isinstance(patient, dict):
        yield from _patient_word_problems(patient, vocabulary)


def _patient_word_problems(
    patient: Mapping[str, JsonValue], vocabulary: Vocabulary
) -> Iterator[Problem]:
    closed = (vocabulary.conditions, vocabulary.allergies, vocabulary.red_flags)
    for name, words in zip(_LISTS, closed, strict=True):
        for pointer, word in _texts(patient.get(name), f"/patient/{name}"):
            if word not in words:
                yield Problem(pointer, "not-in-list", _NOT_IN_LIST)
    for pointer, name in _texts(patient.get("medicines"), "/patient/medicines"):
        prefix, colon, word = name.partition(":")
        if colon and prefix == "class" and word not in vocabulary.classes:
            yield Problem(pointer, "not-in-list", _NOT_IN_LIST)


def _texts(items: JsonValue, pointer: str) -> Iterator[tuple[str, str]]:
    """Each text of a list, or the name of each object in it, with its place."""
    for n, item in enumerate(items if isinstance(items, list) else ()):
        place = child(pointer, n)
        name = item.get("name") if isinstance(item, dict) else item
        if isinstance(name, str):
            yield (child(place, "name") if isinstance(item, dict) else place), name


def _bounded(problems: list[Problem]) -> list[Problem]:
    if len(problems) <= _MOST_PROBLEMS:
        return problems
    more = Problem("", "too-many-problems", f"only {_MOST_PROBLEMS} of them are listed")
    return [more, *sorted(problems)[:_MOST_PROBLEMS]]
