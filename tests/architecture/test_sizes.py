"""Rooms that can be read: short modules, short functions, each module opening with what it is."""

import ast

from tests.architecture.sources import place_of, python_files, tree

MOST_MODULE_LINES = 300
MOST_FUNCTION_LINES = 40
# Every module that may be longer, with its own bound and the reason.
LONGER_MODULES = {
    "medplan/formulary/model.py": 650,  # one frozen class for each kind of row, and no logic
}


def test_no_module_is_longer_than_three_hundred_lines() -> None:
    sizes = {place_of(p): len(p.read_text(encoding="utf-8").splitlines()) for p in python_files()}

    bounds = {name: LONGER_MODULES.get(name, MOST_MODULE_LINES) for name in sizes}

    assert {name: n for name, n in sizes.items() if n > bounds[name]} == {}


def test_no_function_is_longer_than_forty_lines() -> None:
    found = [
        f"{place_of(path, node.lineno)} {node.name} {node.end_lineno - node.lineno + 1}"
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
        if node.end_lineno - node.lineno + 1 > MOST_FUNCTION_LINES
    ]

    assert found == []


def test_every_module_says_what_it_is_about() -> None:
    assert [place_of(p) for p in python_files() if not ast.get_docstring(tree(p))] == []
