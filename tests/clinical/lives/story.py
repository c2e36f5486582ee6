"""A request and what is done to the plan that comes of it."""

from dataclasses import dataclass

from medplan.model.acts import Act
from medplan.model.request import PlanRequest


@dataclass(frozen=True, slots=True)
class Story:
    """A request that is issued, with a reason for each major finding, and what is done to it.

    `at_the_counter` tells what a pharmacy reads of it, too.
    """

    title: str
    request: PlanRequest
    acts: tuple[Act, ...] = ()
    at_the_counter: bool = False
