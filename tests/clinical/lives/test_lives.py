"""A plan through all that is done to it: what each act changes, and that it changes nothing else.

Each text holds the plan as it is issued and after each act the lines that went (-) and came (+).
It was read by somebody before it was kept; `python -m tests.clinical.lives.telling` writes them
all anew, for a change of the formulary or of the planner that is meant to change them.
"""

from collections.abc import Mapping

import pytest

from medplan.formulary.model import Formulary
from tests.clinical.lives.stories import STORIES
from tests.clinical.lives.telling import path, story_told


@pytest.mark.parametrize("name", STORIES)
def test_a_plan_s_life_goes_as_it_is_told(name: str, formularies: Mapping[str, Formulary]) -> None:
    story = STORIES[name]

    assert story_told(story, formularies) == path(name).read_text("utf-8").splitlines()
