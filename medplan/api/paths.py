"""Ids in paths: each has one spelling; whatever can't be one is not found."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from typing_extensions import override
from werkzeug.routing import BaseConverter, ValidationError

from medplan.store import ids


class PathId(BaseConverter):
    """The id of something in a path; `prefix` says of what."""

    prefix: ClassVar[str]

    @override
    def to_python(self, value: str) -> UUID:
        try:
            return ids.read_id(self.prefix, value)
        except ValueError as error:
            raise ValidationError from error

    @override
    def to_url(self, value: UUID) -> str:
        return ids.write_id(self.prefix, value)


def _converter(kind: str) -> type[PathId]:
    """The converter of one kind of id."""
    members = {"prefix": kind, "regex": f"{kind}_{ids.PATTERN}", "__doc__": f"An id {kind}_…"}
    return type(f"{kind.title()}PathId", (PathId,), members)


CONVERTERS: Mapping[str, type[PathId]] = {
    "plan": _converter(ids.PLAN),
    "feed": _converter(ids.FEED),
    "link": _converter(ids.LINK),
    "check_in": _converter(ids.CHECK_IN),
    "user": _converter(ids.USER),
    "webhook": _converter(ids.WEBHOOK),
    "counter_check": _converter(ids.COUNTER_CHECK),
}
"""What stands before the colon in a rule, and how that is read."""
