"""What of an API's description would break a client that was written against an earlier one."""

from collections.abc import Iterator
from typing import Any

Description = dict[str, Any]
_METHODS = frozenset({"get", "head", "post", "put", "patch", "delete"})


def breaking(before: Description, after: Description) -> Iterator[str]:
    """Tell every change that takes something away, or asks for something more."""
    for path, item in before["paths"].items():
        for method in _METHODS & item.keys():
            now = after["paths"].get(path, {}).get(method)
            if now is None:
                yield f"{method.upper()} {path} is gone"
            else:
                yield from _operation(f"{method.upper()} {path}", item[method], now)
    for name, schema in before["components"]["schemas"].items():
        now = after["components"]["schemas"].get(name)
        if now is None:
            yield f"{name} is gone"
        else:
            yield from _schema(name, schema, now)


def _operation(name: str, before: Description, after: Description) -> Iterator[str]:
    if before["operationId"] != after["operationId"]:
        yield f"{name} has another name: {after['operationId']}"
    for status, answer in before["responses"].items():
        if status < "4":
            yield from _answer(f"{name} does not answer {status}", answer, after, status)
    yield from _asked(name, before, after)


def _answer(opening: str, before: Description, after: Description, status: str) -> Iterator[str]:
    if status not in after["responses"]:
        yield f"{opening} any more"
        return
    now = after["responses"][status].get("content", {})
    for kind in before.get("content", {}).keys() - now.keys():
        yield f"{opening} as {kind} any more"


def _asked(name: str, before: Description, after: Description) -> Iterator[str]:
    """Tell which parameters are gone, and what has to be sent that had not."""
    had = {(p["in"], p["name"]) for p in before.get("parameters", ())}
    has = {(p["in"], p["name"]): p for p in after.get("parameters", ())}
    for _, parameter in had - has.keys():
        yield f"{name} does not take {parameter} any more"
    for place in has.keys() - had:
        if has[place].get("required"):
            yield f"{name} asks for {place[1]}"
    if after.get("requestBody", {}).get("required") and not before.get("requestBody"):
        yield f"{name} asks for a body"


def _schema(place: str, before: Description, after: Description) -> Iterator[str]:
    """Tell what a schema has lost: members, types, words; and what it asks for anew."""
    for name, member in before.get("properties", {}).items():
        now = after.get("properties", {}).get(name)
        if now is None:
            yield f"{place}.{name} is gone"
        else:
            yield from _schema(f"{place}.{name}", member, now)
    yield from _required(place, before, after)
    for word in before.get("enum", ()) if "enum" in after else ():
        if word not in after["enum"]:
            yield f"{place} does not know {word!r} any more"
    if _types(before) != _types(after):
        yield f"{place} is {_types(after)} instead of {_types(before)}"
    if "items" in before and "items" in after:
        yield from _schema(f"{place}[]", before["items"], after["items"])


def _required(place: str, before: Description, after: Description) -> Iterator[str]:
    """Tell what a request must say that it had not, and what an answer may leave out. A schema that
    takes no other members is a request's."""
    had, has = set(before.get("required", ())), set(after.get("required", ()))
    if after.get("additionalProperties") is False:
        yield from (f"{place}.{name} has become required" for name in sorted(has - had))
    else:
        yield from (f"{place}.{name} is not certain any more" for name in sorted(had - has))


def _types(schema: Description) -> list[str]:
    said = schema.get("type", [])
    return sorted([said] if isinstance(said, str) else said)
