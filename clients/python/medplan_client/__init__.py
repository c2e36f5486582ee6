"""A typed client of the medplan API."""

from medplan_client.operations import Medplan
from medplan_client.transport import Problem, Reply

__all__ = ["Medplan", "Problem", "Reply"]
