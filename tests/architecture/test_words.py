"""One word per thing, and nothing that only makes sense on one machine."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGE, ROOT, place_of, python_files, tree

# The word the glossary has instead stands beside each.
FORBIDDEN_NAMES = {
    "drug": "medicine",
    "drugs": "medicines",
    "alert": "finding",
    "alerts": "findings",
    "override": "acknowledgement",
    "overrides": "acknowledgements",
    "prn": "when_required",
    "template": "regimen",
    "subscription": "feed",
    "subscriptions": "feeds",
}
# typing's decorator is the one other meaning that is wanted.
ALLOWED_NAMES = {"override"}
FORBIDDEN_FILES = {"utils.py", "helpers.py", "common.py", "misc.py", "manager.py"}
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|NotImplemented" + r"Error")
ELSEWHERE = re.compile(r"(?<![\w.])/(?:home|root|tmp|work)/|[a-z]:\\\\", re.IGNORECASE)
TEXT_FILES = ("*.py", "*.toml", "*.md", "*.json", "*.cfg", "*.ini", "Makefile")
SKIPPED_FOLDERS = {".git", ".venv", "node_modules", "var", "__pycache__"}


def names(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name that a module gives to something of its own."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def parts(name: str) -> set[str]:
    """The words that a name is made of."""
    return {part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}


def text_files() -> Iterator[Path]:
    """Every text file of the project, as far as it is ours."""
    for pattern in TEXT_FILES:
        for path in sorted(ROOT.rglob(pattern)):
            if not SKIPPED_FOLDERS & set(path.relative_to(ROOT).parts):
                yield path


def test_code_uses_the_glossarys_words() -> None:
    found = [
        f"{place_of(path, line)} {name}"
        for path in python_files()
        for line, name in names(tree(path))
        if name not in ALLOWED_NAMES and parts(name) & FORBIDDEN_NAMES.keys()
    ]

    assert found == []


@pytest.mark.parametrize("name", ["drug_name", "DrugList", "send_alert", "is_prn", "TemplateId"])
def test_a_forbidden_word_would_be_found(name: str) -> None:
    assert parts(name) & FORBIDDEN_NAMES.keys()


def test_no_module_is_a_drawer_for_everything() -> None:
    assert [place_of(p) for p in PACKAGE.rglob("*.py") if p.name in FORBIDDEN_FILES] == []


def test_nothing_is_left_unfinished_or_tied_to_one_machine() -> None:
    found = [
        place_of(path, number)
        for path in text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line) or ELSEWHERE.search(line)
    ]

    assert found == []
