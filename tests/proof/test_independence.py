"""The proof shares nothing with the planner but the words, the numbers and the plan."""

import ast
from pathlib import Path

import medplan.proof

SHARED = ("medplan.errors", "medplan.formulary.model", "medplan.model", "medplan.units")


def test_the_proof_imports_nothing_of_the_planner() -> None:
    folder = Path(medplan.proof.__path__[0])
    imported = {
        node.module
        for file in folder.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("medplan")
    }

    assert {name for name in imported if not name.startswith(("medplan.proof", *SHARED))} == set()
