"""Puts a mutant in a function's place: in the running process, or while its module is imported."""

import ast
import importlib
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from types import CodeType, FunctionType, ModuleType

from typing_extensions import override

from tests.mutants.changes import ROOT, Mutant


def put(mutant: Mutant) -> None:
    """Let the function run as the mutant says from now on, whoever holds it."""
    module = importlib.import_module(mutant.module)
    text = "from __future__ import annotations\n" + mutant.after
    scope: dict[str, object] = {}
    code = compile(text, mutant.file, "exec", dont_inherit=True)
    exec(code, vars(module), scope)  # noqa: S102 - to run our own changed code is what it is for
    old, new = _function(vars(module), mutant), _function(scope, mutant)
    old.__code__ = new.__code__
    old.__defaults__ = new.__defaults__
    old.__kwdefaults__ = new.__kwdefaults__


def _function(scope: dict[str, object], mutant: Mutant) -> FunctionType:
    namespace = vars(scope[mutant.owner]) if mutant.owner else scope
    found = namespace[mutant.function]
    if isinstance(found, staticmethod | classmethod):
        found = found.__func__
    if not isinstance(found, FunctionType):
        raise TypeError(f"{mutant.name} is no function")
    return found


def put_when_imported(mutant: Mutant) -> None:
    """Let the function be the mutant from its module's import on."""
    sys.meta_path.insert(0, _Finder(mutant))


class _Finder(MetaPathFinder):
    """Finds the mutant's module and no other."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    @override
    def find_spec(
        self, fullname: str, path: object, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self.mutant.module:
            return None
        place = str(ROOT / self.mutant.file)
        return spec_from_file_location(
            fullname, place, loader=_Loader(fullname, place, self.mutant)
        )


class _Loader(SourceFileLoader):
    """Loads a module with the mutant in it."""

    def __init__(self, fullname: str, path: str, mutant: Mutant) -> None:
        super().__init__(fullname, path)
        self.mutant = mutant

    @override
    def get_code(self, fullname: str) -> CodeType:
        tree, new = ast.parse(self.get_data(self.path)), ast.parse(self.mutant.after).body
        body = _body(tree.body, self.mutant)
        [place] = [
            number
            for number, statement in enumerate(body)
            if isinstance(statement, ast.FunctionDef) and statement.name == self.mutant.function
        ]
        [body[place]] = _body(new, self.mutant)
        return compile(tree, self.path, "exec", dont_inherit=True)


def _body(statements: list[ast.stmt], mutant: Mutant) -> list[ast.stmt]:
    if not mutant.owner:
        return statements
    [owner] = [
        one for one in statements if isinstance(one, ast.ClassDef) and one.name == mutant.owner
    ]
    return owner.body
