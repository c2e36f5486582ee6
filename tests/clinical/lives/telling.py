"""Tells a story: the plan, then what each act makes of it; run as a module it writes the texts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path

from medplan.clinical.make_plan import make_plan
from medplan.clinical.revising.revise import revise
from medplan.errors import InvalidRequestError
from medplan.formulary.loader import load_formulary
from medplan.formulary.model import Formulary, Severity
from medplan.model.acts import Issued
from medplan.model.plan import Plan
from medplan.model.request import Acknowledgement
from tests.clinical.lives.counter import counter_lines
from tests.clinical.lives.stories import STORIES
from tests.clinical.lives.story import Story
from tests.clinical.lives.writing import lines, told

REASON = "Talked over with the patient."


def path(name: str) -> Path:
    """Where a story's text is kept."""
    return Path(__file__).parent / f"{name}.txt"


def story_told(story: Story, formularies: Mapping[str, Formulary]) -> list[str]:
    """The whole story, line by line."""
    return list(_told(story, formularies[story.request.jurisdiction]))


def _told(story: Story, formulary: Formulary) -> Iterator[str]:
    yield f"# {story.title}"
    issued = _issued(story, formulary)
    yield from lines(issued.plan)
    if story.at_the_counter:
        yield "# at the counter"
        yield from counter_lines(issued.plan, formulary)
    for act in story.acts:
        yield ""
        yield f"# {told(act)}"
        try:
            after = revise(issued, act, formulary)
        except InvalidRequestError as refused:
            yield from (f"refused: {p.pointer} {p.code}: {p.detail}" for p in refused.problems)
            continue
        yield from _changed(issued.plan, after.plan)
        issued = after


def _issued(story: Story, formulary: Formulary) -> Issued:
    """The plan with a reason given for each of its major findings."""
    plan = make_plan(story.request, formulary)
    majors = (f.code for f in plan.findings if f.severity is Severity.MAJOR)
    reasons = tuple(Acknowledgement(code, REASON) for code in majors)
    request = replace(story.request, acknowledged=reasons)
    return Issued(request, make_plan(request, formulary))


def _changed(before: Plan, after: Plan) -> Sequence[str]:
    """The lines that went and came; of the others nothing has changed."""
    differing = unified_diff(lines(before), lines(after), n=0, lineterm="")
    return [line for line in list(differing)[2:] if not line.startswith("@@")]


if __name__ == "__main__":
    FORMULARIES = {country: load_formulary(country) for country in ("NZ", "GB")}
    for one, about in STORIES.items():
        path(one).write_text("\n".join([*story_told(about, FORMULARIES), ""]), "utf-8")
