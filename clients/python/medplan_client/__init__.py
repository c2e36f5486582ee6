"""A typed client of the medplan API."""

from medplan_client.operations import Medplan
from medplan_client.transport import Answered, Problem

__all__ = ["Answered", "Medplan", "Problem"]
