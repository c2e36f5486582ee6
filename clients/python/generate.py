"""Writes `shapes.py` and `operations.py` of the client from the API's description."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DESCRIPTION = HERE.parents[1] / "docs" / "openapi.json"
_REFERENCE = "#/components/schemas/"
_SIMPLE = {"string": "str", "integer": "int", "boolean": "bool", "number": "float", "null": "None"}
_WHOLE = {"str": "text", "bytes": "content"}
_OWN = {"dry_run": "bool"}
_MADE = "Written by `generate.py`; change the service's description instead."


def shapes(description: dict[str, Any]) -> str:
    """Write every component as a type."""
    schemas = description["components"]["schemas"]
    lines = [f'"""What the API takes and answers, as types. {_MADE}"""', ""]
    lines += ["from typing import Literal, NotRequired, TypedDict", ""]
    for name, schema in schemas.items():
        found = _merged(schema, schemas)
        if "properties" in found and _is_object(found):
            lines += _typed_dict(name, found)
        else:
            lines.append(f"{name} = {_type(found)}")
        lines.append("")
    return "\n".join(lines)


def operations(description: dict[str, Any]) -> str:
    """Write every operation as a method."""
    methods = []
    names: set[str] = set()
    for path, item in description["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                parameters = item.get("parameters", []) + operation.get("parameters", [])
                methods += [*_method(path, method, operation, parameters, names), ""]
    used = "".join(f"    {name},\n" for name in sorted(names))
    opening = [f'"""Every operation of the API as a method. {_MADE}"""', ""]
    opening += ["from typing import Literal, cast", ""]
    opening += [f"from medplan_client.shapes import (\n{used})"]
    opening += ["from medplan_client.transport import Answered, Transport, answered", "", ""]
    opening += ["class Medplan(Transport):", '    """The API, operation by operation."""', ""]
    text = "\n".join([*opening, *methods]).rstrip() + "\n"
    return text if "Literal[" in text else text.replace("import Literal, cast", "import cast")


def _method(
    path: str,
    method: str,
    operation: dict[str, Any],
    parameters: list[dict[str, Any]],
    names: set[str],
) -> Iterator[str]:
    """Write one method; every component that it names is added to `names`."""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    answer = next(a for s, a in operation["responses"].items() if s < "3")
    kind, content = next(iter(answer.get("content", {}).items()), (None, {}))
    shape = _answered(kind, content)
    wanted, given = _arguments(parameters, operation.get("requestBody"))
    bodies: tuple[dict[str, Any], ...] = (body or {}, content)
    named = [part for part in bodies if "$ref" in part.get("schema", {})]
    names.update(map(_name, named))
    address = re.sub(r"\{(\w+)\}", r"{\1}", path)
    quoted = f'f"{address}"' if "{" in address else f'"{address}"'
    yield f"    def {operation['operationId']}("
    yield from (f"        {argument}," for argument in wanted)
    yield f"    ) -> Answered[{shape}]:"
    yield f'        """{operation["summary"]}"""'
    yield "        answer = self.send("
    yield from (f"            {part}," for part in (f'"{method.upper()}"', quoted, *given))
    yield "        )"
    if shape == "None":
        yield "        return answered(answer, None)"
    elif shape in _WHOLE:
        yield f"        return answered(answer, answer.{_WHOLE[shape]})"
    else:
        yield f'        return answered(answer, cast("{shape}", answer.json()))'


def _arguments(
    parameters: list[dict[str, Any]], request: dict[str, Any] | None
) -> tuple[list[str], list[str]]:
    """Write what a method takes, and what it hands on."""
    by_place = {
        place: [p for p in parameters if p["in"] == place] for place in ("path", "query", "header")
    }
    wanted = ["self", *(f"{p['name']}: {_type(p['schema'])}" for p in by_place["path"])]
    given = []
    if request is not None:
        left_out = "" if request.get("required") else " | None = None"
        wanted.append(f"body: {_name(request['content']['application/json'])}{left_out}")
        given.append("body=body")
    by_name = [*_versions(by_place["header"]), *_query(by_place["query"])]
    if by_place["query"]:
        asked = ", ".join(f'"{p["name"]}": {_argument(p["name"])}' for p in by_place["query"])
        given.append(f"query={{{asked}}}")
    if any(p["name"] == "If-Match" for p in by_place["header"]):
        given.append("etag=etag")
    if any(p["name"] == "Idempotency-Key" for p in by_place["header"]):
        by_name.append('key: str = ""')
        given.append("key=key")
    return ([*wanted, "*", *by_name] if by_name else wanted), given


def _versions(headers: list[dict[str, Any]]) -> list[str]:
    return ["etag: str | None"] if any(p["name"] == "If-Match" for p in headers) else []


def _query(parameters: list[dict[str, Any]]) -> list[str]:
    """Write the arguments of a query string, the required ones first."""
    found = []
    for parameter in sorted(parameters, key=lambda p: not p.get("required")):
        kind = _OWN.get(parameter["name"], _type(parameter["schema"])).removesuffix(" | None")
        end = "" if parameter.get("required") else " | None = None"
        found.append(f"{_argument(parameter['name'])}: {kind}{end}")
    return found


def _answered(kind: str | None, content: dict[str, Any]) -> str:
    if kind == "application/json":
        return _name(content)
    return "None" if kind is None else "str" if kind.startswith("text/") else "bytes"


def _typed_dict(name: str, schema: dict[str, Any]) -> Iterator[str]:
    required = set(schema.get("required", ()))
    yield f"{name} = TypedDict("
    yield f'    "{name}",'
    yield "    {"
    for member, inner in schema["properties"].items():
        type_ = _type(inner, quoted=True)
        yield f'        "{member}": {type_ if member in required else f"NotRequired[{type_}]"},'
    yield "    },"
    yield ")"


def _type(schema: dict[str, Any], *, quoted: bool = False) -> str:
    """Write a schema as a type; objects within others are dictionaries of what JSON holds."""
    if "$ref" in schema:
        found = schema["$ref"].removeprefix(_REFERENCE)
        return f'"{found}"' if quoted else found
    if "enum" in schema:
        words = ", ".join("None" if word is None else json.dumps(word) for word in schema["enum"])
        nothing = " | None" if "null" in _kinds(schema) and None not in schema["enum"] else ""
        return f"Literal[{words}]{nothing}"
    kinds = _kinds(schema)
    return " | ".join(dict.fromkeys(_kind(kind, schema, quoted=quoted) for kind in kinds))


def _kind(kind: str, schema: dict[str, Any], *, quoted: bool) -> str:
    if kind == "array":
        return f"list[{_type(schema.get('items', {}), quoted=quoted)}]"
    return _SIMPLE.get(kind, "dict[str, object]" if kind == "object" else "object")


def _kinds(schema: dict[str, Any]) -> list[str]:
    said = schema.get("type", "any")
    return said if isinstance(said, list) else [said]


def _is_object(schema: dict[str, Any]) -> bool:
    return _kinds(schema) == ["object"]


def _merged(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Put the parts of a schema that is several at once together."""
    if "allOf" not in schema:
        return schema
    merged: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
    for part in schema["allOf"]:
        found = schemas[part["$ref"].removeprefix(_REFERENCE)] if "$ref" in part else part
        merged["properties"] |= found.get("properties", {})
        merged["required"] += found.get("required", [])
    return merged


def _name(content: dict[str, Any]) -> str:
    return _type(content["schema"])


def _argument(name: str) -> str:
    return f"{name}_" if name in {"from", "to", "type"} else name


def main() -> None:
    """Write both files."""
    description = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    folder = HERE / "medplan_client"
    (folder / "shapes.py").write_text(shapes(description), encoding="utf-8")
    (folder / "operations.py").write_text(operations(description), encoding="utf-8")


if __name__ == "__main__":
    main()
