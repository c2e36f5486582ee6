"""A dose is never a binary fraction, anywhere between the formulary and the proof."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import place_of, python_files, tree

ROOMS = ("clinical", "proof", "formulary", "model", "documents", "units.py")


def is_float(node: ast.AST) -> bool:
    """Whether one node writes a float or names the type."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float | complex)
    if isinstance(node, ast.Name):
        return node.id in {"float", "complex"}
    return isinstance(node, ast.Attribute) and node.attr in {"from_float", "fsum"}


def floats(module: ast.Module) -> Iterator[int]:
    """The lines on which a float stands."""
    return (getattr(node, "lineno", 0) for node in ast.walk(module) if is_float(node))


def test_no_float_stands_where_doses_are_counted() -> None:
    found = [place_of(p, n) for p in python_files(*ROOMS) for n in floats(tree(p))]

    assert found == []


@pytest.mark.parametrize(
    "code", ["x = 0.5", "y = float('1')", "def f(mg: float): ...", "Decimal.from_float(x)", "1e3"]
)
def test_a_float_would_be_found(code: str) -> None:
    assert list(floats(ast.parse(code))) == [1]


@pytest.mark.parametrize("code", ["x = 5", "y = Decimal('0.5')", "'0.5'"])
def test_what_is_no_float_is_not_taken_for_one(code: str) -> None:
    assert list(floats(ast.parse(code))) == []
